/** Rows are read in pieces of about so many bytes of float32. */
const PIECE_BYTES = 1e6;

/** A matrix [outputs, inputs] that is read some rows at a time, so that the largest weight need never be in memory as a whole. */
export interface Rows {
  readonly dims: readonly [number, number];
  /** Rows from `begin` up to but not `end`. */
  read(begin: number, end: number): Float32Array;
}

/** The rows of a matrix in memory. */
export function rowsIn(values: Float32Array, dims: readonly [number, number]): Rows {
  return { dims, read: (begin, end) => values.subarray(begin * dims[1], end * dims[1]) };
}

/** Several matrices of the same width as one: the rows of the first, then those of the second. */
export function stackedRows(parts: readonly Rows[]): Rows {
  const [{ dims: [, inputs] } = { dims: [0, 0] }] = parts;
  const outputs = parts.reduce((sum, { dims }) => sum + dims[0], 0);
  return {
    dims: [outputs, inputs],
    read: (begin, end) => {
      const found: Float32Array[] = [];
      let first = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(begin, first) - first, Math.min(end, first + part.dims[0]) - first];
        if (from < to) found.push(part.read(from, to));
        first += part.dims[0];
      }
      const [only] = found;
      return found.length === 1 && only !== undefined ? only : joined(found);
    },
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** All rows, in pieces of a megabyte; `begin` is the number of the piece's first row. */
export function* piecesOf(rows: Rows): Generator<{ begin: number; values: Float32Array }> {
  const [outputs, inputs] = rows.dims;
  const step = Math.max(1, Math.floor(PIECE_BYTES / (4 * inputs)));
  for (let begin = 0; begin < outputs; begin += step) {
    yield { begin, values: rows.read(begin, Math.min(outputs, begin + step)) };
  }
}

/** Rows that are transposed together, so that writes go to neighbouring places in memory. */
const ROWS_AT_ONCE = 16;

/**
 * [rows, inputs] → columns of a matrix [inputs, outputs], from the column `first` on. `place` is called for each number with
 * its row, its index in `values`, and its index in the matrix.
 */
export function transposeRows(
  values: Float32Array,
  { first, inputs, outputs }: { first: number; inputs: number; outputs: number },
  place: (row: number, from: number, to: number) => void,
): void {
  const rows = values.length / inputs;
  for (let top = 0; top < rows; top += ROWS_AT_ONCE) {
    const bottom = Math.min(rows, top + ROWS_AT_ONCE);
    for (let input = 0; input < inputs; input++) {
      for (let row = top; row < bottom; row++) place(row, row * inputs + input, input * outputs + first + row);
    }
  }
}
