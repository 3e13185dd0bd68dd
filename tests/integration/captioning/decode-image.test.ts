import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pngHeader, samplePng } from '../../support/sample-image';

const SUPPORT = path.resolve(__dirname, '../../support/captioning');
const RED = [255, 0, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
/** What the odd pictures show: red in the upper left quarter, blue elsewhere. */
const UPRIGHT = [RED, BLUE, BLUE, BLUE];

interface Looked {
  readonly facts?: {
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly hasAlpha: boolean;
  };
  readonly quarters?: number[][];
  readonly bytes?: number;
  readonly code?: string;
}

let folder: string;
const looked = new Map<string, Looked>();

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-odd-'));
  const write = (name: string, bytes: string | Buffer) => writeFileSync(path.join(folder, name), bytes);
  execFileSync(process.execPath, [path.join(SUPPORT, 'odd-pictures.cjs'), folder]);
  const jpeg = readFileSync(path.join(folder, 'plain.jpg'));
  write('empty.jpg', '');
  write('text.jpg', 'This is no picture.\n');
  write(
    'drawing.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
  );
  // Some phones end the spectral selection of their only scan at 0 where 63 is due; every viewer shows such pictures.
  const phone = Buffer.from(jpeg);
  const scan = phone.indexOf(Buffer.from([0xff, 0xda]));
  phone[scan + 4 + 2 * (phone[scan + 4] ?? 0) + 2] = 0;
  write('phone.jpg', phone);
  write('cut.jpg', jpeg.subarray(0, Math.floor(jpeg.length / 2)));
  const header = pngHeader(50_000, 40_000);
  write('two-gigapixels.png', Buffer.concat([header, samplePng(1).bytes.subarray(header.length)]));
  mkdirSync(path.join(folder, 'folder.jpg'));
  // Nobody can read it, not even root, whom file modes do not stop.
  symlinkSync('loop.jpg', path.join(folder, 'loop.jpg'));
  const names = [...readdirSync(folder), 'not-there.jpg'];
  const out = execFileSync(
    process.execPath,
    [path.join(SUPPORT, 'decode-files.cjs'), ...names.map((name) => path.join(folder, name))],
    { encoding: 'utf8' },
  );
  const lines = out.trim().split('\n');
  names.forEach((name, index) => looked.set(name, JSON.parse(lines[index] ?? '') as Looked));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectColours(name: string, expected: number[][], tolerance: number) {
  const found = looked.get(name)?.quarters ?? [];
  const apart = found.flatMap((colour, at) => colour.map((value, part) => Math.abs(value - expected[at]![part]!)));
  expect(apart).toHaveLength(12);
  expect(Math.max(...apart)).toBeLessThanOrEqual(tolerance);
}

test.each([
  ['plain.jpg', 'jpeg', 3],
  ['phone.jpg', 'jpeg', 3],
  ['plain.webp', 'webp', 0],
  ['plain.avif', 'avif', 0],
  ['plain.tiff', 'tiff', 3],
  ['16-bit.png', 'png', 1],
  ['palette.png', 'png', 1],
])('%s is decoded to eight-bit RGB', (name, format, tolerance) => {
  expect(looked.get(name)).toMatchObject({ facts: { width: 60, height: 40, format, hasAlpha: false }, bytes: 7200 });
  expectColours(name, UPRIGHT, tolerance);
});

test('a CMYK picture becomes RGB', () => {
  expect(looked.get('cmyk.jpg')).toMatchObject({ facts: { width: 60, height: 40 }, bytes: 7200 });
  const [red, blue] = looked.get('cmyk.jpg')?.quarters ?? [];
  expect(red![0]!).toBeGreaterThan(200);
  expect(blue![2]!).toBeGreaterThan(blue![0]! * 3);
});

test('a grey picture has three equal channels', () => {
  const { quarters, bytes } = looked.get('grey.png')!;
  expect(bytes).toBe(7200);
  expect(quarters!.every(([red, green, blue]) => red === green && green === blue)).toBe(true);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a picture with EXIF orientation %i stands upright', (tag) => {
  expect(looked.get(`exif-${tag}.jpg`)?.facts).toMatchObject({ width: 60, height: 40 });
  expectColours(`exif-${tag}.jpg`, UPRIGHT, 3);
});

test('a very large JPEG is decoded at half its size, upright, and its true size is told', () => {
  const found = looked.get('large-turned.jpg');
  expect(found?.facts).toMatchObject({ width: 3600, height: 2400 });
  expect(found?.bytes).toBe(1800 * 1200 * 3);
  expectColours('large-turned.jpg', UPRIGHT, 3);
});

test.each(['transparent.png', 'transparent.webp'])('%s lies on white', (name) => {
  expect(looked.get(name)?.facts?.hasAlpha).toBe(true);
  expectColours(name, [RED, BLUE, WHITE, WHITE], 0);
});

test('of an animation the first frame is taken', () => {
  expect(looked.get('animated.gif')?.facts).toMatchObject({ width: 60, height: 40, format: 'gif' });
  expectColours('animated.gif', UPRIGHT, 1);
});

test('a single pixel is a picture', () => {
  expect(looked.get('one-pixel.png')).toMatchObject({ facts: { width: 1, height: 1 }, bytes: 3 });
});

test.each([
  ['empty.jpg', 'IMAGE_TYPE_UNSUPPORTED'],
  ['text.jpg', 'IMAGE_TYPE_UNSUPPORTED'],
  ['drawing.svg', 'IMAGE_TYPE_UNSUPPORTED'],
  ['cut.jpg', 'IMAGE_CORRUPT'],
  ['two-gigapixels.png', 'IMAGE_TOO_MANY_PIXELS'],
  ['not-there.jpg', 'IMAGE_UNKNOWN'],
  ['folder.jpg', 'STORAGE_UNAVAILABLE'],
  ['loop.jpg', 'STORAGE_UNAVAILABLE'],
])('%s is refused as %s', (name, code) => expect(looked.get(name)?.code).toBe(code));

test.each([
  ['that takes 384 pixels', 384, 5, 2],
  ['that takes 768', 768, 3, 1],
])(
  'a photograph of 12 megapixels is decoded smaller for a model %s, which hardly shows',
  (_, side, part, exactPart) => {
    const picture = path.join(SUPPORT, '../../fixtures/images/cat.jpg');
    const words = [path.join(SUPPORT, 'shrunk-decode.cjs'), picture, String(side)];
    const found = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
    const decoded = (by: number) => [Math.ceil(4000 / by), Math.ceil(3169 / by)];
    expect(found.fast).toMatchObject({ decoded: decoded(part), size: [4000, 3169] });
    expect(found.fast.mean).toBeLessThan(0.5);
    expect(found.fast.most).toBeLessThanOrEqual(16);
    // For float32: as good as the whole picture, but for a few of half a million bytes.
    expect(found.exact).toMatchObject({ decoded: decoded(exactPart), size: [4000, 3169] });
    expect(found.exact.most).toBeLessThanOrEqual(2);
    expect(found.exact.beyondOne).toBeLessThanOrEqual(5);
  },
);
