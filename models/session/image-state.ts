import type { Tensor } from './tensor';

/**
 * What is known of a picture, in onnxruntime's memory: what the image encoder made of it, or the keys and values that the decoder
 * looks at.
 */
export interface ImageState {
  readonly values: Readonly<Record<string, Tensor>>;
  /** [classes] of the model's own classifier; null without one. */
  readonly classLogits: Float32Array | null;
  /** What the decoder looks at where nothing is read beside the picture; made when it is first asked for. */
  keys?: ImageState;
}

/** Gives the memory of a state back. */
export function forget(state: ImageState): void {
  for (const value of Object.values(state.values)) value.dispose();
  forgetKeys(state);
}

/** Gives the memory of its keys back, which are twelve times as large as the rest and soon made again. */
export function forgetKeys(state: ImageState): void {
  if (state.keys !== undefined) forget(state.keys);
  delete state.keys;
}

/** Size of a state in memory. */
export function bytesOf({ values }: ImageState): number {
  return Object.values(values).reduce((sum, { bytes }) => sum + bytes, 0);
}
