import type { Checkpoint } from '../../checkpoint/checkpoint';
import { crossInput, CrossKeys } from '../../graph/cross-attention';
import { inputFeatures } from '../../graph/image-features';
import type { Target } from '../../graph/target';
import { imageTokens } from '../../graph/vision-transformer';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import { crossSizes } from './bert';
import type { BlipConfig } from './config';

/** encoder.onnx: the picture's `image_features` → `cross_k{i}`, `cross_v{i}`, what each layer of the decoder looks at. */
export function buildEncoder(checkpoint: Checkpoint, config: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('encoder', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { vision, text } = config;
  const seen = inputFeatures(graph, weights, { dims: [imageTokens(vision), vision.hidden_size], form: 'bytes' });
  const keys = new CrossKeys(graph, weights, crossSizes(text));
  const dims = [text.hidden_size, vision.hidden_size] as const;
  for (let index = 0; index < text.num_hidden_layers; index++) {
    const name = `text_decoder.bert.encoder.layer.${index}.crossattention.self`;
    const [key = '', value = ''] = ['key', 'value'].map((part) => crossInput(weights, seen, `${name}.${part}`, dims));
    keys.add(index, key, value);
  }
  keys.close();
  return graph;
}
