import type { GraphWeights } from '../../graph/weights';
import { MICROSOFT, type GraphBuilder } from '../../onnx/graph';
import type { Blip2Config } from './config';

/**
 * The Q-Former (arXiv 2301.12597): a post-norm BERT over learned queries, which looks at the picture in every other layer. `seen` is
 * the picture's rows [1, tokens, vision width]; gives [1, queries, width]. Its text branch is not used here.
 */
export function buildQformer(graph: GraphBuilder, weights: GraphWeights, seen: string, config: Blip2Config): string {
  const { qformer, queries, vision } = config;
  const { hidden_size: width, intermediate_size: wide, layer_norm_eps: epsilon } = qformer;
  const norm = (x: string, name: string) => weights.norm(x, name, width, epsilon);
  const close = (x: string, inner: string, name: string, inside: number) => {
    const out = weights.linear(inner, `${name}.dense`, [width, inside]);
    return norm(graph.node('Add', [out, x]), `${name}.LayerNorm`);
  };
  const attend = (inputs: readonly string[]) =>
    graph.node('MultiHeadAttention', inputs, { num_heads: qformer.num_attention_heads }, { domain: MICROSOFT });
  // The norm of the embeddings of the whole BERT, applied to the queries themselves: they have no positions.
  let x = norm(weights.small('query_tokens', [1, queries, width]), 'qformer.layernorm');
  for (let index = 0; index < qformer.num_hidden_layers; index++) {
    const name = `qformer.encoder.layer.${index}`;
    const own = ['query', 'key', 'value'].map((part) => `${name}.attention.attention.${part}`);
    x = close(x, attend(weights.linears(x, own, [width, width])), `${name}.attention.output`, width);
    if (index % qformer.cross_attention_frequency === 0) {
      const cross = `${name}.crossattention.attention`;
      const query = weights.linear(x, `${cross}.query`, [width, width]);
      const keys = weights.linears(seen, [`${cross}.key`, `${cross}.value`], [width, vision.hidden_size]);
      x = close(x, attend([query, ...keys]), `${name}.crossattention.output`, width);
    }
    const inner = weights.gelu(weights.linear(x, `${name}.intermediate_query.dense`, [wide, width]));
    x = close(x, inner, `${name}.output_query`, wide);
  }
  return x;
}
