import { deflateSync } from 'node:zlib';
import { assemble, chunk, header, PNG_SIGNATURE } from './png';
import type { Specimen } from './specimen';

const MEGABYTE = 1_000_000;
const zeros = (megabytes: number) => deflateSync(Buffer.alloc(megabytes * MEGABYTE), { level: 1 });
const END = chunk('IEND', Buffer.alloc(0));

function pngBombs(): Specimen[] {
  const huge = Buffer.concat([
    PNG_SIGNATURE,
    header(20_000, 20_000, { depth: 1, colour: 0 }),
    chunk('IDAT', zeros(50)),
    END,
  ]);
  const text = (type: string, head: string) => chunk(type, Buffer.concat([Buffer.from(head, 'latin1'), zeros(150)]));
  const many = Buffer.concat(
    Array.from({ length: 50_000 }, (_, at) => chunk('tEXt', Buffer.from(`k${String(at)}\0v`))),
  );
  const plain = assemble([], 3);
  const surplus = Buffer.concat([plain.subarray(0, -12), chunk('IDAT', zeros(150)), END]);
  return [
    { name: '400-megapixels-of-one-bit.png', ending: 'refused', bytes: huge },
    { name: 'ztxt.png', ending: 'any', bytes: assemble([text('zTXt', 'a\0\0')], 4) },
    { name: 'iccp.png', ending: 'any', bytes: assemble([text('iCCP', 'a\0\0')], 5) },
    { name: 'itxt.png', ending: 'any', bytes: assemble([text('iTXt', 'a\0\x01\0\0\0')], 6) },
    { name: '50000-texts.png', ending: 'any', bytes: assemble([many], 7) },
    { name: 'surplus-data.png', ending: 'any', bytes: surplus },
  ];
}

function jpegBombs(progressive: Buffer, baseline: Buffer): Specimen[] {
  // A whole scan, from its marker to the next one, again and again: each is decoded over the whole picture.
  const start = progressive.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = progressive.subarray(start, -2);
  const scans = (count: number) =>
    Buffer.concat([
      progressive.subarray(0, -2),
      ...Array.from({ length: count }, () => scan),
      progressive.subarray(-2),
    ]);
  const comment = Buffer.from([0xff, 0xfe, 0x00, 0x03, 0x41]);
  const markers = (count: number) =>
    Buffer.concat([baseline.subarray(0, 2), ...Array.from({ length: count }, () => comment), baseline.subarray(2)]);
  const profile = Buffer.concat([Buffer.from([0xff, 0xe1, 0xff, 0xff]), Buffer.alloc(0xffff - 2, 0x45)]);
  const padded = Buffer.concat([baseline, Buffer.alloc(21 * MEGABYTE)]);
  return [
    { name: '500-scans.jpg', ending: 'any', bytes: scans(500) },
    { name: '5000-scans.jpg', ending: 'any', bytes: scans(5000) },
    { name: '1000-markers.jpg', ending: 'any', bytes: markers(1000) },
    { name: '10000-markers.jpg', ending: 'any', bytes: markers(10_000) },
    {
      name: 'one-megabyte-of-metadata.jpg',
      ending: 'any',
      bytes: Buffer.concat([
        baseline.subarray(0, 2),
        ...Array.from({ length: 16 }, () => profile),
        baseline.subarray(2),
      ]),
    },
    { name: 'more-bytes-than-accepted.jpg', ending: 'refused', bytes: padded },
  ];
}

function gifBombs(gif: Buffer): Specimen[] {
  // Everything between the colour table and the trailer is one frame.
  const tableBytes = 3 * 2 ** (((gif[10] ?? 0) & 7) + 1);
  const head = gif.subarray(0, 13 + tableBytes);
  const frame = gif.subarray(13 + tableBytes, -1);
  const frames = (count: number) =>
    Buffer.concat([head, ...Array.from({ length: count }, () => frame), Buffer.from([0x3b])]);
  return [
    { name: '100-frames.gif', ending: 'any', bytes: frames(100) },
    { name: '2000-frames.gif', ending: 'any', bytes: frames(2000) },
  ];
}

function tiffBombs(tiff: Buffer): Specimen[] {
  const directory = tiff.readUInt32LE(4);
  const entries = tiff.readUInt16LE(directory);
  const next = directory + 2 + entries * 12;
  const looped = Buffer.from(tiff);
  looped.writeUInt32LE(directory, next);
  const page = tiff.subarray(directory, next);
  const pages: Buffer[] = [];
  for (let count = 0; count < 2000; count += 1) {
    const at = tiff.length + count * (page.length + 4);
    const link = Buffer.alloc(4);
    link.writeUInt32LE(count === 1999 ? 0 : at + page.length + 4);
    pages.push(page, link);
  }
  const many = Buffer.concat([tiff, ...pages]);
  many.writeUInt32LE(tiff.length, next);
  const beyond = Buffer.from(tiff);
  beyond.writeUInt32LE(0xfffffff0, 4);
  const countless = Buffer.from(tiff);
  countless.writeUInt16LE(0xffff, directory);
  return [
    { name: 'directory-loop.tif', ending: 'any', bytes: looped },
    { name: '2000-directories.tif', ending: 'any', bytes: many },
    { name: 'directory-beyond-the-end.tif', ending: 'refused', bytes: beyond },
    { name: '65535-entries.tif', ending: 'refused', bytes: countless },
  ];
}

/** Small files that ask for much work or memory. `sound` gives the files to start from. */
export function bombs(sound: readonly Specimen[]): Specimen[] {
  const bytesOf = (name: string) => {
    const found = sound.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found.bytes;
  };
  return [
    ...pngBombs(),
    ...jpegBombs(bytesOf('progressive.jpg'), bytesOf('baseline.jpg')),
    ...gifBombs(bytesOf('plain.gif')),
    ...tiffBombs(bytesOf('plain.tif')),
  ];
}
