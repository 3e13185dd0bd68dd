import type { OcrReading, OcrWord } from './tesseract';

/** One line that was read with confidence. */
export interface TextLine {
  readonly text: string;
  /** 0..100 */
  readonly confidence: number;
  /** Of its letters, in pixels of the picture that was read. */
  readonly height: number;
  /** Share of the picture that its box covers, 0..1. */
  readonly area: number;
}

/** Words that were read in a picture. */
export interface PageText {
  readonly lines: readonly TextLine[];
  /** Lines below the limit that were not read. */
  readonly linesLeftOut: number;
  /** The words were read with the picture turned by half. */
  readonly upsideDown: boolean;
  /** Lines were found whose letters are too small, or too unclear, to be read. */
  readonly unreadable: boolean;
}

/** A word below this is left out of a line; noise and ornaments are rarely above it. */
const LEAST_WORD = 40;
/** A line below this, on average over its letters, is left out. */
const LEAST_LINE = 62;
/** At least one word of a picture is as sure as this, and this long: texture of photographs is read as short words. */
const [SURE_WORD, SURE_LENGTH] = [80, 3];
/** Letters that a whole picture has at least; a room number on a door is no text. */
const LEAST_LETTERS = 4;
/** Lines of this many letters that were not sure enough make a picture one with unreadable text. */
const UNREADABLE_LETTERS = 25;

const LETTER = /[\p{L}\p{N}]/gu;
const lettersOf = (text: string) => text.match(LETTER)?.length ?? 0;

function meanConfidence(words: readonly OcrWord[]): number {
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  return words.reduce((sum, { text, confidence }) => sum + confidence * text.length, 0) / Math.max(1, letters);
}

/** Scripts without spaces: what Tesseract gives as words of one letter belongs together. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。、！？：；]+$/u;

function joined(words: readonly OcrWord[]): string {
  return words.reduce((text, { text: next }) => {
    const isUnspaced = UNSPACED.test(next) && UNSPACED.test(text.slice(-1));
    return text === '' || isUnspaced ? text + next : `${text} ${next}`;
  }, '');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function lineOf(words: readonly OcrWord[], pixels: number): TextLine {
  const left = Math.min(...words.map((word) => word.left));
  const right = Math.max(...words.map((word) => word.left + word.width));
  const height = median(words.map((word) => word.height));
  return { text: joined(words), confidence: meanConfidence(words), height, area: ((right - left) * height) / pixels };
}

function groups(words: readonly OcrWord[]): OcrWord[][] {
  const lines = new Map<string, OcrWord[]>();
  for (const word of words) {
    const line = lines.get(word.line);
    if (line === undefined) lines.set(word.line, [word]);
    else line.push(word);
  }
  return [...lines.values()];
}

/** A mark that is no letter, at the edge of a line, is an icon, a bullet or a frame. */
function withoutOrnaments(words: readonly OcrWord[]): OcrWord[] {
  const isWord = ({ text }: OcrWord) => lettersOf(text) > 0;
  const first = words.findIndex(isWord);
  const last = words.length - [...words].reverse().findIndex(isWord);
  return first === -1 ? [] : words.slice(first, last);
}

/** The lines that can be trusted, in reading order; none where the picture as a whole is doubtful. Pure. */
export function pageText({ words, linesLeftOut }: OcrReading, pixels: number): Omit<PageText, 'upsideDown'> {
  const found = groups(words);
  const sure = found
    .map((line) => withoutOrnaments(line.filter(({ confidence }) => confidence >= LEAST_WORD)))
    .filter((line) => line.length > 0 && meanConfidence(line) >= LEAST_LINE)
    .filter((line) => line.some(({ text, confidence }) => lettersOf(text) >= 2 || confidence >= SURE_WORD));
  const isText = sure.some((line) =>
    line.some(({ text, confidence }) => confidence >= SURE_WORD && lettersOf(text) >= SURE_LENGTH),
  );
  const lines = sure.map((line) => lineOf(line, pixels));
  const letters = lines.reduce((sum, { text }) => sum + lettersOf(text), 0);
  const all = words.reduce((sum, { text }) => sum + lettersOf(text), 0);
  const isTrusted = isText && letters >= LEAST_LETTERS && letters >= all / 4;
  return {
    lines: isTrusted ? lines : [],
    linesLeftOut: isTrusted ? linesLeftOut : 0,
    unreadable: all - (isTrusted ? letters : 0) >= UNREADABLE_LETTERS && !(isTrusted && letters > all / 2),
  };
}

/** How much was read, for comparing a picture with itself turned: letters, each by its line's confidence. */
export function weightOf({ lines }: Pick<PageText, 'lines'>): number {
  return lines.reduce((sum, { text, confidence }) => sum + lettersOf(text) * confidence, 0);
}
