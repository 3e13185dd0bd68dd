import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import { readBlip2Cases, writeBlip2 } from '../../../support/models/blip-2-cases';

// How far the smaller precisions are from fp32, on random weights: what that does to real captions is not known without real ones.

const IMAGES = path.resolve(__dirname, '../../../fixtures/images');
const FILES = readdirSync(IMAGES)
  .filter((name) => /\.(jpg|png)$/.test(name))
  .slice(0, 8)
  .map((name) => path.join(IMAGES, name));
const SCRIPT = path.resolve(__dirname, '../../../support/models/run-accuracy.cjs');
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-blip-2-'));
  const source = path.join(folder, 'checkpoint');
  writeBlip2(source, readBlip2Cases()[0]!, 'one file');
  for (const precision of ['fp32', 'fp16', 'int8', 'int4'] as const)
    await convertCheckpoint({ source, target: path.join(folder, precision), precision });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The least cosines of what is remembered of a picture and of the scores, and the least share of the same next tokens: a little below what
// was found (docs/models.md).
it.each([
  ['fp16', 0.99999, 0.9999, 0.95],
  ['int8', 0.9995, 0.993, 0.85],
  ['int4', 0.9995, 0.84, 0.33],
] as const)(
  'a BLIP-2 in %s is near fp32',
  (precision, image, scores, same) => {
    const wish = { exact: path.join(folder, 'fp32'), other: path.join(folder, precision), files: FILES, tokens: 8 };
    const told = JSON.parse(
      execFileSync(process.execPath, [SCRIPT], { encoding: 'utf8', input: JSON.stringify(wish) }),
    );
    expect(told.tokens).toBe(8 * FILES.length);
    expect({ precision, ...told }).toMatchObject({ precision, pictures: FILES.length });
    expect(told.image).toBeGreaterThan(image);
    expect(told.scores).toBeGreaterThan(scores);
    expect(told.same).toBeGreaterThanOrEqual(same);
  },
  60_000,
);
