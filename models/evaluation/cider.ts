/** Words of the longest phrase that is compared. */
const LONGEST_PHRASE = 4;
/** Words by which a sentence may differ in length before that costs much: the deviation of a Gaussian. */
const LENGTH_DEVIATION = 6;
/** CIDEr-D multiplies similarities by ten. Papers print the mean times a hundred: 133.3 for 1.333. */
const SCALE = 10;

/** What a model said of a picture and what people say of it, as words (captionWords). */
export interface Judged {
  readonly said: readonly string[];
  readonly due: readonly (readonly string[])[];
}

/** Phrases of one length with their weights, and the length of that vector. */
interface Phrases {
  readonly weights: ReadonlyMap<string, number>;
  readonly norm: number;
}

/** Every phrase of `size` words, with how often it is there. Words hold no spaces. */
function countPhrases(words: readonly string[], size: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + size <= words.length; at++) {
    const phrase = words.slice(at, at + size).join(' ');
    counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return counts;
}

const SIZES = Array.from({ length: LONGEST_PHRASE }, (_, index) => index + 1);

/** In the texts of how many pictures each phrase is. */
function picturesWith(judged: readonly Judged[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { due } of judged) {
    const phrases = new Set(due.flatMap((words) => SIZES.flatMap((size) => [...countPhrases(words, size).keys()])));
    for (const phrase of phrases) found.set(phrase, (found.get(phrase) ?? 0) + 1);
  }
  return found;
}

/**
 * CIDEr-D of Vedantam, Zitnick and Parikh (2015): how similar a model's sentences are to those that people wrote. Compared are phrases of
 * one to four words; a phrase that few pictures have weighs more. One score a picture, from 0 to 10; the mean over all is the model's.
 * Scores depend on the other pictures, so only those of the same set compare.
 */
export function ciderScores(judged: readonly Judged[]): number[] {
  const pictures = picturesWith(judged);
  const all = Math.log(judged.length);
  const rarity = (phrase: string) => all - Math.log(Math.max(1, pictures.get(phrase) ?? 0));
  const weigh = (words: readonly string[]): Phrases[] =>
    SIZES.map((size) => {
      const counts = [...countPhrases(words, size)];
      const weights = new Map(counts.map(([phrase, count]) => [phrase, count * rarity(phrase)]));
      const norm = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0));
      return { weights, norm };
    });
  return judged.map(({ said, due }) => {
    const phrases = weigh(said);
    const total = due.reduce((sum, words) => {
      const others = weigh(words);
      const alike = phrases.reduce((part, phrase, size) => part + similarity(phrase, others[size]), 0);
      return sum + alike * lengthPenalty(said, words);
    }, 0);
    return due.length === 0 ? 0 : (SCALE * total) / (LONGEST_PHRASE * due.length);
  });
}

/** Cosine of two vectors; what is said more often than it is due counts only as often. */
function similarity(said: Phrases, due: Phrases | undefined): number {
  if (due === undefined || said.norm === 0 || due.norm === 0) return 0;
  let product = 0;
  for (const [phrase, weight] of said.weights) {
    const wanted = due.weights.get(phrase) ?? 0;
    product += Math.min(weight, wanted) * wanted;
  }
  return product / (said.norm * due.norm);
}

/** pycocoevalcap counts pairs of words, so that no words and one are equally long. */
function lengthPenalty(said: readonly string[], due: readonly string[]): number {
  const [length, wanted] = [said, due].map((words) => Math.max(0, words.length - 1));
  return Math.exp(-(((length ?? 0) - (wanted ?? 0)) ** 2) / (2 * LENGTH_DEVIATION ** 2));
}
