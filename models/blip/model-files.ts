import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ModelError } from '../model-error';
import type { Manifest } from './manifest';

/** sha256 of a file in hexadecimal, read as a stream. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new ModelError(
      'MODEL_FILE_MISSING',
      `The model file ${path.basename(file)} is missing; run "altsmith models pull" or choose another model.`,
      { cause },
    );
  }
}

/** Compares every file of a model with its manifest. Throws ModelError MODEL_FILE_MISSING or MODEL_FILE_DAMAGED. */
export async function checkModelFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const entry of manifest.files) {
    const file = path.join(folder, entry.name);
    const bytes = await sizeOf(file);
    if (bytes !== entry.bytes) {
      throw new ModelError(
        'MODEL_FILE_DAMAGED',
        `The model file ${entry.name} has ${bytes} bytes where ${entry.bytes} are due; run "altsmith models pull" again.`,
      );
    }
    if ((await sha256OfFile(file)) !== entry.sha256) {
      throw new ModelError(
        'MODEL_FILE_DAMAGED',
        `The model file ${entry.name} has changed since it was made; run "altsmith models pull" again.`,
      );
    }
  }
}

/** A text file of a model. */
export function readModelText(folder: string, name: string): Promise<string> {
  return readFile(path.join(folder, name), 'utf8');
}

/** Lines of a vocab.txt. */
export async function readVocabulary(folder: string, name: string): Promise<string[]> {
  const text = await readModelText(folder, name);
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
