import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertBlip } from '../../../../models/architectures/blip/convert';
import {
  readCases,
  readReference,
  readWords,
  weightsOf,
  writeConfig,
  writePictures,
  writeWeights,
} from '../../../support/models/blip-cases';

// How far rounded weights change what the decoder thinks of the next word, on random weights: the cosine between its logits
// and those of transformers in float32. Random weights have near ties everywhere, so their tokens say little about quality.

/** The last two are what CPUs without VNNI take, whatever this one is: a slower exact product, or 7-bit weights made while loading. */
const RUNS = ['fp16', 'int8', 'int8 slow', 'int8 in 7 bits'] as const;
const LEAST_COSINE = { fp16: 0.99999, int8: 0.9993, 'int8 slow': 0.9993, 'int8 in 7 bits': 0.998 } as const;
const copies = mkdtempSync(path.join(tmpdir(), 'altsmith-copies-'));
afterAll(() => rmSync(copies, { recursive: true, force: true }));
const scores = new Map<string, readonly string[]>();
const CASES = readCases()
  .filter(({ question, pictures }) => !question && pictures.length === 1)
  .filter((_, index) => index % 2 === 0);
const REFERENCE = readReference();

const floats = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe.each(RUNS)('a model in %s', (run) => {
  const precision = run === 'fp16' ? 'fp16' : 'int8';
  let folder: string;
  const cosines: number[] = [];
  const sameFirst: boolean[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-precision-'));
    const jobs = [];
    for (const [index, blip] of CASES.entries()) {
      const source = path.join(folder, `checkpoint-${index}`);
      const target = path.join(folder, `model-${index}`);
      mkdirSync(source);
      writeConfig(source, blip, readWords());
      writeWeights(source, 'model.safetensors', weightsOf(blip));
      await convertBlip({ source, target, precision });
      const prefixes = REFERENCE[blip.name]!.map(([best]) => best!.logits!.map(({ prefix }) => prefix));
      jobs.push({
        folder: target,
        pictures: writePictures(source, blip),
        options: { beams: 1 },
        prefixes,
        ...(run === 'int8 slow' ? { exactProducts: false, sevenBits: false } : {}),
        ...(run === 'int8 in 7 bits' ? { exactProducts: false } : {}),
      });
    }
    const list = path.join(folder, 'jobs.json');
    writeFileSync(list, JSON.stringify(jobs));
    const script = path.resolve(__dirname, '../../../support/models/run-cases.cjs');
    const env = { ...process.env, TMPDIR: copies };
    const lines = execFileSync(process.execPath, [script, list], { encoding: 'utf8', maxBuffer: 1 << 28, env })
      .trim()
      .split('\n');
    lines.forEach((line, index) => {
      const found: string[] = JSON.parse(line).logits[0];
      scores.set(`${run} ${index}`, found);
      REFERENCE[CASES[index]!.name]![0]![0]!.logits!.forEach(({ values }, place) => {
        const [due, got] = [floats(values), floats(found[place]!)];
        cosines.push(cosine(due, got));
        sameFirst.push(due.indexOf(Math.max(...due)) === got.indexOf(Math.max(...got)));
      });
    });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('thinks of the next word nearly what the exact model thinks', () => {
    expect(cosines.length).toBeGreaterThan(30);
    const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
    expect(mean).toBeGreaterThan(LEAST_COSINE[run]);
  });

  it('mostly chooses the same next word', () => {
    const share = sameFirst.filter(Boolean).length / sameFirst.length;
    expect(share).toBeGreaterThan(run === 'fp16' ? 0.97 : 0.95);
  });
});

test('int8 thinks the same to the last bit on a CPU whose sums overflow as on one whose do not', () => {
  const of = (run: string) => CASES.map((_, index) => scores.get(`${run} ${index}`));
  expect(of('int8')).not.toContain(undefined);
  expect(of('int8 slow')).toEqual(of('int8'));
});

test('7-bit weights are other weights, and no copy of them stays', () => {
  const of = (run: string) => CASES.map((_, index) => scores.get(`${run} ${index}`));
  expect(of('int8 in 7 bits')).not.toContain(undefined);
  expect(of('int8 in 7 bits')).not.toEqual(of('int8'));
  expect(readdirSync(copies)).toEqual([]);
});
