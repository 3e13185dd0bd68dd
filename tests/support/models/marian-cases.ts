import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Translation, TranslatorInfo } from '../../../models/translator';

const FIXTURES = path.resolve(__dirname, '../../fixtures/marian-oracle');

export interface MarianSentence {
  readonly tokens: readonly number[];
  readonly score: number | null;
}

export interface MarianCase {
  readonly text: string;
  /** With the code of a language and the end token. */
  readonly source: readonly number[];
  readonly said: Readonly<Record<string, readonly MarianSentence[]>>;
  readonly words: string;
  readonly first: { readonly ids: readonly number[]; readonly log_probs: readonly number[] };
}

export interface MarianReference {
  readonly models: Readonly<Record<string, { readonly beams: number; readonly cases: readonly MarianCase[] }>>;
}

/** Found by a job of run-marian.cjs. */
export interface MarianResult {
  readonly info: TranslatorInfo;
  readonly found: readonly {
    readonly first: { readonly ids: readonly number[]; readonly logProbs: readonly number[] };
    readonly said: Readonly<Record<string, Translation>>;
  }[];
}

export interface MarianJob {
  readonly folder: string;
  readonly texts: readonly { readonly text: string; readonly source: readonly number[] }[];
  readonly searches: Readonly<Record<string, object>>;
  readonly to: string | null;
}

export function readMarianReference(): MarianReference {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'reference.json'), 'utf8'));
}

/** Writes a checkpoint as the hub lays it out; `weights` is a folder of the fixture whose weights take the place of the safetensors. */
export function writeMarian(folder: string, name: string, weights: string | null = null): void {
  cpSync(path.join(FIXTURES, name), folder, { recursive: true });
  for (const file of ['source.spm', 'target.spm']) cpSync(path.join(FIXTURES, file), path.join(folder, file));
  if (weights === null) return;
  rmSync(path.join(folder, 'model.safetensors'));
  cpSync(path.join(FIXTURES, name, weights, 'pytorch_model.bin'), path.join(folder, 'pytorch_model.bin'));
}

/** Runs jobs in a process of its own. `list` is a file that may be written. */
export function runMarian(list: string, jobs: readonly MarianJob[]): MarianResult[] {
  writeFileSync(list, JSON.stringify(jobs));
  const output = execFileSync(process.execPath, [path.join(__dirname, 'run-marian.cjs'), list], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return output.trim().split('\n').map((line) => JSON.parse(line)); // prettier-ignore
}
