import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Answer, Candidate, CaptionOptions, ModelInfo } from '../../../../models/captioner';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import type { Manifest } from '../../../../models/model-folder/manifest';
import {
  blip2Source,
  readBlip2Cases,
  readBlip2Reference,
  STORED,
  writeBlip2,
  writeBlip2Pictures,
} from '../../../support/models/blip-2-cases';

// Token for token what Hugging Face transformers writes, from checkpoints of random weights, stored in each of the ways there are. The
// reference was stored by tests/oracle/make_blip2_reference.py; weights and pictures come from the same seeds here and there.

const CASES = readBlip2Cases();
const REFERENCE = readBlip2Reference();
/** Largest difference of states and logits. A wrong eps, GELU, scale or position exceeds it, even where no token changes. */
const TOLERANCE = 3e-4;
const SAMPLES = 48;
const SEARCHES: Record<string, CaptionOptions> = {
  greedy: { preset: 'hf', beams: 1, maxNewTokens: 24 },
  three: { preset: 'hf', beams: 3, maxNewTokens: 24, candidates: 3 },
  five: { preset: 'hf', beams: 5, maxNewTokens: 12, candidates: 5, lengthPenalty: -1, minLength: 8 },
  penalty: { preset: 'hf', beams: 3, maxNewTokens: 10, repetitionPenalty: 1.5 },
};
const QUESTION = 'what is shown in this picture?';
const TEXTS = { none: null, question: `Question: ${QUESTION} Answer:` };

interface Result {
  readonly answers: {
    readonly states: Record<string, number[]>;
    readonly said: Record<string, Record<string, Candidate[]>>;
    readonly answer: Answer;
  }[];
  readonly info: ModelInfo;
}

const floats = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};
const distance = (due: number[], found: number[]) => Math.max(...due.map((value, at) => Math.abs(value - found[at]!)));

let folder: string;
const results = new Map<string, Result>();
const manifests = new Map<string, Manifest[]>();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-blip-2-'));
  const steps = (rows: number) =>
    Array.from({ length: REFERENCE.steps }, (_, at) => (at === 0 ? 0 : (7 * at + 3) % rows));
  const jobs = [];
  for (const [index, tiny] of CASES.entries()) {
    const weights = blip2Source(tiny);
    const made: Manifest[] = [];
    for (const stored of STORED) {
      const source = path.join(folder, `checkpoint-${index} ${stored}`);
      writeBlip2(source, tiny, stored, weights);
      const target = path.join(folder, `model-${index} ${stored}`);
      made.push(await convertCheckpoint({ source, target, precision: 'fp32', id: 'tiny' }));
    }
    manifests.set(tiny.name, made);
    jobs.push({
      source: path.join(folder, `checkpoint-${index} ${STORED[0]}`),
      folder: path.join(folder, `model-${index} ${STORED[0]}`),
      pictures: writeBlip2Pictures(path.join(folder, `checkpoint-${index} ${STORED[0]}`), tiny),
      prompts: REFERENCE.prompts,
      texts: TEXTS,
      searches: SEARCHES,
      question: QUESTION,
      steps: steps(tiny.text['vocab_size']!),
      samples: SAMPLES,
    });
  }
  const list = path.join(folder, 'jobs.json');
  writeFileSync(list, JSON.stringify(jobs));
  const script = path.resolve(__dirname, '../../../support/models/run-blip-2.cjs');
  const output = execFileSync(process.execPath, [script, list], { encoding: 'utf8', maxBuffer: 1 << 28 });
  output
    .trim()
    .split('\n')
    .forEach((line, index) => results.set(CASES[index]!.name, JSON.parse(line)));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(CASES.map(({ name }) => name))('a BLIP-2 checkpoint, %s', (name) => {
  it('writes the reference’s tokens for every picture, prompt and search', () => {
    REFERENCE.answers[name]!.forEach((due, picture) => {
      for (const [prompt, searches] of Object.entries(due.said)) {
        for (const [search, sentences] of Object.entries(searches)) {
          const said = results.get(name)!.answers[picture]!.said[prompt]![search]!;
          const tokens = said.map((candidate) => candidate.tokens);
          const place = { picture, prompt, search };
          expect({ ...place, tokens }).toEqual({ ...place, tokens: sentences.map((sentence) => sentence.tokens) });
          sentences.forEach(({ score }, at) => {
            // With a negative length penalty scores are sums times a length.
            if (score !== null) expect(Math.abs(said[at]!.score / score - 1)).toBeLessThan(1e-4);
          });
        }
      }
    });
  });

  it('has the reference’s states of picture, Q-Former and encoder, and its logits', () => {
    REFERENCE.answers[name]!.forEach(({ states }, picture) => {
      for (const [state, due] of Object.entries(states)) {
        const far = distance(floats(due), results.get(name)!.answers[picture]!.states[state]!);
        expect({ picture, state, isNear: far < TOLERANCE, far }).toEqual({ picture, state, isNear: true, far });
      }
    });
  });

  it('answers a question as it goes on from its prompt', () => {
    for (const { said, answer } of results.get(name)!.answers) {
      expect(answer.tokens).toEqual(said['question']!['greedy']![0]!.tokens);
    }
  });

  it('is the same model however it is stored', () => {
    const [one, ...others] = manifests.get(name)!;
    expect(others).toHaveLength(2);
    for (const other of others) expect(other).toEqual(one);
  });
});

it('says that it captions, goes on from a prompt and answers', () => {
  expect(results.get(CASES[0]!.name)!.info).toMatchObject({ canAnswer: true, canPrompt: true });
  expect(results.get(CASES[0]!.name)!.info.canCaption).toBeUndefined();
});

it('begins a caption with the words of its prompt', () => {
  const [{ said }] = results.get(CASES[0]!.name)!.answers as [Result['answers'][number]];
  expect(said['question']!['greedy']![0]!.text.startsWith(`Question: ${QUESTION} Answer: `)).toBe(true);
  expect(said['none']!['greedy']![0]!.text).not.toContain('Answer:');
});
