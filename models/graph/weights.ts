import type { Manifest } from '../model-folder/manifest';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { areEqual } from '../checkpoint/equal-tensors';
import { readFloats, type RowRange } from '../checkpoint/float-tensor';
import { weightInFloat16 } from '../precision/float16';
import { MICROSOFT, type GraphBuilder } from '../onnx/graph';
import { DATA_TYPES, int64s, tensor } from '../onnx/tensor';
import { BLOCK, quantiseToFourBits } from '../precision/four-bit';
import { quantiseMatrix, quantiseRows, transpose, WEIGHT_RANGE } from '../precision/quantise';
import { piecesOf, stackedRows, type Rows } from '../precision/rows';

/** What a model can be written in. `int8-vnni` is only read: it was the name of 8-bit weights before `int8` had them. */
export type Precision = Exclude<Manifest['precision'], 'int8-vnni'>;

/** accuracy_level of MatMulNBits: activations are rounded to int8. */
const COMPUTE_IN_INT8 = 4;

/** Names of a value's bytes, of what one of them stands for, and of the byte that is 0. */
interface Bytes {
  readonly bytes: string;
  readonly step: string;
  readonly zero: string;
}

/** Told the bytes of each weight as it is written. */
export type Progress = (bytes: number) => void;

/**
 * Moves the weights of a checkpoint into a graph, in the precision asked for; only one of them is in memory at a time.
 * Norms, biases and the patches' convolution stay float32: they are small, and rounding them costs most.
 */
