import { MICROSOFT, type GraphBuilder } from '../onnx/graph';
import { int64s, scalar, tensor } from '../onnx/tensor';
import type { GraphWeights } from './weights';

/** The attention of a decoder's layers to what the picture became. */
export interface CrossSizes {
  readonly layers: number;
  readonly heads: number;
  /** Numbers of one head. */
  readonly size: number;
}

/** Largest byte, which the likeliest place of a row becomes. */
const MOST = 255;

function namesOf({ layers }: CrossSizes): string[] {
  return Array.from({ length: layers }, (_, at) => [`cross_k${at}`, `cross_v${at}`]).flat();
}

/** True where keys and values are bytes, with a scale and a zero point each: a quarter of the memory that each step reads. */
export function hasByteKeys({ precision }: GraphWeights): boolean {
  return precision === 'int8';
}

/**
 * The product that makes keys or values. Bytes are made without a bias. A key's adds the same number to all scores of a query, which the
 * softmax takes out again; a value's is added to the result, since the weights of the softmax sum to 1.
 */
export function crossInput(weights: GraphWeights, x: string, name: string, dims: readonly [number, number]): string {
  return hasByteKeys(weights) ? weights.plainLinear(x, name, dims) : weights.linear(x, name, dims);
}

/** The product behind the attention; `values` names the product that made the values. */
export function crossOutput(
  weights: GraphWeights,
  x: string,
  { name, values, dims }: { name: string; values: string; dims: readonly [number, number] },
): string {
  if (!hasByteKeys(weights)) return weights.linear(x, name, dims);
  return weights.linearWithout(x, name, dims, weights.read(`${values}.bias`, [dims[1]]));
}

/**
 * Makes the outputs `cross_k{i}`, `cross_v{i}` of a graph from keys and values [1, tokens, heads · size]. As floats they are [1, heads,
 * tokens, size]. As bytes the keys are turned, [1, heads, size, tokens], and `cross_scale`, `cross_zero` [2 · layers] say what the
 * bytes stand for; 1/√size is in the scale of the keys.
 */
export class CrossKeys {
  private readonly scales: string[] = [];
  private readonly zeros: string[] = [];

  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly sizes: CrossSizes,
  ) {}

  add(index: number, keys: string, values: string): void {
    this.output(`cross_k${index}`, keys, true);
    this.output(`cross_v${index}`, values, false);
  }

  /** To be called after all layers. */
  close(): void {
    if (this.scales.length === 0) return;
    const { graph } = this;
    graph.output(graph.node('Concat', this.scales, { axis: 0 }, { outputs: ['cross_scale'] }), 'float32', [
      this.scales.length,
    ]);
    graph.output(graph.node('Concat', this.zeros, { axis: 0 }, { outputs: ['cross_zero'] }), 'uint8', [
      this.zeros.length,
    ]);
  }

  private output(name: string, rows: string, isKey: boolean): void {
    const { graph, weights } = this;
    const { heads, size } = this.sizes;
    if (!hasByteKeys(weights)) {
      graph.output(weights.heads(rows, heads, size, name), 'float32', [1, heads, 'seen', size]);
      return;
    }
    const outputs = [`${name}:u8`, `${name}:step`, `${name}:zero`];
    const [bytes = '', step = '', zero = ''] = outputs;
    graph.node('DynamicQuantizeLinear', [rows], {}, { outputs });
    const one = graph.constant(int64s([1]));
    const scaled = isKey ? graph.node('Mul', [step, graph.constant(scalar(size ** -0.5))]) : step;
    this.scales.push(graph.node('Reshape', [scaled, one]));
    this.zeros.push(graph.node('Reshape', [zero, one]));
    const split = graph.node('Reshape', [bytes, graph.constant(int64s([1, -1, heads, size]))]);
    const perm = isKey ? [0, 2, 3, 1] : [0, 2, 1, 3];
    graph.output(graph.node('Transpose', [split], { perm }, { outputs: [name] }), 'uint8', [
      1,
      heads,
      ...(isKey ? [size, 'seen'] : ['seen', size]),
    ]);
  }
}

