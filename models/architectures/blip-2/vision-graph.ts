import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { Target } from '../../graph/target';
import { buildVisionTransformer } from '../../graph/vision-transformer';
import { GraphWeights } from '../../graph/weights';
import { GraphBuilder } from '../../onnx/graph';
import type { Blip2Config } from './config';
import { buildQformer } from './qformer';

/**
 * vision.onnx: `pixels` uint8 [1, H, W, 3] → `image_features` [1, queries, text width]: the vision transformer, the Q-Former and the
 * projection. On the many rows of a picture 4-bit weights take seven times as long as 8-bit ones, so it has none.
 */
export function buildVision(checkpoint: Checkpoint, config: Blip2Config, target: Target): GraphBuilder {
  const graph = new GraphBuilder('vision', target.external);
  const precision = target.precision === 'int4' ? 'int8' : target.precision;
  const weights = new GraphWeights(checkpoint, graph, precision, target.progress);
  const { qformer, text, queries } = config;
  const seen = graph.rename(buildVisionTransformer(graph, weights, config), 'image_states');
  const found = graph.rename(buildQformer(graph, weights, seen, config), 'query_states');
  const projected = weights.linear(found, 'language_projection', [text.d_model, qformer.hidden_size]);
  graph.rename(projected, 'image_features');
  graph.output('image_features', 'float32', [1, queries, text.d_model]);
  return graph;
}
