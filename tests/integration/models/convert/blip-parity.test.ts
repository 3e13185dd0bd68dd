import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WordPieceTokenizer } from '../../../../models/tokenizers/word-piece';
import { convertBlip } from '../../../../models/architectures/blip/convert';
import {
  optionsOf,
  readCases,
  readReference,
  readWords,
  weightsOf,
  writeConfig,
  writePictures,
  writeWeights,
  type BlipCase,
  type WeightFormat,
} from '../../../support/models/blip-cases';

// Token for token what Hugging Face transformers writes, from checkpoints of random weights in both file formats. The
// reference was stored by tests/oracle/make_reference.py; weights and pictures come from the same seeds here and there.

const CASES = readCases();
const REFERENCE = readReference();
const WORDS = readWords();
const FORMATS: WeightFormat[] = ['pytorch_model.bin', 'model.safetensors'];
/** Two implementations of float32 differ in the order of their sums. */
const LOGIT_TOLERANCE = 1e-4;

interface Said {
  readonly tokens: number[];
  readonly logProbs?: number[];
  readonly score?: number;
}
interface Result {
  readonly answers: Said[][];
  readonly logits: string[][];
}

function questionIds({ options }: BlipCase): number[] | undefined {
  if (options.question === undefined) return undefined;
  const tokenizer = new WordPieceTokenizer({ vocabulary: WORDS, unknown: 1, special: [], cleanup: [] });
  const first = options.preset === 'original' ? WORDS.length + 1 : WORDS.indexOf('[CLS]');
  return [first, ...tokenizer.encode(options.question), WORDS.indexOf('[SEP]')];
}

const floats = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};

describe.each(FORMATS)('a converted %s', (format) => {
  let folder: string;
  const results = new Map<string, Result>();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'altsmith-parity-'));
    const jobs = [];
    for (const [index, blip] of CASES.entries()) {
      const source = path.join(folder, `checkpoint-${index}`);
      const target = path.join(folder, `model-${index}`);
      mkdirSync(source);
      writeConfig(source, blip, WORDS);
      writeWeights(source, format, weightsOf(blip));
      await convertBlip({ source, target, precision: 'fp32' });
      const prefixes = REFERENCE[blip.name]!.map(([best]) => best!.logits!.map(({ prefix }) => prefix));
      const pictures = writePictures(source, blip);
      jobs.push({ folder: target, pictures, options: optionsOf(blip), prefixes, questionIds: questionIds(blip) });
    }
    const list = path.join(folder, 'jobs.json');
    writeFileSync(list, JSON.stringify(jobs));
    const script = path.resolve(__dirname, '../../../support/models/run-cases.cjs');
    const output = execFileSync(process.execPath, [script, list], { encoding: 'utf8', maxBuffer: 1 << 28 });
    output
      .trim()
      .split('\n')
      .forEach((line, index) => results.set(CASES[index]!.name, JSON.parse(line)));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(CASES.map(({ name }) => name))('writes the reference’s tokens: %s', (name) => {
    const said = results.get(name)!.answers.map((sentences) => sentences.map(({ tokens }) => tokens));
    expect(said).toEqual(REFERENCE[name]!.map((sentences) => sentences.map(({ tokens }) => tokens)));
  });

  it.each(CASES.map(({ name }) => name))('has the reference’s logits: %s', (name) => {
    REFERENCE[name]!.forEach(([best], picture) => {
      best!.logits!.forEach(({ values }, place) => {
        const due = floats(values);
        const found = floats(results.get(name)!.logits[picture]![place]!);
        const worst = Math.max(...due.map((value, index) => Math.abs(value - found[index]!)));
        expect(worst).toBeLessThan(LOGIT_TOLERANCE);
      });
    });
  });

  it.each(CASES.filter(({ question }) => !question).map(({ name }) => name))('is as sure: %s', (name) => {
    REFERENCE[name]!.forEach((sentences, picture) => {
      sentences.forEach((due, place) => {
        const found = results.get(name)!.answers[picture]![place]!;
        expect(found.logProbs!.length).toBe(due.log_probs.length);
        due.log_probs.forEach((value, index) => expect(Math.abs(value - found.logProbs![index]!)).toBeLessThan(2e-4));
        if (due.score !== null) expect(Math.abs(due.score - found.score!)).toBeLessThan(2e-4);
      });
    });
  });
});