export class GraphWeights {
  private readonly tables = new Map<string, string>();
  private readonly quantisedValues = new Map<string, Bytes>();

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly graph: GraphBuilder,
    readonly precision: Precision,
    private readonly progress: Progress = () => undefined,
  ) {}

  has(name: string): boolean {
    return this.checkpoint.tensors.has(name);
  }

  /** A weight as float32, or some rows of it. Throws ModelError when it is missing or has another shape. */
  read(name: string, dims: readonly number[], rows?: RowRange): Float32Array {
    const values = readFloats(this.checkpoint, name, dims, rows);
    this.progress(values.byteLength);
    return values;
  }

  /** A bias, a norm's gain or another small tensor, always float32. */
  small(name: string, dims: readonly number[]): string {
    return this.graph.constant(tensor(this.read(name, dims), dims), name);
  }

  norm(x: string, name: string, width: number, epsilon: number): string {
    const gain = this.small(`${name}.weight`, [width]);
    const bias = this.small(`${name}.bias`, [width]);
    return this.graph.node('LayerNormalization', [x, gain, bias], { axis: -1, epsilon });
  }

  /** x · gain / √(mean of x² + epsilon), without a bias and without taking the mean away. */
  rootMeanSquareNorm(x: string, name: string, width: number, epsilon: number): string {
    const gain = this.small(`${name}.weight`, [width]);
    return this.graph.node('SimplifiedLayerNormalization', [x, gain], { axis: -1, epsilon, stash_type: 1 });
  }

  /** `x · Wᵀ + b` for PyTorch's W [out, in]: [.., in] → [.., out]. */
  linear(x: string, name: string, dims: readonly [number, number]): string {
    const bias = this.small(`${name}.bias`, [dims[0]]);
    return this.product(x, name, { rows: this.rows(`${name}.weight`, dims), bias });
  }

  /**
   * The same of a sum of values whose shares add up to 1, and that lack `missing` [in] each, as the values of an attention may lack
   * their bias: it passes through to the bias of this product.
   */
  linearWithout(x: string, name: string, dims: readonly [number, number], missing: Float32Array): string {
    const [outputs, inputs] = dims;
    const bias = this.read(`${name}.bias`, [outputs]);
    const rows = this.rows(`${name}.weight`, dims);
    for (const { begin, values } of piecesOf(rows)) {
      for (let row = 0; row < values.length / inputs; row++) {
        let sum = bias[begin + row] ?? 0;
        for (let at = 0; at < inputs; at++) sum += (values[row * inputs + at] ?? 0) * (missing[at] ?? 0);
        bias[begin + row] = sum;
      }
    }
    return this.product(x, name, { rows, bias: this.graph.constant(tensor(bias), `${name}.bias`) });
  }

  /**
   * Query, key and value [.., width] from one stored matrix [3 · width, width], as three products of one rounding of x. Without the
   * biases of key and value: that of the key adds the same number to all scores of a row, which the softmax takes out again; `missing`
   * is that of the value, for `linearWithout`.
   */
  attentionInputs(x: string, name: string, width: number): { qkv: string[]; missing: Float32Array } {
    const biases = this.read(`${name}.bias`, [3 * width]);
    return { qkv: this.threeProducts(x, name, [biases.slice(0, width), null, null]), missing: biases.slice(2 * width) };
  }

  /** The same with all biases. */
  queryKeyValue(x: string, name: string, width: number): string[] {
    const biases = this.read(`${name}.bias`, [3 * width]);
    const parts = [0, 1, 2].map((at) => biases.slice(at * width, (at + 1) * width));
    return this.threeProducts(x, name, parts);
  }

  private threeProducts(x: string, name: string, biases: readonly (Float32Array | null)[]): string[] {
    const width = biases[0]?.length ?? 0;
    const all = this.rows(`${name}.weight`, [3 * width, width]);
    return ['query', 'key', 'value'].map((part, at) => {
      const [first, values] = [at * width, biases[at] ?? null];
      const rows: Rows = { dims: [width, width], read: (begin, end) => all.read(first + begin, first + end) };
      const bias = values === null ? null : this.graph.constant(tensor(values), `${name}/${part}.bias`);
      return this.product(x, `${name}/${part}`, { rows, bias });
    });
  }

  /** Several linear layers of the same input as one product, split again: fewer passes over the input. */
  linears(x: string, names: readonly string[], dims: readonly [number, number]): string[] {
    const [out] = dims;
    const biases = new Float32Array(names.length * out);
    names.forEach((name, index) => biases.set(this.read(`${name}.bias`, [out]), index * out));
    const bias = this.graph.constant(tensor(biases), `${labelOf(names)}.bias`);
    return this.joint(x, names, dims, bias);
  }

  /** A linear layer without a bias. */
  plainLinear(x: string, name: string, dims: readonly [number, number]): string {
    return this.product(x, name, { rows: this.rows(`${name}.weight`, dims), bias: null });
  }

  /** Several linear layers without biases, of the same input, as one product, split again. */
  plainLinears(x: string, names: readonly string[], dims: readonly [number, number]): string[] {
    return this.joint(x, names, dims, null);
  }

  /** Equal parts along the last axis. */
  private split(x: string, parts: number): string[] {
    const outputs = Array.from({ length: parts }, (_, part) => `${x}/${part}`);
    this.graph.node('Split', [x], { axis: -1, num_outputs: parts }, { outputs });
    return outputs;
  }

  /** `x · Wᵀ + b` for weights that come as rows; the bias is already stored, or null. */
  product(x: string, name: string, { rows, bias }: { rows: Rows; bias: string | null }): string {
    const { graph } = this;
    const [outputs, inputs] = rows.dims;
    if (this.precision === 'int4') return this.fourBitProduct(x, name, { rows, bias });
    if (this.isInt8) return this.byteProduct(x, name, { rows, bias });
    const matrix = this.store(transpose(rows), [inputs, outputs], `${name}:matrix`);
    const multiplied = graph.node('MatMul', [x, matrix]);
    return bias === null ? multiplied : graph.node('Add', [multiplied, bias]);
  }

  /** Rows of an embedding table by their ids: [..] → [.., width]. */
  lookup(ids: string, name: string, dims: readonly [number, number]): string {
    const { graph } = this;
    const toFloat = { to: DATA_TYPES.float32.onnx };
    if (!this.isInt8) {
      const rows = graph.node('Gather', [this.table(name, dims), ids]);
      return this.precision === 'fp16' ? graph.node('Cast', [rows], toFloat) : rows;
    }
    const { values, scales } = quantiseRows(this.rows(name, dims));
    const rows = graph.node('Gather', [graph.constant(tensor(values, dims), `${name}:int8`), ids]);
    const scale = graph.node('Gather', [graph.constant(tensor(scales, [dims[0], 1]), `${name}:scale`), ids]);
    return graph.node('Mul', [graph.node('Cast', [rows], toFloat), scale]);
  }

  /**
   * Scores of every word: `x` [B, width] · tableᵀ + bias, in int8 where the other products are in 4 bits. float16 files store a
   * table that is also looked up only once. The others store it again: onnxruntime packs the copy for the product and frees it, but
   * could not free a shared one (94 MB).
   */
  score(x: string, name: string, { dims, bias }: { dims: readonly [number, number]; bias: string | null }): string {
    const { graph } = this;
    if (this.isInt8) return this.byteProduct(x, `${name}:scores`, { rows: this.rows(name, dims), bias });
    const matrix =
      this.precision === 'fp16'
        ? graph.node('Cast', [this.table(name, dims)], { to: DATA_TYPES.float32.onnx })
        : graph.constant(tensor(this.read(name, dims), dims), `${name}:scores`);
    return graph.node('Gemm', bias === null ? [x, matrix] : [x, matrix, bias], { transB: 1 });
  }

  /** True when both tensors hold the same bytes. */
  areEqual(name: string, other: string): boolean {
    return areEqual(this.checkpoint, name, other);
  }

  /** [1, tokens, heads × size] → [1, heads, tokens, size]. */
  heads(x: string, heads: number, size: number, output: string): string {
    const shape = this.graph.constant(int64s([0, 0, heads, size]));
    return this.graph.node(
      'Transpose',
      [this.graph.node('Reshape', [x, shape])],
      { perm: [0, 2, 1, 3] },
      {
        outputs: [output],
      },
    );
  }

  /** GELU, computed exactly, with erf. */
  gelu(x: string): string {
    return this.graph.node('Gelu', [x], {}, { domain: MICROSOFT });
  }

  /** Says which bytes the products of a value read, where they are there already. */
  readsBytes(x: string, bytes: Bytes): void {
    this.quantisedValues.set(x, bytes);
  }

  /**
   * Rows in another order, which nothing but products may read. In int8 they become bytes before they are moved, a quarter of the memory,
   * with the same results.
   */
  reordered(x: string, reorder: (x: string) => string): string {
    if (this.precision !== 'int8') return reorder(x);
    const { bytes, step, zero } = this.quantised(x);
    const moved = reorder(bytes);
    this.readsBytes(moved, { bytes: moved, step, zero });
    return moved;
  }

  /** A weight whose rows are read from the checkpoint when they are needed. */
  private rows(name: string, dims: readonly [number, number]): Rows {
    return { dims, read: (begin, end) => this.read(name, dims, { begin, end }) };
  }

  private joint(x: string, names: readonly string[], dims: readonly [number, number], bias: string | null): string[] {
    const rows = stackedRows(names.map((name) => this.rows(`${name}.weight`, dims)));
    return this.split(this.product(x, labelOf(names), { rows, bias }), names.length);
  }

  private byteProduct(x: string, name: string, { rows, bias }: { rows: Rows; bias: string | null }): string {
    const { graph } = this;
    const [outputs, inputs] = rows.dims;
    const { values, scales } = quantiseMatrix(rows, WEIGHT_RANGE);
    const matrix = graph.constant(tensor(values, [inputs, outputs]), `${name}:int8`);
    const scale = graph.constant(tensor(scales), `${name}:scale`);
    const { bytes, step, zero } = this.quantised(x);
    const given = [bytes, matrix, step, scale, zero, ...(bias === null ? [] : ['', bias])];
    return graph.node('MatMulIntegerToFloat', given, {}, { domain: MICROSOFT });
  }

  private fourBitProduct(x: string, name: string, { rows, bias }: { rows: Rows; bias: string | null }): string {
    const { graph } = this;
    const [outputs, inputs] = rows.dims;
    const { values, scales, blocks } = quantiseToFourBits(rows);
    const matrix = graph.constant(tensor(values, [outputs, blocks, BLOCK / 2]), `${name}:int4`);
    const scale = graph.constant(tensor(scales, [outputs, blocks]), `${name}:scale`);
    const sizes = { K: inputs, N: outputs, bits: 4, block_size: BLOCK, accuracy_level: COMPUTE_IN_INT8 };
    const given = [x, matrix, scale, ...(bias === null ? [] : ['', '', bias])];
    return graph.node('MatMulNBits', given, sizes, { domain: MICROSOFT });
  }

  /**
   * Activations as unsigned bytes, one scale a tensor, found while running. A value that many products read is turned once:
   * the keys and values of all text layers read the same picture.
   */
  private quantised(x: string): Bytes {
    const known = this.quantisedValues.get(x);
    if (known !== undefined) return known;
    const names = { bytes: `${x}:u8`, step: `${x}:step`, zero: `${x}:zero` };
    this.graph.node('DynamicQuantizeLinear', [x], {}, { outputs: [names.bytes, names.step, names.zero] });
    this.quantisedValues.set(x, names);
    return names;
  }

  private get isInt8(): boolean {
    return this.precision === 'int8' || this.precision === 'int4';
  }

  private table(name: string, dims: readonly [number, number]): string {
    const known = this.tables.get(name);
    if (known !== undefined) return known;
    const values = this.read(name, dims);
    const stored =
      this.precision === 'fp16'
        ? this.graph.constant(tensor(weightInFloat16(values, name), dims), `${name}:fp16`)
        : this.graph.constant(tensor(values, dims), name);
    this.tables.set(name, stored);
    return stored;
  }

  private store(values: Float32Array, dims: readonly number[], name: string): string {
    if (this.precision === 'fp32') return this.graph.constant(tensor(values, dims), name);
    // onnxruntime folds the Cast while it loads: float16 halves the files, it does not change the speed.
    const halves = this.graph.constant(tensor(weightInFloat16(values, name), dims), `${name}:fp16`);
    return this.graph.node('Cast', [halves], { to: DATA_TYPES.float32.onnx });
  }
}

const labelOf = (names: readonly string[]) => `${names[0] ?? ''}+${names.length - 1}`;
