import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import type { Precision } from '../../../../models/graph/weights';
import {
  readFlorenceCases,
  readFlorenceReference,
  writeFlorence,
  writeFlorencePicture,
} from '../../../support/models/florence-cases';

// How far the smaller precisions are from fp32, on random weights: what that does to real captions is not known without real ones.

const REFERENCE = readFlorenceReference();
const CASES = readFlorenceCases().slice(0, 3);
const PRECISIONS: Precision[] = ['fp32', 'fp16', 'int8'];
const SAMPLES = 1000;

interface Result {
  readonly features: number[];
  readonly tasks: Record<string, { readonly logits: number[] }>;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('Florence-2 in smaller precisions', () => {
  let folder: string;
  const results: Result[][] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-florence-'));
    const jobs = [];
    for (const [index, tiny] of CASES.entries()) {
      const source = path.join(folder, `checkpoint-${index}`);
      writeFlorence(source, tiny, 'transformers', REFERENCE.rows.transformers);
      const picture = writeFlorencePicture(path.join(source, 'picture.rgb'), tiny);
      for (const precision of PRECISIONS) {
        const target = path.join(folder, `model-${index}-${precision}`);
        await convertCheckpoint({ source, target, precision });
        const searches = { three: { beams: 3, maxNewTokens: 12 } };
        jobs.push({ folder: target, picture, prompts: REFERENCE.prompts, searches, samples: SAMPLES });
      }
    }
    const list = path.join(folder, 'jobs.json');
    writeFileSync(list, JSON.stringify(jobs));
    const script = path.resolve(__dirname, '../../../support/models/run-florence.cjs');
    const output = execFileSync(process.execPath, [script, list], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const lines: Result[] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    CASES.forEach((_, index) => results.push(lines.slice(index * PRECISIONS.length, (index + 1) * PRECISIONS.length)));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['fp16', 1, 0.99998, 0.9995],
    ['int8', 2, 0.992, 0.94],
  ] as const)('%s is near fp32', (_, place, features, logits) => {
    const pairs = results.map((found) => [found[0]!, found[place]!] as const);
    const least = {
      features: Math.min(...pairs.map(([exact, other]) => cosine(exact.features, other.features))),
      logits: Math.min(
        ...pairs.flatMap(([exact, other]) =>
          Object.entries(exact.tasks).map(([task, { logits: due }]) => cosine(due, other.tasks[task]!.logits)),
        ),
      ),
    };
    expect(least.features).toBeGreaterThan(features);
    expect(least.logits).toBeGreaterThan(logits);
  });
});
