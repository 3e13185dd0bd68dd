/** Words that a search should prefer, as the tokens that they are written with, and by how much. */
export interface Favoured {
  readonly words: readonly (readonly number[])[];
  /** Added to the log-probability of each of their tokens. */
  readonly bonus: number;
}

/** What tokens gain or lose as the next of a sentence. */
export interface Gains {
  /** Of tokens that begin or go on one of the words. */
  readonly of: ReadonlyMap<number, number>;
  /** Of every other token: what a word that is left half said had been given is taken back. */
  readonly others: number;
}

const NONE: Gains = { of: new Map(), others: 0 };

/** How many tokens of a word the end of a sentence says. */
function begun(said: readonly number[], word: readonly number[]): number {
  for (let length = Math.min(said.length, word.length - 1); length > 0; length--) {
    if (word.slice(0, length).every((token, at) => said[said.length - length + at] === token)) return length;
  }
  return 0;
}

function contains(said: readonly number[], word: readonly number[]): boolean {
  return said.some((_, from) => word.every((token, at) => said[from + at] === token));
}

/**
 * Shallow fusion of a list of words into a search: each token of a word that is being said gains the bonus, and where the word is left
 * before its end all of it is taken back, so that beginnings alone win nothing. Pure.
 */
export function gainsAfter(said: readonly number[], favoured: Favoured | null | undefined): Gains {
  // Once is enough: a word that is said gains nothing any more.
  const words = favoured?.words.filter((word) => word.length > 0 && !contains(said, word)) ?? [];
  if (favoured == null || words.length === 0) return NONE;
  const { bonus } = favoured;
  const lengths = words.map((word) => begun(said, word));
  const held = Math.max(...lengths);
  const of = new Map<number, number>();
  words.forEach((word, at) => {
    const length = lengths[at] ?? 0;
    // A word can begin anew in the middle of another.
    for (const from of new Set([length, 0])) {
      const token = word[from];
      if (token === undefined) continue;
      of.set(token, Math.max(of.get(token) ?? -Infinity, (from + 1 - held) * bonus));
    }
  });
  return { of, others: -held * bonus };
}
