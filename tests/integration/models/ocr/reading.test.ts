import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { decodeBytes } from '../../../../server/captioning/decode-image';
import { OcrReader } from '../../../../server/captioning/ocr-reader';
import { characterErrors, writtenPictures, type WrittenPicture } from '../../../support/ocr/pictures';

const ROOT = path.resolve(__dirname, '../../../..');
const GERMAN = path.join(ROOT, 'node_modules/@tesseract.js-data/deu/4.0.0_best_int/deu.traineddata.gz');

let folder: string;
let reader: OcrReader;
let pictures: WrittenPicture[];
const failed = jest.fn();

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-ocr-'));
  copyFileSync(GERMAN, path.join(folder, 'deu.traineddata.gz'));
  reader = new OcrReader({ folder, failed });
  pictures = await writtenPictures();
}, 60_000);
afterAll(async () => {
  await reader.close();
  rmSync(folder, { recursive: true });
});

const read = async (bytes: Buffer, language: string, by = reader) =>
  by.read((await decodeBytes(bytes, 50_000_000)).picture, [language]);
const textOf = (words: Awaited<ReturnType<typeof read>>) => (words?.lines ?? []).map(({ text }) => text).join('\n');

test('clean print is read with at most 2 of 100 characters wrong, umlauts counted', async () => {
  const sums = { errors: 0, characters: 0 };
  for (const { bytes, language, text } of pictures.filter(({ kind }) => kind === 'clean print').slice(0, 6)) {
    const { errors, characters } = characterErrors(text, textOf(await read(bytes, language)));
    sums.errors += errors;
    sums.characters += characters;
  }
  expect(sums.characters).toBeGreaterThan(500);
  expect(sums.errors / sums.characters).toBeLessThanOrEqual(0.02);
  expect(failed).not.toHaveBeenCalled();
}, 120_000);

test('tilted and turned words are read, and turned ones say so', async () => {
  for (const kind of ['tilted', 'upside down'] as const) {
    const picture = pictures.find((one) => one.kind === kind);
    const words = await read(picture?.bytes ?? Buffer.alloc(0), picture?.language ?? 'en');
    expect(characterErrors(picture?.text ?? '', textOf(words)).errors).toBeLessThanOrEqual(2);
    expect(words?.upsideDown).toBe(kind === 'upside down');
  }
}, 120_000);

const densePage = () => {
  const rows = Array.from({ length: 70 }, (_, at) => `<text x="20" y="${24 * at + 40}">Line of print</text>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="260" height="1760" font-family="DejaVu Sans" font-size="16"><rect width="100%" height="100%" fill="#fff"/>${rows.join('')}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
};

test('a dense page is read up to a limit of lines, and says how many are left', async () => {
  const words = await read(await densePage(), 'en');
  expect(words).toMatchObject({ linesLeftOut: 10 });
  expect(words?.lines.length).toBeLessThanOrEqual(60);
}, 120_000);

test('a reading that nobody wants any more ends, before or after it began, and the next picture is read', async () => {
  const { picture } = await decodeBytes(await densePage(), 50_000_000);
  for (const ms of [0, 100]) {
    const abort = new AbortController();
    const reading = reader.read(picture, ['en'], abort.signal);
    await pause(ms);
    abort.abort();
    expect(await reading).toBeNull();
  }
  expect((await reader.read(picture, ['en']))?.linesLeftOut).toBe(10);
  expect(failed).not.toHaveBeenCalled();
}, 120_000);

test('a photograph without words has none', async () => {
  expect(await read(readFileSync(path.join(ROOT, 'tests/fixtures/images/cat.jpg')), 'en')).toMatchObject({
    lines: [],
    unreadable: false,
  });
}, 60_000);

test('damaged data of a language, and a thread that takes too long, cost no picture anything', async () => {
  const [sign] = pictures;
  const told = jest.fn();
  writeFileSync(path.join(folder, 'fra.traineddata.gz'), 'damaged');
  const slow = new OcrReader({ folder, failed: told, deadlineMs: 1 });
  expect(await read(sign?.bytes ?? Buffer.alloc(0), 'en', slow)).toBeNull();
  await slow.close();
  expect(await read(sign?.bytes ?? Buffer.alloc(0), 'fr')).toBeNull();
  expect(failed).toHaveBeenCalledWith(expect.stringContaining('altsmith ocr pull fr'));
  expect(textOf(await read(sign?.bytes ?? Buffer.alloc(0), 'en'))).not.toBe('');
  expect(told).toHaveBeenCalledTimes(1);
}, 60_000);
