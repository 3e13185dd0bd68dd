import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../errors';
import { formatOf, MAGIC_BYTES } from '../../intake/sniff';
import { fileInput, type Input } from './input';

/** The word that stands for standard input. */
export const STANDARD_INPUT = '-';

/** Where a picture that comes through standard input is kept for the worker process. */
export interface PictureStore {
  /** Makes a folder for it; not called for a list of names. */
  readonly folder: () => string;
  /** Larger pictures are not read to their end. */
  readonly maxBytes: number;
}

/**
 * Standard input holds a picture, or the names of pictures, one a line (or with a zero byte behind each). Anything else, and
 * nothing at all, is one input that fails.
 */
export async function readStandardInput(source: AsyncIterable<Buffer>, store: PictureStore): Promise<Input[]> {
  try {
    return await read(source, store);
  } catch (error) {
    return [{ name: STANDARD_INPUT, problem: problemOf(error) }];
  }
}

async function read(source: AsyncIterable<Buffer>, store: PictureStore): Promise<Input[]> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* all() {
    try {
      yield head;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      // Whoever stops early wants no more of it.
      await chunks.return?.();
    }
  }
  if (formatOf(head) === null) return namesOf(await listIn(all())).map(fileInput);
  const file = path.join(store.folder(), 'standard-input');
  await pipeline(justBeyond(store.maxBytes, all()), createWriteStream(file));
  return [{ name: STANDARD_INPUT, file }];
}

/** All chunks, or so many that they are more than `bytes` together: enough to see that it is too much. */
async function* justBeyond(bytes: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of chunks) {
    yield chunk;
    seen += chunk.length;
    if (seen > bytes) return;
  }
}

/** Control characters, which names do not hold; a zero byte, a tab and the ends of lines stand between names. */
function isForeign(byte: number): boolean {
  return (byte < 0x20 && ![0x00, 0x09, 0x0a, 0x0d].includes(byte)) || byte === 0x7f;
}

/** The text of a list of names. Throws AppError IMAGE_TYPE_UNSUPPORTED for the bytes of anything else. */
async function listIn(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) {
    if (chunk.some(isForeign)) throw new AppError('IMAGE_TYPE_UNSUPPORTED');
    parts.push(chunk);
  }
  // All at once: a letter of several bytes may lie across the end of a chunk. A byte order mark is left out.
  const text = new TextDecoder().decode(Buffer.concat(parts));
  const isMarkup = text.trimStart().startsWith('<') && !text.includes('\0');
  if (isMarkup) throw new AppError('IMAGE_TYPE_UNSUPPORTED');
  return text;
}

/** Throws AppError IMAGE_MISSING when there is none. */
function namesOf(text: string): string[] {
  const names = text.split(text.includes('\0') ? '\0' : /\r?\n/).filter((name) => name !== '');
  if (names.length === 0) throw new AppError('IMAGE_MISSING');
  return names;
}

function problemOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
  return new AppError(isFull ? 'STORAGE_FULL' : 'FILE_UNREADABLE', {}, { cause: error });
}
