import { ModelError } from '../../model-error';

/** Kinds of pieces, by their numbers in sentencepiece_model.proto. */
export const KINDS = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
const UNIGRAM = 1;

export interface ModelPiece {
  readonly text: string;
  readonly score: number;
  readonly kind: number;
}

/** What a SentencePiece model says; the place of a piece is its id. */
export interface SentencePieceFile {
  readonly pieces: readonly ModelPiece[];
  /** A character without a piece is written as its bytes. */
  readonly byteFallback: boolean;
  /** Table of replacements; null: texts are taken as they are. */
  readonly replacements: Buffer | null;
  readonly addsSpaceInFront: boolean;
  readonly joinsSpaces: boolean;
  readonly marksSpaces: boolean;
}

type Field = readonly [number: number, value: number | Buffer];

function damaged(reason: string): ModelError {
  return new ModelError(
    'MODEL_FILE_DAMAGED',
    `The SentencePiece model cannot be read: ${reason}; pull the model again.`,
  );
}

/** The fields of a protobuf message, in their order. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const take = (length: number) => {
    if (at + length > message.length) throw damaged('it is cut');
    at += length;
    return message.subarray(at - length, at);
  };
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw damaged('it has a number without an end');
  };
  while (at < message.length) {
    const key = varint();
    const [number, type] = [key >>> 3, key & 7];
    if (type === 0) yield [number, varint()];
    else if (type === 2) yield [number, take(varint())];
    else if (type === 5) yield [number, take(4).readFloatLE()];
    else if (type === 1) take(8);
    else throw damaged('it is no protobuf message');
  }
}

function pieceOf(message: Buffer): ModelPiece {
  let [text, score, kind] = ['', 0, KINDS.normal as number];
  for (const [number, value] of fieldsOf(message)) {
    if (number === 1 && typeof value !== 'number') text = value.toString('utf8');
    if (number === 2 && typeof value === 'number') score = value;
    if (number === 3 && typeof value === 'number') kind = value;
  }
  return { text, score, kind };
}

/** Numbers and texts of a message by their field number; of a repeated field the last. */
function recordOf(message: Buffer): ReadonlyMap<number, number | Buffer> {
  return new Map(fieldsOf(message));
}

/** Reads a .spm file (sentencepiece_model.proto). Throws ModelError where it is damaged or of another kind than Unigram. */
export function readSentencePieceFile(bytes: Buffer): SentencePieceFile {
  const pieces: ModelPiece[] = [];
  let [trainer, normaliser]: ReadonlyMap<number, number | Buffer>[] = [];
  for (const [number, value] of fieldsOf(bytes)) {
    if (typeof value === 'number') continue;
    if (number === 1) pieces.push(pieceOf(value));
    if (number === 2) trainer = recordOf(value);
    if (number === 3) normaliser = recordOf(value);
  }
  if (pieces.length === 0) throw damaged('it has no pieces');
  if ((trainer?.get(3) ?? UNIGRAM) !== UNIGRAM) throw damaged('it is not of the kind Unigram');
  if (trainer?.get(24) === 1) throw damaged('it marks spaces behind words, which is not supported');
  const table = normaliser?.get(2);
  // What is not said is true.
  const isOn = (number: number) => (normaliser?.get(number) ?? 1) !== 0;
  return {
    pieces,
    byteFallback: trainer?.get(35) === 1,
    replacements: table instanceof Buffer && table.length > 0 ? table : null,
    addsSpaceInFront: isOn(3),
    joinsSpaces: isOn(4),
    marksSpaces: isOn(5),
  };
}
