import { chunk, PNG_SIGNATURE } from './png';
import type { Specimen } from './specimen';

/** Sides that no picture has, or none that is worth decoding. */
const SIDES: readonly (readonly [number, number])[] = [
  [0, 100],
  [100, 0],
  [65_535, 65_535],
  [16_383, 16_383],
];

function patched(bytes: Buffer, at: number, patch: (copy: Buffer) => void): Buffer {
  if (at < 0) throw new Error('the place to patch was not found');
  const copy = Buffer.from(bytes);
  patch(copy);
  return copy;
}

function pngWith(bytes: Buffer, width: number, height: number): Buffer {
  const data = Buffer.from(bytes.subarray(16, 29));
  data.writeUInt32BE(width >>> 0, 0);
  data.writeUInt32BE(height >>> 0, 4);
  return Buffer.concat([PNG_SIGNATURE, chunk('IHDR', data), bytes.subarray(33)]);
}

function jpegWith(bytes: Buffer, width: number, height: number): Buffer {
  const frame = Math.max(bytes.indexOf(Buffer.from([0xff, 0xc0])), bytes.indexOf(Buffer.from([0xff, 0xc2])));
  return patched(bytes, frame, (copy) => {
    copy.writeUInt16BE(height, frame + 5);
    copy.writeUInt16BE(width, frame + 7);
  });
}

function webpWith(bytes: Buffer, width: number, height: number): Buffer {
  return patched(bytes, bytes.indexOf('VP8 '), (copy) => {
    copy.writeUInt16LE(width & 0x3fff, 26);
    copy.writeUInt16LE(height & 0x3fff, 28);
  });
}

function gifWith(bytes: Buffer, width: number, height: number): Buffer {
  return patched(bytes, 6, (copy) => {
    copy.writeUInt16LE(width, 6);
    copy.writeUInt16LE(height, 8);
  });
}

function avifWith(bytes: Buffer, width: number, height: number): Buffer {
  const box = bytes.indexOf('ispe');
  return patched(bytes, box, (copy) => {
    copy.writeUInt32BE(width, box + 8);
    copy.writeUInt32BE(height, box + 12);
  });
}

function tiffWith(bytes: Buffer, width: number, height: number): Buffer {
  const directory = bytes.readUInt32LE(4);
  const entries = bytes.readUInt16LE(directory);
  return patched(bytes, entries, (copy) => {
    for (let entry = directory + 2; entry < directory + 2 + entries * 12; entry += 12) {
      const tag = copy.readUInt16LE(entry);
      if (tag !== 256 && tag !== 257) continue;
      copy.writeUInt16LE(4, entry + 2); // LONG
      copy.writeUInt32LE(tag === 256 ? width : height, entry + 8);
    }
  });
}

const LIARS: Readonly<Record<string, (bytes: Buffer, width: number, height: number) => Buffer>> = {
  'plain.png': pngWith,
  'baseline.jpg': jpegWith,
  'progressive.jpg': jpegWith,
  'lossy.webp': webpWith,
  'plain.gif': gifWith,
  'plain.avif': avifWith,
  'plain.tif': tiffWith,
};

/** Headers that claim sizes the file does not have. */
export function headerLies(sound: readonly Specimen[]): Specimen[] {
  return sound.flatMap(({ name, bytes }) => {
    const lie = LIARS[name];
    if (lie === undefined) return [];
    return SIDES.map(([width, height]): Specimen => ({
      name: `${String(width)}x${String(height)}-${name}`,
      ending: 'refused',
      bytes: lie(bytes, width, height),
    }));
  });
}
