import type { GraphWeights } from '../../graph/weights';
import { asFloat } from '../../onnx/attribute';
import { MICROSOFT, type GraphBuilder } from '../../onnx/graph';
import { int64s, tensor } from '../../onnx/tensor';
import type { T5Config } from './config';

export const TEXT = 'language_model';
export const WORDS = `${TEXT}.shared.weight`;

export type T5Part = 'encoder' | 'decoder';

/**
 * Which row of the table of distances counts for a key `distance` places behind its query (arXiv 1910.10683, section 2.1): near ones have
 * a row each, far ones share rows whose width grows by a constant factor. The decoder looks back only.
 */
export function relativePositionBucket(
  distance: number,
  part: T5Part,
  text: Pick<T5Config, 'relative_attention_num_buckets' | 'relative_attention_max_distance'>,
): number {
  const { relative_attention_num_buckets: buckets, relative_attention_max_distance: farthest } = text;
  const count = part === 'encoder' ? Math.floor(buckets / 2) : buckets;
  const base = part === 'encoder' && distance > 0 ? count : 0;
  const away = part === 'encoder' ? Math.abs(distance) : Math.max(-distance, 0);
  const near = Math.floor(count / 2);
  if (away < near) return base + away;
  const far = (Math.log(away / near) / Math.log(farthest / near)) * (count - near);
  return base + Math.min(near + Math.floor(far), count - 1);
}

/** What the encoder and the decoder of T5 have in common: pre-norm layers without biases, and attention with a relative position bias. */
export class T5Stack {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly of: { readonly part: T5Part; readonly text: T5Config },
  ) {}

  /** Width of all heads together; need not be that of the rows. */
  get inner(): number {
    return this.of.text.num_heads * this.of.text.d_kv;
  }

  /** Word embeddings: ids [.., T] → [.., T, width]. */
  embed(ids: string): string {
    const { vocab_size: words, d_model: width } = this.of.text;
    return this.weights.lookup(ids, WORDS, [words, width]);
  }

  norm(x: string, name: string): string {
    const { part, text } = this.of;
    return this.weights.rootMeanSquareNorm(x, `${TEXT}.${part}.${name}`, text.d_model, text.layer_norm_epsilon);
  }

  /** Query, key and value of a layer's own attention, as one product. */
  qkv(x: string, index: number): string[] {
    const normed = this.norm(x, `block.${index}.layer.0.layer_norm`);
    const name = `${this.layer(index, 0)}.SelfAttention`;
    return this.weights.plainLinears(
      normed,
      ['q', 'k', 'v'].map((part) => `${name}.${part}`),
      [this.inner, this.of.text.d_model],
    );
  }

  /** The query of a decoder layer's cross-attention to the encoder's output. */
  crossQuery(x: string, index: number): string {
    const normed = this.norm(x, `block.${index}.layer.1.layer_norm`);
    return this.weights.plainLinear(normed, `${this.layer(index, 1)}.EncDecAttention.q`, [
      this.inner,
      this.of.text.d_model,
    ]);
  }

  /** x plus the output projection of an attention. */
  addAttention(x: string, attended: string, index: number, kind: 'SelfAttention' | 'EncDecAttention'): string {
    const name = `${this.layer(index, kind === 'SelfAttention' ? 0 : 1)}.${kind}.o`;
    const out = this.weights.plainLinear(attended, name, [this.of.text.d_model, this.inner]);
    return this.graph.node('Add', [x, out]);
  }

  feedForward(x: string, index: number): string {
    const { part, text } = this.of;
    const place = part === 'encoder' ? 1 : 2;
    const normed = this.norm(x, `block.${index}.layer.${place}.layer_norm`);
    const name = `${this.layer(index, place)}.DenseReluDense`;
    const halves = this.weights.plainLinears(normed, [`${name}.wi_0`, `${name}.wi_1`], [text.d_ff, text.d_model]);
    const [gate = '', value = ''] = halves;
    const gated = this.graph.node('Mul', [this.activate(gate), value]);
    return this.graph.node('Add', [x, this.weights.plainLinear(gated, `${name}.wo`, [text.d_model, text.d_ff])]);
  }

  /** T5 does not divide by the root of the head size. `inputs` as MultiHeadAttention of onnxruntime takes them. */
  attend(
    inputs: readonly string[],
    { causal = false, outputs }: { causal?: boolean; outputs?: readonly string[] } = {},
  ): string {
    const attributes = {
      num_heads: this.of.text.num_heads,
      scale: asFloat(1),
      ...(causal ? { unidirectional: 1 } : {}),
    };
    const options = { domain: MICROSOFT, ...(outputs === undefined ? {} : { outputs }) };
    return this.graph.node('MultiHeadAttention', inputs, attributes, options);
  }

  /**
   * What is added to the scores of all layers' own attention, [1, heads, queries, keys], from the places of both: int64 [queries] and
   * [keys].
   */
  positionBias(queries: string, keys: string): string {
    const { graph } = this;
    const { part, text } = this.of;
    const farthest = text.relative_attention_max_distance;
    const nearest = part === 'encoder' ? -farthest : 0;
    const behind = graph.node('Sub', [
      graph.node('Unsqueeze', [keys, graph.constant(int64s([0]))]),
      graph.node('Unsqueeze', [queries, graph.constant(int64s([1]))]),
    ]);
    const away = part === 'encoder' ? behind : graph.node('Neg', [behind]);
    const limits = [nearest, farthest].map((limit) => graph.constant(int64s([limit], [])));
    const within = graph.node('Clip', [away, ...limits]);
    const places = graph.node('Sub', [within, graph.constant(int64s([nearest], []))]);
    const found = graph.node('Gather', [graph.constant(this.positionBiasTable(), 'distances'), places], { axis: 1 });
    return graph.node('Unsqueeze', [found, graph.constant(int64s([0]))]);
  }

  /** [heads, distances]: for the encoder from −farthest to farthest, for the decoder from 0 to farthest behind. */
  private positionBiasTable() {
    const { part, text } = this.of;
    const { num_heads: heads, relative_attention_max_distance: farthest } = text;
    const name = `${this.layer(0, 0)}.SelfAttention.relative_attention_bias.weight`;
    const rows = this.weights.read(name, [text.relative_attention_num_buckets, heads]);
    const distances =
      part === 'encoder'
        ? Array.from({ length: 2 * farthest + 1 }, (_, at) => at - farthest)
        : Array.from({ length: farthest + 1 }, (_, at) => -at);
    const table = new Float32Array(heads * distances.length);
    distances.forEach((distance, at) => {
      const row = relativePositionBucket(distance, part, text) * heads;
      for (let head = 0; head < heads; head++) table[head * distances.length + at] = rows[row + head] ?? 0;
    });
    return tensor(table, [heads, distances.length]);
  }

  private activate(x: string): string {
    const { activation } = this.of.text;
    if (activation === 'gelu') return this.weights.gelu(x);
    return activation === 'relu'
      ? this.graph.node('Relu', [x])
      : this.graph.node('FastGelu', [x], {}, { domain: MICROSOFT });
  }

  private layer(index: number, place: number): string {
    return `${TEXT}.${this.of.part}.block.${index}.layer.${place}`;
  }
}
