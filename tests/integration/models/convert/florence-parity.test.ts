import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Candidate, CaptionOptions, ModelInfo } from '../../../../models/captioner';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import {
  LAYOUTS,
  readFlorenceCases,
  readFlorenceReference,
  writeFlorence,
  writeFlorencePicture,
} from '../../../support/models/florence-cases';

// Token for token what Hugging Face transformers writes, from checkpoints of random weights in both layouts. The reference was stored by
// tests/oracle/make_florence_reference.py; weights and pictures come from the same seeds here and there.

const CASES = readFlorenceCases();
const REFERENCE = readFlorenceReference();
/** Errors of eps, of the GELU and of positions are smaller than what changes a token; these find them. */
const FEATURE_TOLERANCE = 3e-5;
const LOGIT_TOLERANCE = 3e-4;
const SAMPLES = 64;
const SEARCHES: Record<string, CaptionOptions> = {
  greedy: { beams: 1, maxNewTokens: 24 },
  three: { beams: 3, maxNewTokens: 24, candidates: 3 },
  five: { beams: 5, maxNewTokens: 7, candidates: 5 },
};

interface Result {
  readonly features: number[];
  readonly tasks: Record<string, { readonly logits: number[]; readonly said: Record<string, Candidate[]> }>;
  readonly info: ModelInfo;
}

const floats = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};
const distance = (due: number[], found: number[]) => Math.max(...due.map((value, at) => Math.abs(value - found[at]!)));

describe.each(LAYOUTS)('a Florence-2 checkpoint in the layout of %s', (layout) => {
  let folder: string;
  const results = new Map<string, Result>();
  const dueOf = (name: string) => REFERENCE.answers[name]![layout];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-florence-'));
    const jobs = [];
    for (const [index, tiny] of CASES.entries()) {
      const source = path.join(folder, `checkpoint-${index}`);
      const target = path.join(folder, `model-${index}`);
      writeFlorence(source, tiny, layout, REFERENCE.rows[layout]);
      await convertCheckpoint({ source, target, precision: 'fp32' });
      const picture = writeFlorencePicture(path.join(source, 'picture.rgb'), tiny);
      jobs.push({ folder: target, picture, prompts: REFERENCE.prompts, searches: SEARCHES, samples: SAMPLES });
    }
    const list = path.join(folder, 'jobs.json');
    writeFileSync(list, JSON.stringify(jobs));
    const script = path.resolve(__dirname, '../../../support/models/run-florence.cjs');
    const output = execFileSync(process.execPath, [script, list], { encoding: 'utf8', maxBuffer: 1 << 28 });
    output
      .trim()
      .split('\n')
      .forEach((line, index) => results.set(CASES[index]!.name, JSON.parse(line)));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(CASES.map(({ name }) => name))('writes the reference’s tokens for every task and search: %s', (name) => {
    const found = results.get(name)!;
    for (const [task, { said }] of Object.entries(dueOf(name).tasks)) {
      for (const [search, sentences] of Object.entries(said)) {
        const tokens = found.tasks[task]!.said[search]!.map((candidate) => candidate.tokens);
        expect({ task, search, tokens }).toEqual({ task, search, tokens: sentences.map((due) => due.tokens) });
      }
    }
  });

  it.each(CASES.map(({ name }) => name))('has the reference’s image features, logits and scores: %s', (name) => {
    const [due, found] = [dueOf(name), results.get(name)!];
    expect(distance(floats(due.features), found.features)).toBeLessThan(FEATURE_TOLERANCE);
    for (const [task, { logits, said }] of Object.entries(due.tasks)) {
      expect(distance(floats(logits), found.tasks[task]!.logits)).toBeLessThan(LOGIT_TOLERANCE);
      for (const [search, sentences] of Object.entries(said)) {
        sentences.forEach(({ score }, place) => {
          if (score !== null) expect(found.tasks[task]!.said[search]![place]!.score).toBeCloseTo(score, 3);
        });
      }
    }
  });

  it('says which tasks it can do', () => {
    const { info } = results.get(CASES[0]!.name)!;
    expect(info.tasks).toEqual(['caption', 'detailed', 'more_detailed', 'ocr']);
    expect(info).toMatchObject({ canAnswer: false, canPrompt: false });
  });
});
