import type { CrossSizes } from '../../graph/cross-attention';
import type { GraphBuilder } from '../../onnx/graph';
import type { TextConfig } from './config';
import type { GraphWeights } from '../../graph/weights';

/**
 * The text half of BLIP: BERT with a cross-attention in each layer. The same layers read a question (both ways) and write
 * a sentence (looking back only); the two differ in where the self-attention finds its keys, which the caller decides.
 */
export class BertLayers {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly text: TextConfig,
    private readonly place: { readonly prefix: string; readonly ids: string },
  ) {}

  /** Word and position embeddings, normalised: ids [B, T] → [B, T, width]. */
  embed(positionIds: string): string {
    const { text, weights } = this;
    const name = `${this.place.prefix}.embeddings`;
    const words = weights.lookup(this.place.ids, `${name}.word_embeddings.weight`, [text.vocab_size, text.hidden_size]);
    const table: [number, number] = [text.max_position_embeddings, text.hidden_size];
    const positions = weights.lookup(positionIds, `${name}.position_embeddings.weight`, table);
    return this.norm(this.graph.node('Add', [words, positions]), `${name}.LayerNorm`);
  }

  /**
   * One layer, post-norm: [B, T, width] → the same. `attend` makes the self-attention of query, key and value, `look` the
   * cross-attention of a query with the product behind it.
   */
  layer(
    x: string,
    index: number,
    { attend, look }: { attend: (qkv: readonly string[]) => string; look: (query: string) => string },
  ): string {
    const { graph, text, weights } = this;
    const name = this.name(index);
    const width = text.hidden_size;
    const own = ['query', 'key', 'value'].map((part) => `${name}.attention.self.${part}`);
    const attended = attend(weights.linears(x, own, [width, width]));
    const afterSelf = this.residual(x, attended, `${name}.attention.output`, width);
    const query = weights.linear(afterSelf, `${name}.crossattention.self.query`, [width, width]);
    const looked = graph.node('Add', [look(query), afterSelf]);
    const seen = this.norm(looked, `${name}.crossattention.output.LayerNorm`);
    const wide = weights.gelu(weights.linear(seen, `${name}.intermediate.dense`, [text.intermediate_size, width]));
    return this.residual(seen, wide, `${name}.output`, text.intermediate_size);
  }

  /** What the weights of a layer begin with. */
  name(index: number): string {
    return `${this.place.prefix}.encoder.layer.${index}`;
  }

  norm(x: string, name: string): string {
    return this.weights.norm(x, name, this.text.hidden_size, this.text.layer_norm_eps);
  }

  private residual(x: string, inner: string, name: string, inside: number): string {
    const out = this.weights.linear(inner, `${name}.dense`, [this.text.hidden_size, inside]);
    return this.norm(this.graph.node('Add', [out, x]), `${name}.LayerNorm`);
  }
}

export function crossSizes(text: TextConfig): CrossSizes {
  return { layers: text.num_hidden_layers, heads: text.num_attention_heads, size: headSize(text) };
}

export function headSize(text: TextConfig): number {
  return text.hidden_size / text.num_attention_heads;
}
