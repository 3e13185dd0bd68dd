import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import { VIDEO_MAGIC_BYTES, videoTypeOf } from '../video/sniff-video';
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

/** The same of a video. What is in it is known once a process without any rights has read it. */
export interface SpooledVideo {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** Throws unless the first bytes of a body are those of what is wanted. */
interface Magic {
  readonly bytes: number;
  readonly require: (head: Buffer) => void;
  readonly tooLarge: 'IMAGE_TOO_LARGE' | 'VIDEO_TOO_LARGE';
}

const IMAGE_MAGIC: Magic = {
  bytes: MAGIC_BYTES,
  require: (head) => {
    if (formatOf(head) === null) throw new AppError('IMAGE_TYPE_UNSUPPORTED');
  },
  tooLarge: 'IMAGE_TOO_LARGE',
};

const VIDEO_MAGIC: Magic = {
  bytes: VIDEO_MAGIC_BYTES,
  require: (head) => {
    if (videoTypeOf(head) === null) throw new AppError('VIDEO_TYPE_UNSUPPORTED');
  },
  tooLarge: 'VIDEO_TOO_LARGE',
};

/**
 * Writes a body to disk while it arrives, hashing as it goes; no more than one chunk is ever in memory. Each piece goes to
 * the page cache at once: handing it to another thread and back takes longer, above all while all cores caption.
 * Throws BODY_MISSING, IMAGE_TOO_LARGE, IMAGE_TYPE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_MANY_PIXELS, and leaves no file
 * behind when it throws.
 */
export function spoolImage(body: AsyncIterable<Uint8Array>, folder: string, limits: Limits): Promise<SpooledImage> {
  return spool(folder, async (file, fd) => {
    const { sha256, bytes } = await receive(body, fd, limits.maxBytes, IMAGE_MAGIC);
    const image = await sniff(fileSource(fd, bytes), limits.maxPixels);
    return { file, sha256, bytes, image };
  });
}

/** Throws BODY_MISSING, VIDEO_TOO_LARGE, VIDEO_TYPE_UNSUPPORTED, and leaves no file behind when it throws. */
export function spoolVideo(body: AsyncIterable<Uint8Array>, folder: string, maxBytes: number): Promise<SpooledVideo> {
  return spool(folder, async (file, fd) => {
    const { sha256, bytes, head } = await receive(body, fd, maxBytes, VIDEO_MAGIC);
    const mediaType = videoTypeOf(head);
    if (mediaType === null) throw new AppError('VIDEO_TYPE_UNSUPPORTED');
    return { file, sha256, bytes, mediaType };
  });
}

async function spool<Spooled>(folder: string, fill: (file: string, fd: number) => Promise<Spooled>): Promise<Spooled> {
  const file = path.join(folder, `${randomBytes(16).toString('hex')}.part`);
  const fd = openSync(file, 'wx+', 0o600);
  try {
    return await fill(file, fd);
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
  magic: Magic,
): Promise<{ sha256: string; bytes: number; head: Buffer }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  for await (const chunk of body) {
    // What is plainly something else is refused before it is stored, however long it is.
    if (head.length < magic.bytes) {
      head = Buffer.concat([head, chunk.subarray(0, magic.bytes)]);
      if (head.length >= magic.bytes) magic.require(head);
    }
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AppError(magic.tooLarge, { max_bytes: maxBytes });
    hash.update(chunk);
    writeWhole(fd, chunk);
  }
  if (bytes === 0) throw new AppError('BODY_MISSING');
  return { sha256: hash.digest('hex'), bytes, head };
}

/** A full disk may take a part of it first, and refuse the rest. */
function writeWhole(fd: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at);
}
