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
export function distanceBucket(
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

/** What the encoder and the decoder of T5 have in common: pre-norm layers without biases, and attention that knows distances. */
export class T5Half {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly half: { readonly part: T5Part; readonly text: T5Config },
  ) {}

  /** Width of all heads together; need not be that of the rows. */
  get inner(): number {
    return this.half.text.num_heads * this.half.text.d_kv;
  }

  /** Word embeddings: ids [.., T] → [.., T, width]. */
  words(ids: string): string {
    const { vocab_size: words, d_model: width } = this.half.text;
    return this.weights.lookup(ids, WORDS, [words, width]);
  }

  norm(x: string, name: string): string {
    const { part, text } = this.half;
    return this.weights.rootMeanSquareNorm(x, `${TEXT}.${part}.${name}`, text.d_model, text.layer_norm_epsilon);
  }

  /** Query, key and value of a layer's own attention, as one product. */
  qkv(x: string, index: number): string[] {
    const normed = this.norm(x, `block.${index}.layer.0.layer_norm`);
    const name = `${this.layer(index, 0)}.SelfAttention`;
    return this.weights.plainLinears(
      normed,
      ['q', 'k', 'v'].map((part) => `${name}.${part}`),
      [this.inner, this.half.text.d_model],
    );
  }

  /** The query of a decoder layer's attention to what the encoder saw. */
  question(x: string, index: number): string {
    const normed = this.norm(x, `block.${index}.layer.1.layer_norm`);
    return this.weights.plainLinear(normed, `${this.layer(index, 1)}.EncDecAttention.q`, [
      this.inner,
      this.half.text.d_model,
    ]);
  }

  /** x plus the product of what a kind of attention gathered. */
  close(x: string, attended: string, index: number, kind: 'SelfAttention' | 'EncDecAttention'): string {
    const name = `${this.layer(index, kind === 'SelfAttention' ? 0 : 1)}.${kind}.o`;
    const out = this.weights.plainLinear(attended, name, [this.half.text.d_model, this.inner]);
    return this.graph.node('Add', [x, out]);
  }

  feedForward(x: string, index: number): string {
    const { part, text } = this.half;
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
    { looksBack = false, outputs }: { looksBack?: boolean; outputs?: readonly string[] } = {},
  ): string {
    const attributes = {
      num_heads: this.half.text.num_heads,
      scale: asFloat(1),
      ...(looksBack ? { unidirectional: 1 } : {}),
    };
    const options = { domain: MICROSOFT, ...(outputs === undefined ? {} : { outputs }) };
    return this.graph.node('MultiHeadAttention', inputs, attributes, options);
  }

  /**
   * What is added to the scores of all layers' own attention, [1, heads, queries, keys], from the places of both: int64 [queries] and
   * [keys].
   */
  distances(queries: string, keys: string): string {
    const { graph } = this;
    const { part, text } = this.half;
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
    const found = graph.node('Gather', [graph.constant(this.distanceTable(), 'distances'), places], { axis: 1 });
    return graph.node('Unsqueeze', [found, graph.constant(int64s([0]))]);
  }

  /** [heads, distances]: for the encoder from −farthest to farthest, for the decoder from 0 to farthest behind. */
  private distanceTable() {
    const { part, text } = this.half;
    const { num_heads: heads, relative_attention_max_distance: farthest } = text;
    const name = `${this.layer(0, 0)}.SelfAttention.relative_attention_bias.weight`;
    const rows = this.weights.read(name, [text.relative_attention_num_buckets, heads]);
    const distances =
      part === 'encoder'
        ? Array.from({ length: 2 * farthest + 1 }, (_, at) => at - farthest)
        : Array.from({ length: farthest + 1 }, (_, at) => -at);
    const table = new Float32Array(heads * distances.length);
    distances.forEach((distance, at) => {
      const row = distanceBucket(distance, part, text) * heads;
      for (let head = 0; head < heads; head++) table[head * distances.length + at] = rows[row + head] ?? 0;
    });
    return tensor(table, [heads, distances.length]);
  }

  private activate(x: string): string {
    const { activation } = this.half.text;
    if (activation === 'gelu') return this.weights.gelu(x);
    return activation === 'relu'
      ? this.graph.node('Relu', [x])
      : this.graph.node('FastGelu', [x], {}, { domain: MICROSOFT });
  }

  private layer(index: number, place: number): string {
    return `${TEXT}.${this.half.part}.block.${index}.layer.${place}`;
  }
}
