import { ReplacementTable } from '../replacement-table';
import { KINDS, type SentencePieceFile } from './model-file';

const SPACE = 0x20;
/** U+2581, which stands for a space in pieces. */
export const SPACE_MARK = '▁';
const MARK = Buffer.from(SPACE_MARK);
const LONE_SPACE = Buffer.of(SPACE);

type Taken = readonly [bytes: Buffer, taken: number];

/** Bytes of the character that begins with this one. */
function characterBytes(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** What becomes of the text from `at` on: a symbol of the model as it is, the longest replacement, or one character. */
function reader(file: SentencePieceFile): (text: Buffer, at: number) => Taken {
  const table = file.replacements === null ? null : new ReplacementTable(file.replacements);
  const symbols = file.pieces
    .filter(({ kind }) => kind === KINDS.userDefined)
    .map(({ text }) => Buffer.from(text))
    .sort((a, b) => b.length - a.length);
  return (text, at) => {
    const symbol = symbols.find((bytes) => text.subarray(at, at + bytes.length).equals(bytes));
    if (symbol !== undefined) return [symbol, symbol.length];
    const replaced = table?.longest(text, at) ?? null;
    if (replaced !== null) return [replaced.bytes, replaced.taken];
    const length = characterBytes(text[at] ?? 0);
    return [text.subarray(at, at + length), length];
  };
}

function isSpace(bytes: Buffer): boolean {
  return bytes.length === 1 && bytes[0] === SPACE;
}

function withoutSpacesAtEnd(bytes: number[], mark: Buffer): number[] {
  let end = bytes.length;
  while (end >= mark.length && mark.every((byte, at) => bytes[end - mark.length + at] === byte)) end -= mark.length;
  return bytes.slice(0, end);
}

/**
 * The normaliser of a SentencePiece model, byte for byte as src/normalizer.cc has it: replacements, spaces joined and cut off at both
 * ends, ▁ in front and for each space.
 */
export function sentencePieceNormaliser(file: SentencePieceFile): (text: string) => string {
  const read = reader(file);
  const mark = file.marksSpaces ? MARK : LONE_SPACE;
  const firstWord = (text: Buffer) => {
    let at = 0;
    while (file.joinsSpaces && at < text.length) {
      const [bytes, taken] = read(text, at);
      if (!isSpace(bytes)) break;
      at += taken;
    }
    return at;
  };
  return (text) => {
    const given = Buffer.from(text);
    let at = firstWord(given);
    if (at >= given.length) return '';
    const made: number[] = file.addsSpaceInFront ? [...mark] : [];
    let behindSpace = file.joinsSpaces;
    while (at < given.length) {
      const [bytes, taken] = read(given, at);
      at += taken;
      let from = 0;
      if (behindSpace) while (bytes[from] === SPACE) from += 1;
      for (const byte of bytes.subarray(from)) {
        if (byte === SPACE) made.push(...mark);
        else made.push(byte);
      }
      if (from < bytes.length) behindSpace = file.joinsSpaces && bytes.at(-1) === SPACE;
    }
    return Buffer.from(file.joinsSpaces ? withoutSpacesAtEnd(made, mark) : made).toString('utf8');
  };
}
