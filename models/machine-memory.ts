import { totalmem } from 'node:os';
import type { Manifest } from './model-folder/manifest';
import { ModelError } from './model-error';

/** Bytes of memory that this process may use; a container's limit counts where there is one. */
export function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Bytes that a model of this size on disk takes in memory: onnxruntime turns 16-bit floats into 32 bits while it loads. */
export function bytesInMemory(bytes: number, precision: Manifest['precision']): number {
  return precision === 'fp16' ? 2 * bytes : bytes;
}

/**
 * Throws ModelError MODEL_TOO_LARGE where the weights of a model alone are more than the memory: the system would end the process again
 * and again. A model that fits, but not beside the rest, is found out by running it.
 */
export function checkMemory(
  { id, files, precision }: Pick<Manifest, 'id' | 'files' | 'precision'>,
  memory = usableMemory(),
): void {
  const onDisk = files.reduce((sum, file) => sum + file.bytes, 0);
  const bytes = bytesInMemory(onDisk, precision);
  if (bytes <= memory) return;
  const gigabytes = (count: number) => (count / 1e9).toFixed(1);
  throw new ModelError(
    'MODEL_TOO_LARGE',
    `The model ${id} has ${gigabytes(bytes)} GB of weights once it is loaded, and this process may use ${gigabytes(memory)} GB of memory. ` +
      'Choose a smaller one; "altsmith doctor" recommends one for this machine.',
  );
}
