import type { Checkpoint } from '../../checkpoint/checkpoint';
import { crossInput, CrossKeys } from '../../graph/cross-attention';
import { inputFeatures } from '../../graph/image-features';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import { BartHalf, positionsOf, wordsOf } from './bart';
import { imageTokens, type FlorenceConfig } from './config';
import { TEXT } from './names';

/**
 * encoder.onnx: `input_ids` [1, T] (with start and end token), `position_ids` [T] (from 0) and the picture's `image_features` →
 * `cross_k{i}`, `cross_v{i}` of image tokens + T tokens, what each layer of the decoder looks at. The picture stands in front of the
 * words and takes the first positions.
 */
export function buildEncoder(checkpoint: Checkpoint, config: FlorenceConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('encoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { text } = config;
  const tokens = imageTokens(config);
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const features = inputFeatures(graph, weights, { dims: [tokens, text.d_model], form: 'halves' });
  const sizes = { words: wordsOf(checkpoint), positions: positionsOf(checkpoint, 'encoder') };
  const half = new BartHalf(graph, weights, { part: 'encoder', text, ...sizes });
  const placed = graph.node('Add', [half.words(ids), graph.node('Gather', [half.positions(tokens), positions])]);
  const picture = graph.node('Add', [features, half.positions(0, tokens)]);
  let x = half.norm(graph.node('Concat', [picture, placed], { axis: 1 }), 'layernorm_embedding');
  for (let index = 0; index < text.encoder_layers; index++) {
    const attended = half.attend(half.qkv(x, index), { heads: text.encoder_attention_heads });
    x = half.feedForward(half.close(x, attended, index), index);
  }
  const { decoder_layers: layers, decoder_attention_heads: heads, d_model: width } = text;
  const keys = new CrossKeys(graph, weights, { layers, heads, size: width / heads });
  for (let index = 0; index < layers; index++) {
    const name = `${TEXT}.decoder.layers.${index}.encoder_attn`;
    const [key = '', value = ''] = ['k', 'v'].map((part) =>
      crossInput(weights, x, `${name}.${part}_proj`, [width, width]),
    );
    keys.add(index, key, value);
  }
  keys.close();
  return graph;
}
