import { firstSentence, joinWords, readWords, withoutLooseEnd, type Word } from './words';

/** Why a text is not fit to be suggested before another one. */
export type TextProblem = 'too_short' | 'repetitive';

export interface PolishedText {
  readonly text: string;
  readonly problems: readonly TextProblem[];
  /** Of `text`. */
  readonly words: readonly Word[];
}

/** Fewer words say nothing that a screen reader's user could work with. */
const LEAST_WORDS = 3;
/** Longest phrase that is looked for when a decoder repeats itself, in words. */
const LONGEST_LOOP = 8;
/** This many copies dropped: the decoder was caught in a loop, and the rest is not to be trusted either. */
const LOOP_COPIES = 2;

// Control characters, and the marks that hide or reorder text. The joiners U+200C and U+200D stay: some scripts need them.
const UNSEEN = /[\p{Cc}\u00AD\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const QUOTED = /^["'“”‘’«»`]+(?!["'“”‘’«»`])(.*?)(?<!["'“”‘’«»`])["'“”‘’«»`]+$/u;
// Blanks have become single spaces by then.
const SPACE_BEFORE_MARK = / ([,.;:!?]|'s\b)/g;
const LAST_MARK = /(?<![\s.,;:])[\s.,;:]+$/u;
// A screen reader has said "image" already.
const OPENER =
  /^(?:(?:this|here|there) is )?(?:(?:an?|the|this|stock) )*(?:image|picture|photo|photograph|pic)(?: that)? (?:of|shows?|showing|depicts?|depicting)(?: |$)/i;
const THERE_IS = /^there (?:is|are) (?=\S)/i;
// blip-image-captioning-large makes up a word: most often it begins a sentence with it ("arafed man", "araffes in a field").
const INVENTED_WORD = /^(?:(?:an?|the|two|there (?:is|are)) )*araff?(?:e|ed|es|y|ies|er|ers)? (?=\S)/i;
const INVENTED_ADJECTIVE = /\baraff?(?:ed|y) (?=\S)/gi;

function withoutOpener(text: string): string {
  let rest = text;
  for (;;) {
    const shorter = rest.replace(INVENTED_WORD, '').replace(OPENER, '').replace(THERE_IS, '');
    if (shorter === rest) return rest;
    rest = shorter;
  }
}

function sameWords(words: readonly string[], from: number, size: number): boolean {
  for (let index = from; index < from + size; index += 1) {
    if (words[index]?.toLowerCase() !== words[index + size]?.toLowerCase()) return false;
  }
  return true;
}

/** Names that are a word said twice; said three times they are a loop like any other. */
const SAID_TWICE: ReadonlySet<string> = new Set(
  'aye bon bora can cha choo chop dik dum go hula hush knock mahi night no pom putt tam tom tuk tutti walla wee yo yum'.split(
    ' ',
  ),
);

function isName(words: readonly string[], at: number): boolean {
  const [before, word = '', , after] = [at - 1, at, at + 1, at + 2].map((place) => words[place]?.toLowerCase());
  return SAID_TWICE.has(word) && word !== before && word !== after;
}

/** Keeps one copy of every word or phrase that follows itself: "on a hat on a hat" becomes "on a hat". */
function withoutRepeats(text: string): { text: string; dropped: number } {
  const words = text.split(' ');
  let dropped = 0;
  for (let size = LONGEST_LOOP; size >= 1; size -= 1) {
    let at = 0;
    while (at + 2 * size <= words.length) {
      if (sameWords(words, at, size) && !(size === 1 && isName(words, at))) {
        words.splice(at + size, size);
        dropped += 1;
      } else at += 1;
    }
  }
  return { text: words.join(' '), dropped };
}

// "a camera on a camera": nothing is on, in or at itself. Two may well be beside each other, so "with" and "next to" stay.
const ON_ITSELF = /\b(an? (?:[\p{L}'-]+ ){0,2}[\p{L}'-]+) (?:on|in|at|inside) \1$/iu;

function notOnItself(text: string): string {
  return text.replace(ON_ITSELF, '$1');
}

/** True when a phrase with two telling words comes twice: "a yellow car in front of a yellow car". */
function saysItTwice(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  const seen = new Set<string>();
  for (let at = 0; at + 2 <= words.length; at += 1) {
    const pair = words.slice(at, at + 2);
    if (pair.some((word) => word.length < 3) || pair.includes('the') || pair.includes('and')) continue;
    const phrase = pair.join(' ');
    if (seen.has(phrase)) return true;
    seen.add(phrase);
  }
  return false;
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'word' });

/** Words as a reader counts them, also in scripts without spaces. */
export function countWords(text: string): number {
  let count = 0;
  for (const part of SEGMENTER.segment(text)) {
    if (part.isWordLike === true) count += 1;
  }
  return count;
}

function capitalised(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/**
 * Turns what a model said into alt text: one sentence, capitalised, no closing full stop, no "a picture of", no
 * repeats, nothing invisible. Never shortened for its length. `problems` say why another candidate is better.
 */
export function polishAltText(raw: string): PolishedText {
  const plain = raw.normalize('NFC').replace(UNSEEN, ' ').replace(/\s+/gu, ' ').trim();
  const unquoted = plain.replace(QUOTED, '$1').replace(SPACE_BEFORE_MARK, '$1').trim();
  const sentence = firstSentence(unquoted).replace(LAST_MARK, '');
  const once = withoutRepeats(withoutOpener(sentence).replace(INVENTED_ADJECTIVE, ''));
  const whole = capitalised(notOnItself(once.text));
  const read = readWords(whole);
  const words = withoutLooseEnd(read);
  const text = (words.length === read.length ? whole : joinWords(words)).replace(LAST_MARK, '');
  const problems: TextProblem[] = [];
  if (countWords(text) < LEAST_WORDS) problems.push('too_short');
  if (once.dropped >= LOOP_COPIES || saysItTwice(text)) problems.push('repetitive');
  return { text, problems, words };
}
