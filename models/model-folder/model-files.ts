import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, modelFileProblem, withFiles } from '../file-problem';
import { ModelError } from '../model-error';
import { knownModels } from '../registry';
import { CheckMemory } from './check-memory';
import type { Manifest } from './manifest';

const PIECE_BYTES = 1 << 20;

/** sha256 of a file in hexadecimal. All of it passes through one piece of memory: a stream would leave each piece to the garbage collector. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(piece);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** How to get the files of a model anew: it ships, is pulled, or somebody converted it. */
function remedy({ id }: Manifest): string {
  const known = knownModels().find((model) => model.id === id);
  if (known === undefined) return 'make the model again with "altsmith models convert"';
  return known.source === null ? 'install Altsmith again' : `run "altsmith models pull ${id}" again`;
}

async function sizeOf(file: string, manifest: Manifest): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const message = `The model file ${path.basename(file)} is missing; ${remedy(manifest)}, or choose another model.`;
    throw new ModelError('MODEL_FILE_MISSING', message, { cause });
  }
}

/** What is loaded must be among what is checked. Throws ModelError MODEL_FILE_DAMAGED. */
function checkNamed(folder: string, manifest: Manifest): void {
  const { graphs, text, second_opinion: opinion, translation } = manifest;
  const words = [text.vocabulary, translation?.pieces, translation?.target_vocabulary];
  const parts = [graphs.vision, graphs.decoder, graphs.question, graphs.encoder];
  // A graph finds the file of its large weights by itself; a small one may have none.
  const weights = parts
    .map((name) => name?.replace(/\.onnx$/, '.data'))
    .filter((name) => name !== undefined && existsSync(path.join(folder, name)));
  const used = [...parts, ...weights, ...words, opinion?.labels];
  const listed = new Set(manifest.files.map(({ name }) => name));
  const absent = used.find((name) => typeof name === 'string' && !listed.has(name));
  if (absent === undefined) return;
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `The manifest in ${folder} uses ${absent ?? ''}, but does not list it among its files; ${remedy(manifest)}.`,
  );
}

async function checkFiles(folder: string, manifest: Manifest, memory: CheckMemory | null): Promise<void> {
  checkNamed(folder, manifest);
  for (const entry of manifest.files) {
    const file = path.join(folder, entry.name);
    const bytes = await sizeOf(file, manifest);
    if (bytes !== entry.bytes) {
      throw new ModelError(
        'MODEL_FILE_DAMAGED',
        `The model file ${entry.name} has ${bytes} bytes where ${entry.bytes} are due; ${remedy(manifest)}.`,
      );
    }
    if (memory?.knows(entry) === true) continue;
    const before = memory?.stateOf(entry.name) ?? '';
    if ((await sha256OfFile(file)) !== entry.sha256) {
      throw new ModelError(
        'MODEL_FILE_DAMAGED',
        `The model file ${entry.name} has changed since it was made; ${remedy(manifest)}.`,
      );
    }
    memory?.add(entry, before);
  }
  memory?.write();
}

/**
 * Compares every file of a model with its manifest. Throws ModelError MODEL_FILE_MISSING, MODEL_FILE_DAMAGED (also for a manifest
 * that uses a file it does not list), or MODEL_UNAVAILABLE where one cannot be read.
 */
export function checkModelFiles(folder: string, manifest: Manifest): Promise<void> {
  return withFiles(() => checkFiles(folder, manifest, null), modelFileProblem);
}

/**
 * The same, but a large file that was found right before and has not been touched since is not read again: hashing takes seconds at each
 * start of each worker.
 */
export function checkTouchedFiles(folder: string, manifest: Manifest): Promise<void> {
  return withFiles(() => checkFiles(folder, manifest, new CheckMemory(folder)), modelFileProblem);
}

/** A file of a model. Throws ModelError when it cannot be read. */
export function readModelBytes(folder: string, name: string): Promise<Buffer> {
  return withFiles(() => readFile(path.join(folder, name)), modelFileProblem);
}

/** A text file of a model. Throws ModelError when it cannot be read. */
export function readModelText(folder: string, name: string): Promise<string> {
  return withFiles(() => readFile(path.join(folder, name), 'utf8'), modelFileProblem);
}

/** Lines of a vocab.txt. */
export async function readVocabulary(folder: string, name: string): Promise<string[]> {
  const text = await readModelText(folder, name);
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
