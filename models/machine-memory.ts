import { totalmem } from 'node:os';
import type { Manifest } from './model-folder/manifest';
import { ModelError } from './model-error';

/** Bytes of memory that this process may use; a container's limit counts where there is one. */
export function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Throws ModelError MODEL_TOO_LARGE where the weights of a model alone are more than the memory: the system would end the process again
 * and again. A model that fits, but not beside the rest, is found out by running it.
 */
export function checkMemory({ id, files }: Pick<Manifest, 'id' | 'files'>, memory = usableMemory()): void {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= memory) return;
  const gigabytes = (count: number) => (count / 1e9).toFixed(1);
  throw new ModelError(
    'MODEL_TOO_LARGE',
    `The model ${id} has ${gigabytes(bytes)} GB of weights, and this process may use ${gigabytes(memory)} GB of memory. ` +
      'Choose a smaller one; "altsmith doctor" recommends one for this machine.',
  );
}