/** Asks those keys, which it declares as inputs of a decoder graph. All sentences of one picture ask the same keys: they are never repeated. */
export class CrossAttention {
  private readonly scales: string[];
  private readonly zeros: string[];
  /** [pictures, −1, width], and the shape of the rows. */
  private readonly groupShape: string;
  private readonly rowShape: string;

  constructor(
    private readonly graph: GraphBuilder,
    weights: GraphWeights,
    private readonly sizes: CrossSizes,
    ids: string,
  ) {
    const { heads, size } = sizes;
    const width = graph.constant(int64s([heads * size]));
    const bytes = hasByteKeys(weights);
    for (const name of namesOf(sizes)) {
      const turned = bytes && name.startsWith('cross_k');
      const dims = ['pictures', heads, ...(turned ? [size, 'seen'] : ['seen', size])];
      graph.input(name, bytes ? 'uint8' : 'float32', dims);
    }
    const pictures = graph.node('Shape', ['cross_k0'], { start: 0, end: 1 });
    this.groupShape = graph.node('Concat', [pictures, graph.constant(int64s([-1])), width], { axis: 0 });
    this.rowShape = graph.node('Concat', [graph.node('Shape', [ids]), width], { axis: 0 });
    this.scales = bytes ? this.parts(graph.input('cross_scale', 'float32', [2 * sizes.layers])) : [];
    this.zeros = bytes ? this.parts(graph.input('cross_zero', 'uint8', [2 * sizes.layers])) : [];
  }

  /** Query [B, T, heads · size] of a layer → the same shape. */
  attend(query: string, index: number): string {
    if (this.scales.length > 0) return this.attendBytes(query, index);
    const grouped = this.graph.node('Reshape', [query, this.groupShape]);
    const seen = this.graph.node(
      'MultiHeadAttention',
      [grouped, `cross_k${index}`, `cross_v${index}`],
      { num_heads: this.sizes.heads },
      { domain: MICROSOFT },
    );
    return this.graph.node('Reshape', [seen, this.rowShape]);
  }

  /** Products of bytes: of the query, and of each row of probabilities in parts of its own largest. Of one picture. */
  private attendBytes(query: string, index: number): string {
    const { graph } = this;
    const { heads, size } = this.sizes;
    const [key, value] = [2 * index, 2 * index + 1];
    const apart = graph.node('Reshape', [query, graph.constant(int64s([-1, heads, size]))]);
    const asked = graph.node('Transpose', [apart], { perm: [1, 0, 2] }); // [heads, B · T, size]
    const outputs = ['u8', 'step', 'zero'].map((part) => `asked${index}:${part}`);
    const [bytes = '', step = '', zero = ''] = outputs;
    graph.node('DynamicQuantizeLinear', [asked], {}, { outputs });
    const likeness = this.product([bytes, `cross_k${index}`, step, this.scales[key], zero, this.zeros[key]]);
    const shares = graph.node('Softmax', [likeness], { axis: -1 });
    const most = graph.node('ReduceMax', [shares, graph.constant(int64s([-1]))], { keepdims: 1 });
    const [part, none] = [graph.constant(scalar(1 / MOST)), graph.constant(tensor(Uint8Array.of(0), []))];
    const rounded = graph.node('QuantizeLinear', [graph.node('Div', [shares, most]), part, none]);
    const mixed = this.product([rounded, `cross_v${index}`, part, this.scales[value], none, this.zeros[value]]);
    const seen = graph.node('Reshape', [graph.node('Mul', [mixed, most]), graph.constant(int64s([heads, -1, size]))]);
    return graph.node('Reshape', [graph.node('Transpose', [seen], { perm: [1, 0, 2] }), this.rowShape]);
  }

  private product(inputs: readonly (string | undefined)[]): string {
    return this.graph.node(
      'MatMulIntegerToFloat',
      inputs.map((name) => name ?? ''),
      {},
      { domain: MICROSOFT },
    );
  }

  /** The numbers of a vector, [1] each. */
  private parts(vector: string): string[] {
    const outputs = namesOf(this.sizes).map((name) => `${vector}/${name}`);
    this.graph.node('Split', [vector], { axis: 0, num_outputs: outputs.length }, { outputs });
    return outputs;
  }
}
