import { BLOCK, quantiseToFourBits } from '../../../../models/precision/four-bit';
import { quantiseMatrix, quantiseRows, transpose } from '../../../../models/precision/quantise';
import { rowsIn, stackedRows, type Rows } from '../../../../models/precision/rows';
import { seededWeight } from '../../../support/checkpoint/seeded';

/** [outputs, inputs], with a wild row, a tiny one and one of zeros. */
const WEIGHTS = Float32Array.from(
  [
    [0.5, -0.25, 0.125, 1],
    [100, -3, 0, 7],
    [1e-6, -2e-6, 0, 1e-6],
    [0, 0, 0, 0],
  ].flat(),
);
const DIMS = [4, 4] as const;

describe.each([63, 127])('weights rounded to ±%i', (range) => {
  const { values, scales } = quantiseMatrix(rowsIn(WEIGHTS, DIMS), range);

  it('are at most half a step away from what they were', () => {
    WEIGHTS.forEach((weight, index) => {
      const [out, inside] = [Math.floor(index / 4), index % 4];
      const scale = scales[out]!;
      // Transposed: [inputs, outputs].
      expect(Math.abs(values[inside * 4 + out]! * scale - weight)).toBeLessThanOrEqual(scale * 0.5000001);
    });
  });

  it('never leave the range, and use all of it', () => {
    expect(Math.max(...values.map(Math.abs))).toBe(range);
  });

  it('keep one scale for each output, so that a wild one spoils no other', () => {
    expect(scales[0]).toBeCloseTo(1 / range, 6);
    expect(scales[1]).toBeCloseTo(100 / range, 4);
  });

  it('keep zeros', () => {
    for (let inside = 0; inside < 4; inside++) expect(values[inside * 4 + 3]).toBe(0);
  });
});

it('rows of an embedding table keep a scale each', () => {
  const { values, scales } = quantiseRows(rowsIn(Float32Array.from([1, -2, 0, 50]), [2, 2]));
  expect([...values]).toEqual([64, -127, 0, 127]);
  expect(scales[0]).toBeCloseTo(2 / 127, 7);
  expect(scales[1]).toBeCloseTo(50 / 127, 6);
});

it('a transposed matrix has its columns as rows', () => {
  expect([...transpose(rowsIn(Float32Array.from([1, 2, 3, 4, 5, 6]), [2, 3]))]).toEqual([1, 4, 2, 5, 3, 6]);
});

describe('a matrix of more than one piece', () => {
  // A megabyte holds 125 of its rows; 130 rows are no multiple of those that are transposed together.
  const dims = [130, 2000] as const;
  const values = seededWeight(1, { name: 'w.weight', dims: [...dims], type: 'F32' });
  const read: [number, number][] = [];
  const counted: Rows = {
    dims,
    read: (begin, end) => {
      read.push([begin, end]);
      return rowsIn(values, dims).read(begin, end);
    },
  };
  const at = (row: number, column: number) => values[row * dims[1] + column]!;
  const PLACES = [
    [0, 0],
    [124, 1999],
    [125, 0],
    [129, 1999],
    [128, 777],
  ] as const;

  it('is read once, from the first row to the last', () => {
    quantiseMatrix(counted, 127);
    expect(read).toEqual([
      [0, 125],
      [125, 130],
    ]);
  });

  it('has the same rows in each form', () => {
    const turned = transpose(counted);
    const bytes = quantiseMatrix(counted, 127);
    const table = quantiseRows(counted);
    for (const [row, column] of PLACES) {
      expect(turned[column * dims[0] + row]).toBe(at(row, column));
      const step = bytes.scales[row]!;
      expect(Math.abs(bytes.values[column * dims[0] + row]! * step - at(row, column))).toBeLessThanOrEqual(step / 2);
      expect(table.values[row * dims[1] + column]).toBe(bytes.values[column * dims[0] + row]);
    }
  });

  it('can be two matrices, one under the other', () => {
    const upper = rowsIn(values.subarray(0, 70 * dims[1]), [70, dims[1]]);
    const lower = rowsIn(values.subarray(70 * dims[1]), [60, dims[1]]);
    expect(transpose(stackedRows([upper, lower]))).toEqual(transpose(counted));
  });
});

describe('weights of 4 bits', () => {
  // Two and a half blocks a row.
  const dims = [3, 2.5 * BLOCK] as const;
  const values = seededWeight(2, { name: 'w.weight', dims: [...dims], type: 'F32' });
  values.fill(0, dims[1], dims[1] + BLOCK);
  const { values: packed, scales, blocks } = quantiseToFourBits(rowsIn(values, dims));
  const levelAt = (row: number, column: number) => {
    const byte = packed[((row * blocks + Math.floor(column / BLOCK)) * BLOCK + (column % BLOCK)) >> 1]!;
    return (column % 2 === 0 ? byte & 15 : byte >> 4) - 8;
  };

  it('are at most half a step away, or a whole one at the far end; zeros stay zeros', () => {
    values.forEach((value, index) => {
      const [row, column] = [Math.floor(index / dims[1]), index % dims[1]];
      const scale = scales[row * blocks + Math.floor(column / BLOCK)]!;
      const found = levelAt(row, column) * scale;
      expect(Math.abs(found - value)).toBeLessThanOrEqual(
        Math.abs(scale) * (levelAt(row, column) === 7 ? 1.001 : 0.501),
      );
    });
    expect(levelAt(1, 0)).toBe(0);
  });

  it('use all their range in each block, and fill up the last', () => {
    expect(blocks).toBe(3);
    const first = Array.from({ length: BLOCK }, (_, column) => levelAt(0, column));
    expect(Math.min(...first)).toBe(-8);
    expect(levelAt(2, 3 * BLOCK - 1)).toBe(0);
  });
});
