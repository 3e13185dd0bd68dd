import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

export interface SampleImage {
  readonly bytes: Buffer;
  readonly sha256: string;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

interface PngShape {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  /** 0 grey, 2 RGB. */
  readonly colourType: number;
}

/** A whole PNG of rows that are compressed already, each with its filter's byte. */
export function pngOf(shape: PngShape, compressed: Buffer): Buffer {
  return Buffer.concat([headerOf(shape), chunk('IDAT', compressed), chunk('IEND', Buffer.alloc(0))]);
}

/** The header of a PNG that claims any size. */
export function pngHeader(width: number, height: number): Buffer {
  return headerOf({ width, height, bitDepth: 8, colourType: 2 });
}

function headerOf({ width, height, bitDepth, colourType }: PngShape): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header)]);
}

/** A small valid PNG; each seed gives other bytes. `padding` adds that many bytes that no decoder looks at. */
export function samplePng(seed: number, { width = 16, height = 12, padding = 0 } = {}): SampleImage {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let index = 0; index < rows.length; index += 1) {
    rows[index] = index % (1 + width * 3) === 0 ? 0 : (index * 31 + seed * 101) % 256;
  }
  const bytes = Buffer.concat([
    pngHeader(width, height),
    chunk('tEXt', Buffer.from(`Comment\0${seed}${' '.repeat(padding)}`, 'latin1')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { bytes, sha256: sha256Of(bytes) };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
