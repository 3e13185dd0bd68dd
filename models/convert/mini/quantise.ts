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
  const channelOf = (index: number) => Math.floor(index / stride) % channels;
  const largest = new Float32Array(channels);
  weights.forEach((weight, index) => {
    const channel = channelOf(index);
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(weight));
  });
  const scales = largest.map((most) => Math.max(most, 1e-8) / 127);
  const values = Int8Array.from(weights, (weight, index) => {
    const scaled = Math.round(weight / (scales[channelOf(index)] ?? 1));
    return Math.max(-127, Math.min(127, scaled));
  });
  return { values, scales };
}
