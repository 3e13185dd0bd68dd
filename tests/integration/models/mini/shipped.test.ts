import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { goldenPictures } from '../../../support/golden-pictures';
import { captionFiles, readGolden, type Said } from '../../../support/mini-golden';

// The int8 files of models/mini, which every clone has.

const ROOT = path.resolve(__dirname, '../../../..');
const MINI = path.join(ROOT, 'models/mini');
const PHOTOGRAPHS = path.join(ROOT, 'tests/fixtures/images');
const { cases: GOLDEN } = readGolden();

interface Stored {
  readonly file: string;
  readonly text: string;
  readonly tokens: number[];
  readonly mean_log_prob: number;
}
const MODELS_PAGE = readFileSync(path.join(ROOT, 'docs/models.md'), 'utf8');
const STORED = JSON.parse(readFileSync(path.join(ROOT, 'tests/fixtures/mini/shipped.json'), 'utf8')) as Stored[];

test('the whole model takes at most 16 MB of the repository', () => {
  const bytes = readdirSync(MINI).map((name) => statSync(path.join(MINI, name)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(16_000_000);
});

test('every photograph of the repository has a stored caption', () => {
  expect(STORED.map(({ file }) => file)).toEqual(readdirSync(PHOTOGRAPHS).sort());
});

describe('the shipped model', () => {
  const files = STORED.map(({ file }) => path.join(PHOTOGRAPHS, file));
  let said: Said[];
  beforeAll(() => {
    said = captionFiles(MINI, files, [3]);
  }, 60_000);

  test.each(STORED.map((stored, index) => ({ ...stored, index })))('says of $file: $text', ({ index, ...stored }) => {
    const found = said[index];
    expect(found?.tokens).toEqual(stored.tokens);
    expect(found?.text).toBe(stored.text);
    // Kernels of another processor add in another order.
    expect(Math.abs((found?.meanLogProb ?? NaN) - stored.mean_log_prob)).toBeLessThan(0.01);
  });

  test('says the same when asked again', () => {
    const again = captionFiles(MINI, files, [3]);
    expect(again.map(({ tokens, meanLogProb }) => [tokens, meanLogProb])).toEqual(
      said.map(({ tokens, meanLogProb }) => [tokens, meanLogProb]),
    );
  }, 60_000);

  test.each(STORED)('says of $file what docs/models.md shows', ({ file, text }) => {
    expect(MODELS_PAGE).toContain(`| ${file} | ${text} |`);
  });
});

const pictures = goldenPictures(GOLDEN);
(pictures === null ? test.skip : test)(
  'int8 says what float32 says on at least 14 of the 16 reference captions',
  () => {
    const files = GOLDEN.map(({ file }) => path.join(pictures ?? '', file));
    const said = captionFiles(MINI, files, [1, 3]);
    const references = GOLDEN.flatMap(({ beams1, beams3 }) => [beams1, beams3]);
    const same = said.filter(({ text }, index) => text === references[index]?.text);
    expect(same.length).toBeGreaterThanOrEqual(14);
  },
);
