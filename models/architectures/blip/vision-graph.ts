import type { Checkpoint } from '../../checkpoint/checkpoint';
import { GraphBuilder } from '../../onnx/graph';
import { imageTokens, buildVisionTransformer } from '../../graph/vision-transformer';
import type { BlipConfig } from './config';
import { GraphWeights } from '../../graph/weights';
import type { Target } from '../../graph/target';

/**
 * vision.onnx: `pixels` uint8 [1, H, W, 3] → `cross_k{i}`, `cross_v{i}` [1, heads, tokens, head size], what each layer of the
 * text half will look at: of the decoder, or where there is a question encoder, of that one.
 */
export function buildVision(checkpoint: Checkpoint, config: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('vision', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { vision, text } = config;
  const seen = buildVisionTransformer(graph, weights, config);
  const prefix = config.question ? 'text_encoder.encoder.layer' : 'text_decoder.bert.encoder.layer';
  const size = text.hidden_size / text.num_attention_heads;
  for (let index = 0; index < text.num_hidden_layers; index++) {
    for (const [part, name] of [
      ['k', 'key'],
      ['v', 'value'],
    ] as const) {
      const from = `${prefix}.${index}.crossattention.self.${name}`;
      const joined = weights.linear(seen, from, [text.hidden_size, vision.hidden_size]);
      const output = weights.heads(joined, text.num_attention_heads, size, `cross_${part}${index}`);
      graph.output(output, 'float32', [1, text.num_attention_heads, imageTokens(vision), size]);
    }
  }
  return graph;
}
