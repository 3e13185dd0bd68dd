import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import { fileSource } from './headers/byte-source';
import { formatOf, MAGIC_BYTES, sniff, type SniffedImage } from './sniff';

export interface Limits {
  readonly maxBytes: number;
  readonly maxPixels: number;
}

/** A complete image in the temporary folder, checked, not yet flushed to disk. The receiver moves or deletes the file. */
export interface SpooledImage {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly image: SniffedImage;
}

/**
 * Writes a body to disk while it arrives, hashing as it goes; no more than one chunk is ever in memory. Each piece goes to
 * the page cache at once: handing it to another thread and back takes longer, above all while all cores caption.
 * Throws BODY_MISSING, IMAGE_TOO_LARGE, IMAGE_TYPE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_MANY_PIXELS, and leaves no file
 * behind when it throws.
 */
export async function spoolImage(
  body: AsyncIterable<Uint8Array>,
  folder: string,
  limits: Limits,
): Promise<SpooledImage> {
  const file = path.join(folder, `${randomBytes(16).toString('hex')}.part`);
  const fd = openSync(file, 'wx+', 0o600);
  try {
    const { sha256, bytes } = await receive(body, fd, limits.maxBytes);
    const image = await sniff(fileSource(fd, bytes), limits.maxPixels);
    return { file, sha256, bytes, image };
  } catch (error) {
    unlinkSync(file);
    throw error;
  } finally {
    closeSync(fd);
  }
}

async function receive(
  body: AsyncIterable<Uint8Array>,
  fd: number,
  maxBytes: number,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let magic = Buffer.alloc(0);
  for await (const chunk of body) {
    // What is plainly no image is refused before it is stored, however long it is.
    if (magic.length < MAGIC_BYTES) {
      magic = Buffer.concat([magic, chunk.subarray(0, MAGIC_BYTES)]);
      if (magic.length >= MAGIC_BYTES && formatOf(magic) === null) throw new AppError('IMAGE_TYPE_UNSUPPORTED');
    }
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AppError('IMAGE_TOO_LARGE', { max_bytes: maxBytes });
    hash.update(chunk);
    writeWhole(fd, chunk);
  }
  if (bytes === 0) throw new AppError('BODY_MISSING');
  return { sha256: hash.digest('hex'), bytes };
}

/** A full disk may take a part of it first, and refuse the rest. */
function writeWhole(fd: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
}
