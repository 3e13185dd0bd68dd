import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { sha256Of, type SampleImage } from '../../support/sample-image';

/** The repository's photographs as JPEGs of about so many bytes. */
export async function photographs(root: string, bytes: number): Promise<Buffer[]> {
  const folder = path.join(root, 'tests/fixtures/images');
  const files = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  return Promise.all(files.map((name) => sized(path.join(folder, name), bytes)));
}

async function sized(file: string, bytes: number): Promise<Buffer> {
  let found = Buffer.alloc(0);
  for (const width of [640, 800, 1000, 1300, 1700]) {
    found = await sharp(file).resize({ width }).jpeg({ quality: 88 }).toBuffer();
    if (found.length >= bytes) break;
  }
  return found;
}

/** The same picture in other bytes: a comment that no decoder looks at, and filler up to `bytes`. */
export function variant(jpeg: Buffer, number: number, bytes = 0): SampleImage {
  const filler = Math.min(60_000, Math.max(0, bytes - jpeg.length));
  const text = Buffer.from(`${number}${' '.repeat(filler)}`);
  const segment = Buffer.from([0xff, 0xfe, 0, 0]);
  segment.writeUInt16BE(text.length + 2, 2);
  const whole = Buffer.concat([jpeg.subarray(0, 2), segment, text, jpeg.subarray(2)]);
  return { bytes: whole, sha256: sha256Of(whole) };
}
