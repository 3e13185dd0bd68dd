import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MANIFEST_FILE, readManifest, type Manifest } from '../../../models/model-folder/manifest';
import { checkModelFiles } from '../../../models/model-folder/model-files';
import { readHubCache } from '../../../models/fetch/hub-settings';
import { checkCheckpoint, findCheckpoint } from '../../../models/fetch/obtain';
import { bytesInFp32, weightsFileOf, type Source } from '../../../models/registry';
import { readConfig } from '../../config';
import { downloadsIn } from '../../captioning/left-checkpoints';
import { compareFolders, sampleQuestion, type Agreement } from './agreement';
import { convertApart } from './conversion';
import { unlessAborted } from './interruption';
import { claimPull } from './pull-claim';
import { diskProblem, memoryProblem } from './room';
import { compareTranslators } from './translation-trial';

interface Where {
  readonly pulled: string;
  /** Of its official checkpoint; null for a model of one's own. */
  readonly source: Source | null;
  readonly signal: AbortSignal;
}

const bytesOf = ({ files }: Manifest) => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** False where there is no room to run it, or to make it; says why. */
function isPossible(...problems: (string | null)[]): boolean {
  const [problem] = problems.filter((each) => each !== null);
  if (problem !== undefined) process.stderr.write(`${problem}\n`);
  return problem === undefined;
}

const memoryFor = (weights: number) => memoryProblem(weights, process.availableMemory());

/** The same model in fp32, beside the one that was named; null where there is none. Throws ModelError for a damaged one. */
async function exactBeside(folder: string, { id }: Manifest): Promise<string | null> {
  const beside = path.join(path.dirname(folder), 'fp32');
  if (!existsSync(path.join(beside, MANIFEST_FILE))) return null;
  const manifest = await readManifest(beside);
  if (manifest.id !== id || manifest.precision !== 'fp32') return null;
  if (!isPossible(memoryFor(bytesOf(manifest)))) return null;
  await checkModelFiles(beside, manifest);
  return beside;
}

/** Makes fp32 of an official model for a while, from a checkpoint that is here. */
async function withExactMade<T>(
  { id }: Manifest,
  { pulled, source, signal }: Where,
  work: (exact: string) => Promise<T>,
): Promise<T | null> {
  if (source === null) return null;
  const checkpoint = findCheckpoint(source, { downloads: downloadsIn(pulled), cache: readHubCache(process.env) });
  if (checkpoint === null) return null;
  const bytes = bytesInFp32(source);
  if (!isPossible(memoryFor(bytes), diskProblem(bytes, pulled))) return null;
  const { draft, release } = claimPull(pulled, id);
  try {
    await unlessAborted(
      signal,
      checkCheckpoint(source, checkpoint, () => undefined),
    );
    const target = path.join(draft, 'fp32');
    const weights = weightsFileOf(source);
    const file = weights === undefined ? {} : { weights };
    const conversion = { source: checkpoint, ...file, precision: 'fp32', id } as const;
    await convertApart({ kind: 'checkpoint', target, checkpoint: conversion }, 'Converting to fp32', signal);
    return await work(target);
  } finally {
    release();
  }
}

/**
 * Compares a rounded model with the exact one on generated pictures. Null for fp32 itself, and where neither fp32 nor the checkpoint is
 * here. Throws ModelError.
 */
export async function compareWithExact(folder: string, manifest: Manifest, where: Where): Promise<Agreement | null> {
  if (manifest.precision === 'fp32') return null;
  const scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-verify-'));
  const compareWith = (exact: string) =>
    manifest.translation === undefined
      ? compareFolders({ exact, other: folder }, scratch, sampleQuestion(manifest))
      : compareTranslators(exact, folder, readConfig(process.env).threads);
  const work = (exact: string) => unlessAborted(where.signal, compareWith(exact));
  try {
    const beside = await exactBeside(folder, manifest);
    return beside === null ? await withExactMade(manifest, where, work) : await work(beside);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
