import { createHash } from 'node:crypto';
import type { FieldValues, Fields } from '../contract/fields';

/** Longer words are cut, in the index and in a search alike. */
const LONGEST_WORD = 40;
/** Runs of a script without spaces are kept in pieces that overlap by half, so that every search of half a piece is inside one. */
const LONGEST_RUN = 100;
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc\\u3005';
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
/** Latin letters that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Lower case without accents; full-width and half-width forms as the usual ones. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[ßøłđðþæœı]/g, (letter) => LETTERS[letter] ?? letter);
}

interface Part {
  readonly text: string;
  /** Chinese, Japanese, Korean, Thai and their like: words are not told apart by spaces. */
  readonly isUnspaced: boolean;
}

function partsOf(text: string): Part[] {
  return fold(text)
    .split(BETWEEN_WORDS)
    .flatMap((segment) => segment.match(RUNS) ?? [])
    .map((part) => ({ text: part, isUnspaced: IS_UNSPACED.test(part) }));
}

/** Every two characters that stand together, and the last one alone: a search for one character looks for beginnings. */
function pairsOf(run: string): string[] {
  const signs = Array.from(run);
  return signs.map((sign, index) => sign + (signs[index + 1] ?? ''));
}

function piecesOf(run: string): string[] {
  const signs = Array.from(run);
  if (signs.length <= LONGEST_RUN) return [run];
  const pieces: string[] = [];
  for (let from = 0; from < signs.length; from += LONGEST_RUN / 2) {
    pieces.push(signs.slice(from, from + LONGEST_RUN).join(''));
  }
  return pieces;
}

/** The words of some texts as the search index keeps them: each once, with a space between two. Pure. */
export function wordsOf(texts: readonly string[]): string {
  const words = new Set<string>();
  for (const { text, isUnspaced } of texts.flatMap(partsOf)) {
    if (!isUnspaced) words.add(text.slice(0, LONGEST_WORD));
    else for (const word of [...pairsOf(text), ...piecesOf(text)]) words.add(word);
  }
  return [...words].join(' ');
}

/** The words of some texts that are not among `known`. */
export function wordsBeside(known: string, texts: readonly string[]): string {
  const before = new Set(known.split(' '));
  return wordsOf(texts)
    .split(' ')
    .filter((word) => !before.has(word))
    .join(' ');
}

/** What a search asks of the words of one suggestion; all of it must hold. */
export interface WordSearch {
  /** Some word begins with each of these. */
  readonly beginnings: readonly string[];
  /** Each of these is a word. */
  readonly words: readonly string[];
  /** Each of these stands inside a word. The pairs in `words` find the candidates; the words themselves decide. */
  readonly inside: readonly string[];
}

/** Reads what a person typed. Null when there is no letter and no digit in it. Pure. */
export function readSearch(q: string): WordSearch | null {
  const beginnings = new Set<string>();
  const words = new Set<string>();
  const inside = new Set<string>();
  for (const { text, isUnspaced } of partsOf(q)) {
    if (!isUnspaced) {
      beginnings.add(text.slice(0, LONGEST_WORD));
      continue;
    }
    const signs = Array.from(text).slice(0, LONGEST_RUN / 2);
    if (signs.length === 1) beginnings.add(text);
    else for (const pair of pairsOf(signs.join('')).slice(0, -1)) words.add(pair);
    if (signs.length > 2) inside.add(signs.join(''));
  }
  if (beginnings.size + words.size === 0) return null;
  const all = [...beginnings];
  // `app` is there wherever `apple` is.
  const longest = all.filter((word) => !all.some((other) => other !== word && other.startsWith(word)));
  return { beginnings: longest, words: [...words], inside: [...inside] };
}

/** The texts of a suggestion, or those a person gave. */
export function textsOf(fields: Fields | FieldValues): string[] {
  const { alt_text, title, caption, description, keywords, file_name, text_alternative } = fields;
  return [alt_text, title, caption, description, ...(keywords ?? []), file_name, text_alternative].filter(
    (text) => typeof text === 'string',
  );
}

/** The term by which suggestions with the very same alt text are found. */
export function textTerm(altText: string): string {
  return `~t${createHash('sha256').update(altText).digest('hex').slice(0, 12)}`;
}
