import { crc32, deflateSync } from 'node:zlib';
import type { Specimen } from './specimen';

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** One chunk with a right checksum (PNG specification, 5.3). */
export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

export function header(width: number, height: number, { depth = 8, colour = 2, tail = [0, 0, 0] } = {}): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, ...tail], 8);
  return chunk('IHDR', data);
}

const END = chunk('IEND', Buffer.alloc(0));
const WIDTH = 40;
const HEIGHT = 30;

/** Rows of a small RGB picture, each behind its filter byte. */
function rows(salt: number): Buffer {
  const data = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  for (let at = 0; at < data.length; at += 1) data[at] = at % (1 + WIDTH * 3) === 0 ? 0 : (at * 7 + salt * 31) % 256;
  return data;
}

/** A PNG from parts, with `extra` between header and data. */
export function assemble(extra: readonly Buffer[], salt: number): Buffer {
  return Buffer.concat([PNG_SIGNATURE, header(WIDTH, HEIGHT), ...extra, chunk('IDAT', deflateSync(rows(salt))), END]);
}

function withWrongChecksum(part: Buffer): Buffer {
  const copy = Buffer.from(part);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 0xff;
  return copy;
}

/** Files that break the rules of the format itself. */
export function brokenPngs(): Specimen[] {
  const size = header(WIDTH, HEIGHT);
  const data = chunk('IDAT', deflateSync(rows(1)));
  const raw = deflateSync(rows(2));
  const half = Math.floor(raw.length / 2);
  const declared = (length: number) => {
    const part = Buffer.from(data);
    part.writeUInt32BE(length >>> 0, 0);
    return part;
  };
  const cases: [string, Specimen['ending'], Buffer[]][] = [
    ['no-header', 'refused', [data, END]],
    ['data-before-header', 'refused', [data, size, END]],
    ['no-end', 'any', [size, data]],
    ['no-data', 'refused', [size, END]],
    ['empty-data', 'refused', [size, chunk('IDAT', Buffer.alloc(0)), END]],
    ['two-headers', 'any', [size, size, data, END]],
    ['wrong-header-checksum', 'refused', [withWrongChecksum(size), data, END]],
    ['wrong-data-checksum', 'any', [size, withWrongChecksum(data), END]],
    ['palette-missing', 'refused', [header(WIDTH, HEIGHT, { colour: 3 }), data, END]],
    ['depth-7', 'refused', [header(WIDTH, HEIGHT, { depth: 7 }), data, END]],
    ['colour-type-5', 'refused', [header(WIDTH, HEIGHT, { colour: 5 }), data, END]],
    ['compression-9', 'refused', [header(WIDTH, HEIGHT, { tail: [9, 0, 0] }), data, END]],
    ['interlace-9', 'refused', [header(WIDTH, HEIGHT, { tail: [0, 0, 9] }), data, END]],
    ['length-beyond-file', 'refused', [size, declared(0x7fffffff), END]],
    ['length-negative', 'refused', [size, declared(0xffffffff), END]],
    ['unknown-critical-chunk', 'any', [size, chunk('EVIL', Buffer.from('x')), data, END]],
    [
      'data-interrupted',
      'any',
      [
        size,
        chunk('IDAT', raw.subarray(0, half)),
        chunk('tEXt', Buffer.from('a\0b')),
        chunk('IDAT', raw.subarray(half)),
        END,
      ],
    ],
    ['random-data', 'refused', [size, chunk('IDAT', Buffer.from('this is not deflated')), END]],
  ];
  return cases.map(([name, ending, parts]) => ({
    name: `${name}.png`,
    ending,
    bytes: Buffer.concat([PNG_SIGNATURE, ...parts]),
  }));
}
