import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bufferSource } from '../../../../server/intake/headers/byte-source';
import { formatOf, sniff } from '../../../../server/intake/sniff';
import { pngHeader, samplePng } from '../../../support/sample-image';

const look = (bytes: Buffer, maxPixels = 50_000_000) => sniff(bufferSource(bytes), maxPixels);
const codeOf = (bytes: Buffer) =>
  look(bytes).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const bytes = (...parts: (string | number[] | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? latin1(part) : Buffer.from(part))));
const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const box = (type: string, content: Buffer) => bytes(u32(content.length + 8), type, content);
const ispe = (width: number, height: number) => box('ispe', bytes(u32(0), u32(width), u32(height)));
const avif = (...sizes: [number, number][]) =>
  bytes(
    box('ftyp', latin1('avif\0\0\0\0avifmif1')),
    box('meta', bytes(u32(0), box('iprp', box('ipco', Buffer.concat(sizes.map(([w, h]) => ispe(w, h))))))),
  );
const jpeg = (width: number, height: number) =>
  bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8], u32(height).slice(2), u32(width).slice(2));
const tiff = (entries: [number, number, number][]) =>
  bytes(
    'II*\0',
    [8, 0, 0, 0, entries.length, 0],
    ...entries.map(([tag, type, value]) => [tag & 255, tag >> 8, type, 0, 1, 0, 0, 0, value & 255, value >> 8, 0, 0]),
  );

test('reads a real photograph', async () => {
  const photograph = readFileSync(path.resolve(__dirname, '../../../fixtures/images/cat.jpg'));
  expect(await look(photograph)).toEqual({ format: 'jpeg', mediaType: 'image/jpeg', width: 451, height: 300 });
});

test.each<[string, Buffer, { format: string; width: number; height: number }]>([
  ['PNG', samplePng(1).bytes, { format: 'png', width: 16, height: 12 }],
  ['JPEG with fill bytes', jpeg(640, 480), { format: 'jpeg', width: 640, height: 480 }],
  ['GIF', bytes('GIF89a', [64, 1, 200, 0]), { format: 'gif', width: 320, height: 200 }],
  [
    'extended WebP',
    bytes('RIFF\0\0\0\0WEBPVP8X', [0, 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 49, 0, 0]),
    { format: 'webp', width: 100, height: 50 },
  ],
  [
    'lossless WebP',
    bytes('RIFF\0\0\0\0WEBPVP8L', [0, 0, 0, 0, 0x2f, 99, 64, 12, 0, 0, 0, 0, 0]),
    { format: 'webp', width: 100, height: 50 },
  ],
  [
    'lossy WebP',
    bytes('RIFF\0\0\0\0WEBPVP8 ', [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 100, 0, 50, 0]),
    { format: 'webp', width: 100, height: 50 },
  ],
  [
    'AVIF grid, by its largest picture',
    avif([512, 512], [1024, 800], [160, 160]),
    { format: 'avif', width: 1024, height: 800 },
  ],
  [
    'TIFF',
    tiff([
      [256, 3, 300],
      [257, 4, 200],
    ]),
    { format: 'tiff', width: 300, height: 200 },
  ],
])('reads the size of a %s', async (_name, file, expected) => {
  expect(await look(file)).toMatchObject(expected);
});

test.each([
  ['SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>      ')],
  ['HTML', latin1('<!doctype html><title>an image, honestly</title>')],
  ['BMP', latin1('BM'.padEnd(60, '\0'))],
  ['HEIC', bytes(box('ftyp', latin1('heic\0\0\0\0mif1heic')))],
  ['PDF', latin1('%PDF-1.7'.padEnd(60, '\n'))],
  ['nothing much', Buffer.from([1])],
])('refuses %s by its first bytes', async (_name, file) => {
  expect(await codeOf(file)).toBe('IMAGE_TYPE_UNSUPPORTED');
});

test.each([
  ['a PNG cut inside its header', pngHeader(10, 10).subarray(0, 20)],
  ['a PNG of width 0', pngHeader(0, 10)],
  ['a JPEG without a frame', bytes([0xff, 0xd8, 0xff, 0xd9, 0, 0])],
  ['a JPEG whose segments never end', bytes([0xff, 0xd8], Buffer.alloc(20_000, Buffer.from([0xff, 0xe0, 0, 2])))],
  ['an AVIF whose box is larger than the file', bytes(box('ftyp', latin1('avif\0\0\0\0avifmif1')), u32(1000), 'meta')],
  [
    'an AVIF of a million boxes',
    bytes(
      box('ftyp', latin1('avif\0\0\0\0avifmif1')),
      Buffer.alloc(80_000, Buffer.from([0, 0, 0, 8, 102, 114, 101, 101])),
    ),
  ],
  ['an AVIF that declares no size', avif()],
  ['a TIFF whose directory lies outside', bytes('II*\0', [255, 255, 255, 0])],
  [
    'a TIFF of floating-point numbers',
    tiff([
      [256, 3, 8],
      [257, 3, 8],
      [339, 3, 3],
    ]),
  ],
])('refuses %s as damaged', async (_name, file) => {
  expect(await codeOf(file)).toBe('IMAGE_CORRUPT');
});

test.each([
  ['two gigapixels', pngHeader(50_000, 40_000)],
  ['one side longer than any decoder takes', pngHeader(70_000, 10)],
  ['an AVIF of 25 megapixels, whose decoder needs half a gigabyte', avif([5000, 5000])],
])('refuses %s from the header', async (_name, file) => {
  expect(await codeOf(file)).toBe('IMAGE_TOO_MANY_PIXELS');
});

test('the limit of pixels is the configured one', async () => {
  await expect(look(pngHeader(100, 101), 10_000)).rejects.toMatchObject({
    details: { width: 100, height: 101, max_pixels: 10_000 },
  });
  expect(await look(pngHeader(100, 100), 10_000)).toMatchObject({ width: 100 });
});

test('the format is told from the bytes alone', () => {
  expect(formatOf(samplePng(1).bytes)).toBe('png');
  expect(formatOf(latin1('II+\0 big tiff'))).toBeNull();
});
