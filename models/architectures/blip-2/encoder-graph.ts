import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import { int64s } from '../../onnx/tensor';
import type { Blip2Config } from './config';
import { T5Stack, TEXT } from './t5';

/**
 * encoder.onnx: `input_ids` [1, T] (with the end token), `position_ids` [T] (from 0) and the picture's `image_features` → `cross_k{i}`,
 * `cross_v{i}` [1, heads, queries + T, head size]. The picture stands in front of the words, and distances count over both.
 */
export function buildEncoder(checkpoint: Checkpoint, { text, queries }: Blip2Config, target: Target): GraphBuilder {
  const graph = new GraphBuilder('encoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const stack = new T5Stack(graph, weights, { part: 'encoder', text });
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const features = graph.input('image_features', 'float32', [1, queries, text.d_model]);
  const before = graph.constant(int64s(Array.from({ length: queries }, (_, place) => place)));
  const after = graph.node('Add', [positions, graph.constant(int64s([queries], []))]);
  const places = graph.node('Concat', [before, after], { axis: 0 });
  const distances = stack.positionBias(places, places);
  let x = graph.node('Concat', [features, stack.embed(ids)], { axis: 1 });
  for (let index = 0; index < text.num_layers; index++) {
    const attended = stack.attend([...stack.qkv(x, index), '', '', distances]);
    x = stack.feedForward(stack.addAttention(x, attended, index, 'SelfAttention'), index);
  }
  const states = graph.rename(stack.norm(x, 'final_layer_norm'), 'encoder_states');
  for (let index = 0; index < text.num_decoder_layers; index++) {
    for (const part of ['k', 'v']) {
      const name = `${TEXT}.decoder.block.${index}.layer.1.EncDecAttention.${part}`;
      const joined = weights.plainLinear(states, name, [stack.inner, text.d_model]);
      const output = weights.heads(joined, text.num_heads, text.d_kv, `cross_${part}${index}`);
      graph.output(output, 'float32', [1, text.num_heads, 'seen', text.d_kv]);
    }
  }
  return graph;
}
