import type { Flag, FlagCode } from '../../contract/fields';
import type { TextProblem } from './alt-text';
import type { PictureKind } from './picture-kind';

/** One plain sentence a flag: what was noticed, and what the person should do about it. */
const MESSAGES: Readonly<Record<FlagCode, string>> = {
  linked: 'The image is a link. Alt text should say where the link leads, not what the picture shows.',
  text_in_image: 'There is writing in the picture. Put the words that matter into the alt text.',
  text_partly_read: 'The words in the picture were read only in part.',
  chart_like:
    'This looks like a chart, map or drawing. Say what it tells, and give the details in the text of the page.',
  screenshot: 'This looks like a screenshot. Say what it is meant to show.',
  logo_or_icon: 'This looks like a logo or an icon. Alt text should name the company, or what the icon stands for.',
  tiny: 'The image is very small; it may be an icon or a spacer.',
  near_uniform: 'The image is nearly one plain colour; there may be nothing to describe.',
  low_confidence: 'The model is unsure about this text. Compare it with the picture.',
  repetitive: 'The text repeats itself. Choose another suggestion, or write your own.',
  too_short: 'The text is too short to say anything useful. Choose another suggestion, or write your own.',
  duplicate_text: 'Other images of this site got the same text. Say what is different about this one.',
  existing_human_text: 'This image has alt text already. It stays unless you approve a change.',
  possibly_decorative:
    'The image may only decorate the page. If so, mark it as decorative; screen readers then skip it.',
  not_translated: 'The text is English still: there is no translation of it yet.',
  untranslated: 'Words of the translation are still English.',
  number_lost: 'A number of the English is not in the translation, or another one is.',
  wrong_script: 'Much of the translation is not in the script of its language.',
  wrong_length: 'The translation is much shorter or longer than the English.',
  unknown_words: 'The model did not know a word or a sign.',
  cut: 'The translation was cut off.',
  broken_punctuation: 'The punctuation of the translation is broken.',
  gender: 'English leaves the gender of a person open; the translation may not.',
  unsure_word: 'The model was unsure about a word of the translation.',
  glossary: 'Words of the site’s own glossary were put in.',
};

/** A low confidence is worth a second look below this. Calibrated confidences: about half of such texts are wrong. */
const LOW_CONFIDENCE = 0.35;

export interface FlagFacts {
  readonly kind: PictureKind;
  /** Sentences that say why the words in the picture are not all, or may be wrong. */
  readonly wordsDoubts: readonly string[];
  readonly problems: readonly TextProblem[];
  readonly confidence: number;
  /** Sentences that say why the text is doubted, beyond the model's own confidence. */
  readonly doubts: readonly string[];
  readonly linked: boolean;
  readonly currentAltText: string;
}

/** One flag of the catalogue; `detail` is a further sentence about this very picture. */
export function flag(code: FlagCode, detail?: string): Flag {
  return { code, message: detail === undefined ? MESSAGES[code] : `${MESSAGES[code]} ${detail}` };
}

/** All flags of one suggestion, in the order of the contract, but for `duplicate_text`, which needs the store. */
export function flagsFor(facts: FlagFacts): Flag[] {
  const { kind, doubts } = facts;
  const flags: Flag[] = [];
  const add = (code: FlagCode, applies: boolean) => {
    if (applies) flags.push(flag(code));
  };
  add('linked', facts.linked);
  add('text_in_image', kind.textInImage);
  if (facts.wordsDoubts.length > 0) flags.push(flag('text_partly_read', facts.wordsDoubts.join(' ')));
  add('chart_like', kind.chartLike);
  add('screenshot', kind.screenshot);
  add('logo_or_icon', kind.logoOrIcon);
  add('tiny', kind.tiny);
  add('near_uniform', kind.nearUniform);
  if (doubts.length > 0) flags.push(flag('low_confidence', doubts.join(' ')));
  else add('low_confidence', facts.confidence < LOW_CONFIDENCE);
  add('repetitive', facts.problems.includes('repetitive'));
  add('too_short', facts.problems.includes('too_short'));
  add('existing_human_text', facts.currentAltText.trim() !== '');
  // A linked image does something, so an empty alt text would hide it.
  add('possibly_decorative', kind.mereShape && !facts.linked);
  return flags;
}

/** The flag for a text that `others` further images of the site have as well; null when the text is theirs alone. */
export function duplicateTextFlag(others: number): Flag | null {
  if (others < 1) return null;
  return flag('duplicate_text', `Found on ${String(others)} other ${others === 1 ? 'image' : 'images'}.`);
}
