import { piecesOf, transposeRows, type Rows } from './rows';

/**
 * Largest magnitude of a rounded weight: all 8 bits, whose rounding error is half that of 7. Where a CPU's sums overflow with them,
 * another way is taken when the model is loaded (models/session/model-graphs.ts).
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

/** Writes the scale of each row into `scales`, from `first` on. */
function scaleRows(values: Float32Array, inputs: number, { scales, first, range }: RowScales): void {
  for (let begin = 0, row = first; begin < values.length; begin += inputs, row++) {
    // A row of zeros keeps a scale that is not zero, so that 0 × scale stays 0.
    scales[row] = Math.fround(Math.max(largestMagnitude(values, begin, begin + inputs), 1e-12) / range);
  }
}

interface RowScales {
  readonly scales: Float32Array;
  readonly first: number;
  readonly range: number;
}

/**
 * Rounds PyTorch's weight [outputs, inputs] to int8, symmetric, one scale for each output, and transposes it: of each output
 * the largest weight becomes ±`range`.
 */
export function quantiseMatrix(rows: Rows, range: number): QuantisedMatrix {
  const [outputs, inputs] = rows.dims;
  const values = new Int8Array(outputs * inputs);
  const scales = new Float32Array(outputs);
  for (const { begin: first, values: weights } of piecesOf(rows)) {
    scaleRows(weights, inputs, { scales, first, range });
    transposeRows(weights, { first, inputs, outputs }, (row, from, to) => {
      const rounded = Math.round((weights[from] ?? 0) / (scales[first + row] ?? 1));
      values[to] = Math.max(-range, Math.min(range, rounded));
    });
  }
  return { values, scales };
}

/** Rounds an embedding table [rows, width] to int8, one scale a row. No kernel multiplies it, so all 8 bits are used. */
export function quantiseRows(table: Rows): QuantisedMatrix {
  const [count, width] = table.dims;
  const scales = new Float32Array(count);
  const values = new Int8Array(count * width);
  for (const { begin: first, values: piece } of piecesOf(table)) {
    scaleRows(piece, width, { scales, first, range: 127 });
    for (let index = 0; index < piece.length; index++) {
      const scale = scales[first + Math.floor(index / width)] ?? 1;
      values[first * width + index] = Math.max(-127, Math.min(127, Math.round((piece[index] ?? 0) / scale)));
    }
  }
  return { values, scales };
}

/** [outputs, inputs] → [inputs, outputs]. */
export function transpose(rows: Rows): Float32Array {
  const [outputs, inputs] = rows.dims;
  const turned = new Float32Array(outputs * inputs);
  for (const { begin: first, values } of piecesOf(rows)) {
    transposeRows(values, { first, inputs, outputs }, (_, from, to) => {
      turned[to] = values[from] ?? 0;
    });
  }
  return turned;
}
