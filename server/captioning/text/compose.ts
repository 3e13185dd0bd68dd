import type { Caption, ModelInfo } from '../../../models/captioner';
import type { FieldName, Fields, FieldValues, Flag } from '../../contract/fields';
import type { JobContext } from '../../contract/job';
import type { ImageFacts } from '../engine';
import { polishAltText, type PolishedText } from './alt-text';
import { visibleCaption } from './caption';
import { textConfidence, unnamedThing } from './confidence';
import { description } from './description';
import { fileName } from './file-name';
import { flagsFor } from './flags';
import { keywords, nounsOf } from './keywords';
import { pictureKind } from './picture-kind';
import { seoTitle } from './seo-title';
import { readWords, type Word } from './words';

export interface ComposeInput {
  readonly caption: Caption;
  readonly image: ImageFacts;
  readonly context: JobContext | null;
  readonly current: FieldValues | null;
  /** Kept for models that write other languages; the ones there are write English. */
  readonly locale: string | null;
  /** Fields that were asked for; null means all of them. The alt text is always made. */
  readonly fields: readonly FieldName[] | null;
  readonly model: ModelInfo;
}

export interface ComposedTexts {
  readonly fields: Fields;
  readonly alternatives: string[];
  readonly flags: Flag[];
  /** 0..1 */
  readonly confidence: number;
}

interface Draft extends PolishedText {
  readonly words: readonly Word[];
}

/** A person needs a choice, not a list. */
const MOST_ALTERNATIVES = 5;

const namesPerson = (draft: Draft) => draft.words.some((word) => word.isPersonName);

/** The polished candidates, each text once; fit ones first, and of those the ones that name nobody. */
function draftsOf(caption: Caption): [Draft, ...Draft[]] {
  const seen = new Set<string>();
  const drafts: Draft[] = [];
  for (const candidate of caption.candidates) {
    const polished = polishAltText(candidate.text);
    if (seen.has(polished.text.toLowerCase())) continue;
    seen.add(polished.text.toLowerCase());
    drafts.push({ ...polished, words: readWords(polished.text) });
  }
  const rank = (draft: Draft) => (draft.problems.length > 0 ? 2 : namesPerson(draft) ? 1 : 0);
  // sort() is stable: among equals the model's own order stays.
  const [first, ...rest] = drafts.sort((one, other) => rank(one) - rank(other));
  return [first ?? { text: '', problems: ['too_short'], words: [] }, ...rest];
}

/** The classifier's plain noun goes first when it contradicts the sentences; short as it is, it is fit. */
function withSecondOpinion(caption: Caption, drafts: [Draft, ...Draft[]]): [Draft, ...Draft[]] {
  if (caption.secondOpinion == null) return drafts;
  const { text } = polishAltText(caption.secondOpinion.text);
  return [{ text, problems: [], words: readWords(text) }, ...drafts];
}

function doubtsAbout(draft: Draft, unnamed: string | null, caption: Caption): string[] {
  const doubts: string[] = [];
  if (caption.secondOpinion != null) {
    const said = polishAltText(caption.candidates[0].text).text;
    doubts.push(`The model's sentence was “${said}”, but its image classifier is sure to see something else.`);
  }
  if (namesPerson(draft)) doubts.push('It seems to name a person, and the model cannot know who people are.');
  if (unnamed !== null) doubts.push(`The picture may show “${unnamed}”, which the text does not mention.`);
  return doubts;
}

function fieldsOf(best: Draft, input: ComposeInput): Fields {
  const wanted = (name: FieldName) => input.fields === null || input.fields.includes(name);
  const labels = input.caption.labels;
  // Nothing is built upon a text that is not fit itself.
  const fit = best.problems.length === 0;
  const title = fit ? seoTitle(best.words) : null;
  return {
    alt_text: best.text,
    title: wanted('title') ? title : null,
    caption: wanted('caption') && fit ? visibleCaption(nounsOf(best.words), labels) : null,
    description: wanted('description') && fit ? description(best.text, input.context) : null,
    keywords: wanted('keywords') ? keywords(fit ? best.words : [], labels) : null,
    file_name: wanted('file_name') ? fileName(title, input.context?.file_name, input.image.format) : null,
  };
}

/** Everything a suggestion says about one picture, from what the model said. Pure: same input, same texts. */
export function composeTexts(input: ComposeInput): ComposedTexts {
  const [best, ...others] = withSecondOpinion(input.caption, draftsOf(input.caption));
  const doubts = doubtsAbout(best, unnamedThing(best.words, input.caption.labels), input.caption);
  const confidence = textConfidence(input.caption, best, doubts.length);
  return {
    fields: fieldsOf(best, input),
    alternatives: others
      .filter((draft) => draft.problems.length === 0)
      .map((draft) => draft.text)
      .slice(0, MOST_ALTERNATIVES),
    flags: flagsFor({
      kind: pictureKind(input.image, best.text, input.context),
      problems: best.problems,
      confidence,
      doubts,
      linked: input.context?.linked === true,
      currentAltText: input.current?.alt_text ?? '',
    }),
    confidence,
  };
}
