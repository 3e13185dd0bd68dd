import type { Checkpoint } from '../../checkpoint/checkpoint';
import { GraphBuilder } from '../../onnx/graph';
import { imageTokens, buildVisionTransformer } from '../../graph/vision-transformer';
import type { BlipConfig } from './config';
import { GraphWeights } from '../../graph/weights';
import type { Target } from '../../graph/target';
import { outputFeatures } from '../../graph/image-features';

/** vision.onnx: `pixels` uint8 [1, H, W, 3] → `image_features` [1, image tokens, width]. */
export function buildVision(checkpoint: Checkpoint, config: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('vision', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { vision } = config;
  const seen = buildVisionTransformer(graph, weights, config);
  outputFeatures(graph, weights, seen, { dims: [imageTokens(vision), vision.hidden_size], form: 'bytes' });
  return graph;
}
