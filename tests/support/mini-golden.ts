import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

interface GoldenSentence {
  readonly ids: number[];
  readonly text: string;
  readonly mean_logp: number;
}

export interface GoldenCase {
  readonly file: string;
  readonly sha256: string;
  readonly beams1: GoldenSentence;
  readonly beams3: GoldenSentence;
  readonly cross_k0_first8: number[];
  readonly classes_top3: { readonly index: number; readonly p: number }[];
}

export interface Golden {
  /** Of the float16 checkpoint whose float32 outputs these are. */
  readonly checkpoint_sha256: string;
  readonly cases: GoldenCase[];
}

/** Reference outputs of mini's training code, float32. */
export function readGolden(): Golden {
  return JSON.parse(readFileSync(path.join(ROOT, 'tests/fixtures/mini/golden.json'), 'utf8')) as Golden;
}

interface ReferenceSentence {
  readonly tokens: number[];
  readonly text: string;
  /** The end token's last. */
  readonly log_probs: number[];
}

export interface Reference {
  /** sha256 of the files that it was made from. */
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly file: string;
    readonly keys: number[];
    /** The five largest, by class. */
    readonly class_logits: Readonly<Record<string, number>>;
    readonly beams1: ReferenceSentence;
    readonly beams3: ReferenceSentence;
  }[];
}

/** What Python's onnxruntime says of the shipped files: tests/oracle/make_mini_reference.py. */
export function readReference(): Reference {
  return JSON.parse(readFileSync(path.join(ROOT, 'tests/fixtures/mini/reference.json'), 'utf8')) as Reference;
}

export interface Said {
  readonly file: string;
  readonly beams: number;
  readonly text: string;
  readonly tokens: number[];
  readonly meanLogProb: number;
  readonly logProbs: number[];
  readonly confidence: number;
  /** Sixteen of the first cross keys, evenly spread. */
  readonly keys: number[];
  readonly classLogits: number[];
}

/** Captions files with the model of a folder, in a process of its own; one answer a file and number of beams. */
export function captionFiles(folder: string, files: readonly string[], beams: readonly number[]): Said[] {
  const script = path.join(ROOT, 'tests/support/models/caption-files.cjs');
  const input = JSON.stringify({ folder, files, beams });
  const out = execFileSync(process.execPath, [script], { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}
