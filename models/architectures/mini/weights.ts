import type { Checkpoint } from '../../checkpoint/checkpoint';
import { readFloats } from '../../checkpoint/float-tensor';
import { toFloat16 } from '../../precision/float16';
import type { GraphBuilder } from '../../onnx/graph';
import { DATA_TYPES, tensor } from '../../onnx/tensor';
import { roundToInt8 } from './quantise';

export type MiniPrecision = 'fp32' | 'fp16' | 'int8';

/**
 * Convolutions up to this many weights stay float16 in an int8 model: the depthwise ones and the early blocks suffer
 * most from rounding, and are small (relative error of the cross keys 0.17 without the rule, 0.05 with it).
 */
const SMALL_CONVOLUTION = 100_000;

/**
 * Two larger convolutions stay float16 as well: they narrow 720 and 1,248 channels and hold most of the remaining error
 * (0.055 → 0.031; the same caption as fp32 on 91 % instead of 81 % of 164 views; 0.6 MB).
 */
const KEPT_FLOAT16 = new Set(['encoder.blocks.15.project.weight', 'encoder.blocks.20.project.weight']);

/** Moves the weights of a checkpoint into a graph, in the precision asked for. Vectors always stay float32. */
export class MiniWeights {
  private readonly tables = new Map<string, string>();

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly graph: GraphBuilder,
    private readonly precision: MiniPrecision,
  ) {}

  /** Shape of a weight, or undefined when the checkpoint has none of that name. */
  dims(name: string): readonly number[] | undefined {
    return this.checkpoint.tensors.get(name)?.dims;
  }

  /** A bias, a norm's gain or the like. */
  vector(name: string, length: number): string {
    return this.graph.constant(tensor(readFloats(this.checkpoint, name, [length])), name);
  }

  /** `x · Wᵀ + b` for PyTorch's [out, in] weight: stored transposed, as MatMul wants it. */
  linear(x: string, name: string, [out, inside]: readonly [number, number]): string {
    const rows = readFloats(this.checkpoint, `${name}.weight`, [out, inside]);
    const columns = new Float32Array(rows.length);
    for (let row = 0; row < out; row++) {
      for (let column = 0; column < inside; column++) {
        columns[column * out + row] = rows[row * inside + column] ?? 0;
      }
    }
    const matrix = this.store(columns, { name: `${name}.weight`, dims: [inside, out], axis: 1 });
    const product = this.graph.node('MatMul', [x, matrix]);
    return this.graph.node('Add', [product, this.vector(`${name}.bias`, out)]);
  }

  /** Weight of a convolution, [out, in / groups, height, width]. */
  kernel(name: string, dims: readonly number[]): string {
    const weights = readFloats(this.checkpoint, name, dims);
    const place = { name, dims, axis: 0 };
    const small = weights.length <= SMALL_CONVOLUTION || KEPT_FLOAT16.has(name);
    return this.store(weights, place, this.precision === 'int8' && small ? 'fp16' : this.precision);
  }

  /** An embedding table, one scale a row; asked for twice it is stored once. */
  table(name: string, dims: readonly [number, number]): string {
    const known = this.tables.get(name);
    if (known !== undefined) return known;
    const stored = this.store(readFloats(this.checkpoint, name, dims), { name, dims, axis: 0 });
    this.tables.set(name, stored);
    return stored;
  }

  private store(
    weights: Float32Array,
    place: { name: string; dims: readonly number[]; axis: number },
    precision = this.precision,
  ): string {
    const { name, dims, axis } = place;
    if (precision === 'fp32') return this.graph.constant(tensor(weights, dims), name);
    if (precision === 'fp16') {
      const half = this.graph.constant(tensor(toFloat16(weights), dims), `${name}:fp16`);
      return this.graph.node('Cast', [half], { to: DATA_TYPES.float32.onnx }, { outputs: [name] });
    }
    const { values, scales } = roundToInt8(weights, dims, axis);
    const quantised = this.graph.constant(tensor(values, dims), `${name}:int8`);
    const scale = this.graph.constant(tensor(scales), `${name}:scale`);
    return this.graph.node('DequantizeLinear', [quantised, scale], { axis }, { outputs: [name] });
  }
}
