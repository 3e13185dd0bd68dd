/** Weights rounded to int8 with one scale for each index of `axis`: value ≈ int8 × scale. */
export interface Int8Weights {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/**
 * Symmetric rounding to ±127, one scale per index of `axis` (an output channel). `dims` is the shape of `weights`.
 * Weight-only: the numbers are turned back into float32 when the model is loaded, so no kernel can saturate.
 */
export function roundToInt8(weights: Float32Array, dims: readonly number[], axis: number): Int8Weights {
  const channels = dims[axis] ?? 1;
  const stride = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const scales = new Float32Array(channels);
  const values = new Int8Array(weights.length);
  // Plain loops: a model has millions of weights, and a call for each of them takes seconds.
  for (let index = 0; index < weights.length; index++) {
    const channel = Math.floor(index / stride) % channels;
    scales[channel] = Math.max(scales[channel] ?? 0, Math.abs(weights[index] ?? 0));
  }
  for (let channel = 0; channel < channels; channel++) scales[channel] = Math.max(scales[channel] ?? 0, 1e-8) / 127;
  for (let index = 0; index < weights.length; index++) {
    const scale = scales[Math.floor(index / stride) % channels] ?? 1;
    values[index] = Math.max(-127, Math.min(127, Math.round((weights[index] ?? 0) / scale)));
  }
  return { values, scales };
}
