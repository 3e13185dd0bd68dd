import type { Tensor } from './tensor';

/**
 * What is known of a picture, in onnxruntime's memory: what the image encoder made of it, or the keys and values that the decoder
 * looks at.
 */
export interface ImageState {
  readonly values: Readonly<Record<string, Tensor>>;
  /** [classes] of the model's own classifier; null without one. */
  readonly classLogits: Float32Array | null;
}

/** Gives the memory of a state back. */
export function forget({ values }: ImageState): void {
  for (const value of Object.values(values)) value.dispose();
}

/** Size of a state in memory. */
export function bytesOf({ values }: ImageState): number {
  return Object.values(values).reduce((sum, { bytes }) => sum + bytes, 0);
}
