import { closeSync, fstatSync, openSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { damaged } from './checkpoint';
import { readRange } from './file-range';

/** The largest published model of this format takes 45 MB; one with float32 weights 180. Beyond this nothing is read into memory. */
const MOST_BYTES = 1_000_000_000;
const VERSION = 1n;
const MOST_ITEMS = 10_000;
const MOST_AXES = 8;
/** Of the header: name length, type, axes and bytes of an item, each as u64. */
const ENTRY_BYTES = 32;
/** marian::Type (src/common/types.h). `intgemm8` is the layout that every CPU can read; others are packed for one kind. */
const TYPES = { float32: 0x404, int8: 0x101, intgemm8: 0x4101 } as const;
const SETTINGS = 'special:model.yml';

interface Item {
  readonly type: number;
  readonly dims: readonly number[];
  readonly bytes: Buffer;
}

/** Numbers one after the other, from a place that only moves forward. */
class Cursor {
  private at = 0;

  constructor(
    private readonly file: string,
    private readonly bytes: Buffer,
  ) {}

  take(length: number): Buffer {
    if (!(length >= 0 && this.at + length <= this.bytes.length)) throw damaged(this.file, 'it is cut');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** A u64 that is a length, so small that a double holds it. */
  length(): number {
    return Number(this.take(8).readBigUInt64LE());
  }
}

/** The file as it is published: compressed with gzip, or not. */
function bytesOf(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const bytes = size > MOST_BYTES ? null : readRange(handle, size, 0);
    if (bytes === null) throw damaged(file, 'it is larger than any model of its format');
    return isPacked(bytes) ? unpacked(file, bytes) : bytes;
  } finally {
    closeSync(handle);
  }
}

function isPacked(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function unpacked(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    // It is cut, no gzip after all, or grows beyond the bound.
    throw damaged(file, 'it cannot be unpacked');
  }
}

function itemsOf(file: string, bytes: Buffer): Map<string, Item> {
  const cursor = new Cursor(file, bytes);
  if (cursor.take(8).readBigUInt64LE() !== VERSION) throw damaged(file, 'it is not in Marian’s binary format 1');
  const count = cursor.length();
  if (count > MOST_ITEMS || count * ENTRY_BYTES > bytes.length) throw damaged(file, 'it claims too many weights');
  const entries = Array.from({ length: count }, () => {
    const [name, type, axes, length] = [cursor.length(), cursor.length(), cursor.length(), cursor.length()];
    if (axes > MOST_AXES) throw damaged(file, 'a weight of it has too many axes');
    return { name, type, axes, length };
  });
  const names = entries.map(({ name }) => cursor.take(name).toString('utf8').replace(/\0$/, ''));
  const shapes = entries.map(({ axes }) => Array.from({ length: axes }, () => cursor.take(4).readInt32LE()));
  cursor.take(cursor.length());
  const items = new Map<string, Item>();
  entries.forEach(({ type, length }, index) => {
    const [name = '', dims = []] = [names[index], shapes[index]];
    const values = cursor.take(length);
    const size = dims.reduce((product, dim) => product * dim, 1);
    // The one number behind 8-bit weights is what they were multiplied by.
    const due = type === TYPES.float32 ? size * 4 : type === TYPES.intgemm8 ? size + 4 : size;
    if (dims.some((dim) => dim < 0) || due > length) throw damaged(file, `the weight "${name}" is cut`);
    items.set(name, { type, dims, bytes: values });
  });
  return items;
}

/** Whether a file begins like a model in Marian's binary format, compressed or not. */
export function startsLikeMarianBinary(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const head = readRange(handle, 8, 0);
    return head !== null && (head.readBigUInt64LE() === VERSION || isPacked(head));
  } finally {
    closeSync(handle);
  }
}

/**
 * A model as Marian itself stores it (src/common/binary.cpp): u64 version and count; per item u64 length of its name (with the closing
 * 0), type, axes, bytes; names; shapes (i32); u64 length of a filling, and it; then the values of each item.
 */
export class MarianBinary {
  private readonly items: ReadonlyMap<string, Item>;

  /** Reads the whole file. Throws ModelError MODEL_FILE_DAMAGED when it is not sound. */
  constructor(private readonly file: string) {
    this.items = itemsOf(file, bytesOf(file));
  }

  /** The settings that it was trained with, as YAML. */
  get settings(): string {
    const item = this.items.get(SETTINGS);
    if (item === undefined) throw damaged(this.file, 'it does not say how the model is built');
    const [text = ''] = item.bytes.toString('utf8').split('\0');
    return text;
  }

  /** Sizes of a weight; null where there is none of that name. */
  dimsOf(name: string): readonly number[] | null {
    return this.items.get(name)?.dims ?? null;
  }

  /** A matrix or a row as float32, as it was trained: [inputs, outputs]. Throws ModelError where it is not there. */
  read(name: string): Float32Array {
    const { dims, values, isTurned } = this.stored(name);
    return isTurned ? turned(values, dims[1] ?? 1, dims[0] ?? 1) : values;
  }

  /** The same matrix turned, as PyTorch keeps it: [outputs, inputs]. */
  readTurned(name: string): Float32Array {
    const { dims, values, isTurned } = this.stored(name);
    return isTurned ? values : turned(values, dims[0] ?? 1, dims[1] ?? 1);
  }

  /** `isTurned`: the values lie as [outputs, inputs], as all 8-bit matrices do but the embeddings. */
  private stored(name: string): { dims: readonly number[]; values: Float32Array; isTurned: boolean } {
    const item = this.items.get(name);
    if (item === undefined) throw damaged(this.file, `it has no weight "${name}"`, 'Is it the right model?');
    const { type, dims, bytes } = item;
    const size = dims.reduce((product, dim) => product * dim, 1);
    if (type === TYPES.float32) return { dims, values: floatsOf(bytes, size), isTurned: false };
    if (type === TYPES.intgemm8) {
      const factor = bytes.readFloatLE(size);
      if (!(factor > 0 && factor < Infinity)) throw damaged(this.file, `the weight "${name}" has no scale`);
      return { dims, values: unscaled(bytes, size, factor), isTurned: !name.includes('Wemb') };
    }
    throw damaged(
      this.file,
      `the weight "${name}" has the type 0x${type.toString(16)}`,
      'Take the model with float32 weights or as "intgemm8", which is not packed for one kind of CPU.',
    );
  }
}

/** [rows, columns] → [columns, rows]. */
function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return result;
}

function floatsOf(bytes: Buffer, size: number): Float32Array {
  const values = new Float32Array(size);
  new Uint8Array(values.buffer).set(bytes.subarray(0, size * 4));
  return values;
}

/** 8-bit weights as what they were before they were multiplied and rounded. */
function unscaled(bytes: Buffer, size: number, factor: number): Float32Array {
  const values = new Float32Array(size);
  for (let at = 0; at < size; at++) values[at] = bytes.readInt8(at) / factor;
  return values;
}
