import { BLOCK_STRIDES } from '../../../../../models/architectures/mini/architecture';
import { samePadding } from '../../../../../models/architectures/mini/encoder';
import { roundToInt8 } from '../../../../../models/architectures/mini/quantise';

describe('rounding to int8', () => {
  it('keeps every number within half a step of its channel', () => {
    const weights = Float32Array.from({ length: 60 }, (_, index) => Math.sin(index * 1.7) * (1 + (index % 5)));
    const { values, scales } = roundToInt8(weights, [12, 5], 1);
    weights.forEach((weight, index) => {
      const scale = scales[index % 5]!;
      expect(Math.abs(values[index]! * scale - weight)).toBeLessThanOrEqual(scale / 2 + 1e-7);
    });
    expect(Math.max(...values.map(Math.abs))).toBe(127);
  });

  it('survives a channel of zeros', () => {
    expect([...roundToInt8(new Float32Array(6), [2, 3], 0).values]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

it('SAME padding puts an odd pixel at the bottom and the right', () => {
  expect(samePadding(260, 3, 2)).toEqual({ pads: [0, 0, 1, 1], side: 130 });
  expect(samePadding(65, 3, 2)).toEqual({ pads: [1, 1, 1, 1], side: 33 });
  expect(samePadding(17, 5, 1)).toEqual({ pads: [2, 2, 2, 2], side: 17 });
});

it('EfficientNet-Lite2 has 21 blocks, of which four shrink the picture', () => {
  expect(BLOCK_STRIDES).toHaveLength(21);
  expect(BLOCK_STRIDES.flatMap((stride, index) => (stride === 2 ? [index] : []))).toEqual([1, 4, 7, 15]);
});
