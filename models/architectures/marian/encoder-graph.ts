import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import type { MarianConfig } from './config';
import { MarianHalf } from './half';

/**
 * encoder.onnx: `input_ids` [1, S] (with the end token) and `position_ids` [S] (from 0) → `cross_k{i}`, `cross_v{i}`
 * [1, heads, S, head size], what each layer of the decoder looks at. One sentence at a time, so nothing is masked.
 */
export function buildEncoder(checkpoint: Checkpoint, config: MarianConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('encoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const half = new MarianHalf(graph, weights, { part: 'encoder', config });
  let x = half.embed(ids, positions);
  for (let index = 0; index < config.encoder_layers; index++) {
    x = half.feedForward(half.close(x, half.attend(half.qkv(x, index)), index, 'self_attn'), index);
  }
  const { d_model: width, decoder_attention_heads: heads } = config;
  for (let index = 0; index < config.decoder_layers; index++) {
    for (const part of ['k', 'v']) {
      const name = `model.decoder.layers.${index}.encoder_attn.${part}_proj`;
      const output = weights.heads(
        weights.linear(x, name, [width, width]),
        heads,
        width / heads,
        `cross_${part}${index}`,
      );
      graph.output(output, 'float32', [1, heads, 'seen', width / heads]);
    }
  }
  return graph;
}
