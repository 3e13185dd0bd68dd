import type { GraphWeights } from '../../graph/weights';
import { tensor, type Tensor } from '../../onnx/tensor';
import type { MarianConfig } from './config';

/**
 * transformers' table: sines in the first half of each row, cosines in the second, of position / 10000^(i / half). `steps` takes the place
 * of half in the exponent.
 */
export function sinusoids(positions: number, width: number, steps = width / 2): Float32Array {
  const half = width / 2;
  const table = new Float32Array(positions * width);
  for (let position = 0; position < positions; position++) {
    for (let index = 0; index < half; index++) {
      const angle = position / 10_000 ** (index / steps);
      table[position * width + index] = Math.sin(angle);
      table[position * width + half + index] = Math.cos(angle);
    }
  }
  return table;
}

/** [positions, width], the table of the file where it has one: newer files leave it out. */
export function positionTable(weights: GraphWeights, part: 'encoder' | 'decoder', config: MarianConfig): Tensor {
  const dims = [config.max_position_embeddings, config.d_model] as const;
  const name = `model.${part}.embed_positions.weight`;
  return tensor(weights.has(name) ? weights.read(name, dims) : sinusoids(...dims), dims);
}
