import type { Checkpoint } from '../../checkpoint/checkpoint';
import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { BertLayers, declareKeys, headSize } from './bert';
import type { BlipConfig } from './config';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';

/**
 * question.onnx: `input_ids` [1, T] (with start and end token), `position_ids` [T] and the picture's `cross_k{i}`, `cross_v{i}`
 * → `answer_k{i}`, `answer_v{i}` [1, heads, T, head size], which the decoder gets in place of the picture's.
 */
export function buildQuestion(checkpoint: Checkpoint, { text }: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('question', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  declareKeys(graph, text, { name: 'cross', rows: 'pictures', length: 'seen' });
  const layers = new BertLayers(graph, weights, text, { prefix: 'text_encoder', ids });
  let x = layers.embed(positions);
  for (let index = 0; index < text.num_hidden_layers; index++) {
    x = layers.layer(x, index, (qkv) =>
      graph.node('MultiHeadAttention', qkv, { num_heads: text.num_attention_heads }, { domain: MICROSOFT }),
    );
  }
  for (let index = 0; index < text.num_hidden_layers; index++) {
    for (const [part, name] of [
      ['k', 'key'],
      ['v', 'value'],
    ] as const) {
      const from = `text_decoder.bert.encoder.layer.${index}.crossattention.self.${name}`;
      const joined = weights.linear(x, from, [text.hidden_size, text.hidden_size]);
      const output = weights.heads(joined, text.num_attention_heads, headSize(text), `answer_${part}${index}`);
      graph.output(output, 'float32', [1, text.num_attention_heads, 'tokens', headSize(text)]);
    }
  }
  return graph;
}
