import { piecesOf, type Rows } from './rows';

/** Weights of one row that share a scale. A smaller block is more exact and takes more memory: 32 saves 12 % of int8, 128 saves 38 %. */
export const BLOCK = 128;
/** What the largest weight of a block becomes, with the opposite sign: 4 bits reach from −8 to 7. */
const MOST = 8;

/** A matrix as MatMulNBits of onnxruntime takes it: two weights a byte, the first in its lower half, each stored with 8 added. */
export interface FourBitMatrix {
  /** [outputs, blocks, BLOCK / 2]; the last block of a row is filled up with zeros. */
  readonly values: Uint8Array;
  /** [outputs, blocks]. */
  readonly scales: Float32Array;
  readonly blocks: number;
}

function peakOf(values: Float32Array, begin: number, end: number): number {
  let peak = 0;
  for (let index = begin; index < end; index++) {
    const value = values[index] ?? 0;
    if (Math.abs(value) > Math.abs(peak)) peak = value;
  }
  return peak;
}

/** Rounds PyTorch's weight [outputs, inputs] to 4 bits with one scale for each block of a row. */
export function quantiseToFourBits(rows: Rows): FourBitMatrix {
  const [outputs, inputs] = rows.dims;
  const blocks = Math.ceil(inputs / BLOCK);
  // 0x88 in every byte: two zeros.
  const values = new Uint8Array((outputs * blocks * BLOCK) / 2).fill(MOST * 17);
  const scales = new Float32Array(outputs * blocks);
  for (const { begin: first, values: weights } of piecesOf(rows)) {
    for (let at = 0; at < (weights.length / inputs) * blocks; at++) {
      const begin = Math.floor(at / blocks) * inputs + (at % blocks) * BLOCK;
      const end = Math.min(begin + BLOCK, (Math.floor(at / blocks) + 1) * inputs);
      const block = first * blocks + at;
      const scale = Math.fround(peakOf(weights, begin, end) / -MOST) || 1;
      scales[block] = scale;
      for (let index = begin; index < end; index++) {
        const level = Math.max(0, Math.min(2 * MOST - 1, Math.round((weights[index] ?? 0) / scale) + MOST));
        const place = (block * BLOCK + index - begin) >> 1;
        const byte = values[place] ?? 0;
        values[place] = ((index - begin) & 1) === 0 ? (byte & 0xf0) | level : (byte & 0x0f) | (level << 4);
      }
    }
  }
  return { values, scales, blocks };
}
