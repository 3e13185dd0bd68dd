/** A piece of a text, and whether the other text lacks it. */
export interface Piece {
  readonly text: string;
  readonly isNew: boolean;
}

/** Longer texts are shown without marks: the comparison takes time that grows with both lengths. */
const MOST_WORDS = 200;

/** Words with the spaces behind them; scripts without spaces are taken sign by sign. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+\s*|\s+/gu) ?? [];
}

/** Case and the marks around a word make no difference to what is said. */
const bare = (word: string) => word.trim().toLocaleLowerCase().replace(/^\p{P}+|\p{P}+$/gu, '');

/** What a text says that another does not, in its order: the words that are not in their longest common sequence. */
export function differences(text: string, other: string): readonly Piece[] {
  const words = wordsOf(text);
  const others = wordsOf(other).map(bare);
  if (words.length > MOST_WORDS || others.length > MOST_WORDS) return [{ text, isNew: false }];
  const shared = commonWords(words.map(bare), others);
  const pieces: { text: string; isNew: boolean }[] = [];
  words.forEach((word, index) => {
    const isNew = !shared.has(index);
    const last = pieces.at(-1);
    if (last?.isNew === isNew) last.text += word;
    else pieces.push({ text: word, isNew });
  });
  return withoutSpacesBehind(pieces);
}

/** A mark ends with its last word: the spaces behind it begin the next piece. */
function withoutSpacesBehind(pieces: readonly Piece[]): Piece[] {
  let carried = '';
  return pieces.map(({ text, isNew }, index) => {
    const whole = carried + text;
    const kept = isNew && index < pieces.length - 1 ? whole.trimEnd() : whole;
    carried = whole.slice(kept.length);
    return { text: kept, isNew };
  });
}

/** Indexes of `words` that are in the longest common sequence of both. */
function commonWords(words: readonly string[], others: readonly string[]): ReadonlySet<number> {
  // length[i][j]: the longest of words from i and others from j.
  const length = Array.from({ length: words.length + 1 }, () => new Uint16Array(others.length + 1));
  const at = (i: number, j: number) => length[i]?.[j] ?? 0;
  for (let i = words.length - 1; i >= 0; i--)
    for (let j = others.length - 1; j >= 0; j--) {
      const row = length[i];
      if (row !== undefined) row[j] = words[i] === others[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const shared = new Set<number>();
  for (let i = 0, j = 0; i < words.length && j < others.length; ) {
    if (words[i] === others[j]) {
      shared.add(i);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return shared;
}
