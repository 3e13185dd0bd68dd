/**
 * Largest magnitude of a rounded weight: all 8 bits, whose rounding error is half that of 7. Where a CPU's sums overflow with them, a
 * slower exact product is taken when the model is loaded (models/session/options.ts).
 */
export const WEIGHT_RANGE = 127;

/** A matrix [inputs, outputs] as the int8 kernels want it, with one scale for each output. */
export interface QuantisedMatrix {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** Largest magnitude in a part of an array. */
function largestMagnitude(values: Float32Array, begin: number, end: number): number {
  let most = 0;
  for (let index = begin; index < end; index++) most = Math.max(most, Math.abs(values[index] ?? 0));
  return most;
}

/**
 * Rounds PyTorch's weight [outputs, inputs] to int8, symmetric, one scale for each output, and transposes it: of each output
 * the largest weight becomes ±`range`.
 */
export function quantiseMatrix(
  weights: Float32Array,
  [outputs, inputs]: readonly [number, number],
  range: number,
): QuantisedMatrix {
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(outputs);
  for (let out = 0; out < outputs; out++) {
    const begin = out * inputs;
    // A row of zeros keeps a scale that is not zero, so that 0 × scale stays 0.
    const scale = Math.fround(Math.max(largestMagnitude(weights, begin, begin + inputs), 1e-12) / range);
    scales[out] = scale;
    for (let index = 0; index < inputs; index++) {
      const rounded = Math.round((weights[begin + index] ?? 0) / scale);
      values[index * outputs + out] = Math.max(-range, Math.min(range, rounded));
    }
  }
  return { values, scales };
}

/** Rounds an embedding table [rows, width] to int8, one scale a row. No kernel multiplies it, so all 8 bits are used. */
export function quantiseRows(table: Float32Array, width: number): QuantisedMatrix {
  const scales = new Float32Array(table.length / width);
  const values = new Int8Array(table.length);
  for (let row = 0; row < scales.length; row++) {
    const begin = row * width;
    const scale = Math.fround(Math.max(largestMagnitude(table, begin, begin + width), 1e-12) / 127);
    scales[row] = scale;
    for (let index = begin; index < begin + width; index++) {
      values[index] = Math.max(-127, Math.min(127, Math.round((table[index] ?? 0) / scale)));
    }
  }
  return { values, scales };
}

/** [rows, columns] → [columns, rows]. */
export function transpose(values: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return turned;
}
