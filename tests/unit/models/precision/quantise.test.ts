import { quantiseMatrix, quantiseRows, transpose } from '../../../../models/precision/quantise';

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
  const { values, scales } = quantiseMatrix(WEIGHTS, DIMS, range);

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
  const { values, scales } = quantiseRows(Float32Array.from([1, -2, 0, 50]), 2);
  expect([...values]).toEqual([64, -127, 0, 127]);
  expect(scales[0]).toBeCloseTo(2 / 127, 7);
  expect(scales[1]).toBeCloseTo(50 / 127, 6);
});

it('a transposed matrix has its columns as rows', () => {
  expect([...transpose(Float32Array.from([1, 2, 3, 4, 5, 6]), [2, 3])]).toEqual([1, 4, 2, 5, 3, 6]);
});
