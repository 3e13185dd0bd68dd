import { MICROSOFT, type GraphBuilder } from '../../onnx/graph';
import { int64s } from '../../onnx/tensor';
import type { TextConfig } from './config';
import type { GraphWeights } from '../../graph/weights';

/**
 * The text half of BLIP: BERT with a cross-attention in each layer. The same layers read a question (both ways) and write
 * a sentence (looking back only); the two differ in where the self-attention finds its keys, which the caller decides.
 */
export class BertLayers {
  /** [pictures, −1, width]: all sentences of one picture ask the same keys. */
  private readonly groupShape: string;
  private readonly rowShape: string;

  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly text: TextConfig,
    private readonly place: { readonly prefix: string; readonly ids: string },
  ) {
    const width = graph.constant(int64s([text.hidden_size]));
    const pictures = graph.node('Shape', ['cross_k0'], { start: 0, end: 1 });
    this.groupShape = graph.node('Concat', [pictures, graph.constant(int64s([-1])), width], { axis: 0 });
    this.rowShape = graph.node('Concat', [graph.node('Shape', [place.ids]), width], { axis: 0 });
  }

  /** Word and position embeddings, normalised: ids [B, T] → [B, T, width]. */
  embed(positionIds: string): string {
    const { text, weights } = this;
    const name = `${this.place.prefix}.embeddings`;
    const words = weights.lookup(this.place.ids, `${name}.word_embeddings.weight`, [text.vocab_size, text.hidden_size]);
    const table: [number, number] = [text.max_position_embeddings, text.hidden_size];
    const positions = weights.lookup(positionIds, `${name}.position_embeddings.weight`, table);
    return this.norm(this.graph.node('Add', [words, positions]), `${name}.LayerNorm`);
  }

  /** One layer, post-norm: [B, T, width] → the same. `attend` makes the self-attention of query, key and value. */
  layer(x: string, index: number, attend: (qkv: readonly string[]) => string): string {
    const { graph, text, weights } = this;
    const name = `${this.place.prefix}.encoder.layer.${index}`;
    const width = text.hidden_size;
    const own = ['query', 'key', 'value'].map((part) => `${name}.attention.self.${part}`);
    const attended = attend(weights.linears(x, own, [width, width]));
    const afterSelf = this.residual(x, attended, `${name}.attention.output`, width);
    const query = weights.linear(afterSelf, `${name}.crossattention.self.query`, [width, width]);
    const crossAttended = graph.node(
      'MultiHeadAttention',
      [graph.node('Reshape', [query, this.groupShape]), `cross_k${index}`, `cross_v${index}`],
      { num_heads: text.num_attention_heads },
      { domain: MICROSOFT },
    );
    const rows = graph.node('Reshape', [crossAttended, this.rowShape]);
    const seen = this.residual(afterSelf, rows, `${name}.crossattention.output`, width);
    const wide = weights.gelu(weights.linear(seen, `${name}.intermediate.dense`, [text.intermediate_size, width]));
    return this.residual(seen, wide, `${name}.output`, text.intermediate_size);
  }

  norm(x: string, name: string): string {
    return this.weights.norm(x, name, this.text.hidden_size, this.text.layer_norm_eps);
  }

  private residual(x: string, inner: string, name: string, inside: number): string {
    const out = this.weights.linear(inner, `${name}.dense`, [this.text.hidden_size, inside]);
    return this.norm(this.graph.node('Add', [out, x]), `${name}.LayerNorm`);
  }
}

/** Declares `{name}_k{i}` and `{name}_v{i}` [rows, heads, length, head size] of every layer as inputs. */
export function declareKeys(
  graph: GraphBuilder,
  text: TextConfig,
  { name, rows, length }: { name: string; rows: string; length: string },
): void {
  for (let index = 0; index < text.num_hidden_layers; index++) {
    for (const part of ['k', 'v']) {
      graph.input(`${name}_${part}${index}`, 'float32', [rows, text.num_attention_heads, length, headSize(text)]);
    }
  }
}

export function headSize(text: TextConfig): number {
  return text.hidden_size / text.num_attention_heads;
}
