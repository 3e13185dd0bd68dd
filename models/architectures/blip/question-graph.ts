import type { Checkpoint } from '../../checkpoint/checkpoint';
import { crossInput, CrossKeys } from '../../graph/cross-attention';
import { inputFeatures } from '../../graph/image-features';
import { imageTokens } from '../../graph/vision-transformer';
import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { BertLayers, crossSizes } from './bert';
import type { BlipConfig } from './config';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';

/**
 * question.onnx: `input_ids` [1, T] (with start and end token), `position_ids` [T] and the picture's `image_features` → `cross_k{i}`,
 * `cross_v{i}` of T tokens, what each layer of the decoder looks at.
 */
export function buildQuestion(checkpoint: Checkpoint, config: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('question', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { text, vision } = config;
  const { hidden_size: width } = text;
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = graph.input('position_ids', 'int64', ['tokens']);
  const picture = inputFeatures(graph, weights, {
    dims: [imageTokens(vision), vision.hidden_size],
    form: 'bytes',
  });
  const layers = new BertLayers(graph, weights, text, { prefix: 'text_encoder', ids });
  const attend = (inputs: readonly string[]) =>
    graph.node('MultiHeadAttention', inputs, { num_heads: text.num_attention_heads }, { domain: MICROSOFT });
  let x = layers.embed(positions);
  for (let index = 0; index < text.num_hidden_layers; index++) {
    const name = `${layers.name(index)}.crossattention`;
    const [key = '', value = ''] = ['key', 'value'].map((part) =>
      weights.linear(picture, `${name}.self.${part}`, [width, vision.hidden_size]),
    );
    const look = (query: string) => weights.linear(attend([query, key, value]), `${name}.output.dense`, [width, width]);
    x = layers.layer(x, index, { attend, look });
  }
  const keys = new CrossKeys(graph, weights, crossSizes(text));
  for (let index = 0; index < text.num_hidden_layers; index++) {
    const name = `text_decoder.bert.encoder.layer.${index}.crossattention.self`;
    const [key = '', value = ''] = ['key', 'value'].map((part) =>
      crossInput(weights, x, `${name}.${part}`, [width, width]),
    );
    keys.add(index, key, value);
  }
  keys.close();
  return graph;
}
