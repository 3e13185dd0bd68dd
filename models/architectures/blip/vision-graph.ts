import type { Checkpoint } from '../../checkpoint/checkpoint';
import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { resizeAsPillow } from '../../graph/pillow-resize';
import { DATA_TYPES, int64s, tensor } from '../../onnx/tensor';
import { imageTokens, type BlipConfig } from './config';
import { GraphWeights } from '../../graph/weights';
import type { Target } from '../../graph/target';

/**
 * The first convolution with the normalisation of the pixels folded in: conv((p/255 − mean)/deviation) is one convolution of
 * the bytes themselves, W' = W / (255 · deviation), b' = b − Σ W · mean / deviation. Exact, since nothing is padded.
 */
function foldedPatches(weights: GraphWeights, { vision, mean, deviation }: BlipConfig) {
  const { hidden_size: width, patch_size: patch } = vision;
  const name = 'vision_model.embeddings.patch_embedding';
  const kernel = weights.read(`${name}.weight`, [width, 3, patch, patch]);
  const bias = weights.read(`${name}.bias`, [width]);
  const area = patch * patch;
  for (let out = 0; out < width; out++) {
    let shift = 0;
    for (let index = out * 3 * area; index < (out + 1) * 3 * area; index++) {
      const channel = Math.floor(index / area) % 3;
      const weight = kernel[index] ?? 0;
      const spread = deviation[channel] ?? 1;
      shift += (weight * (mean[channel] ?? 0)) / spread;
      kernel[index] = weight / (255 * spread);
    }
    bias[out] = (bias[out] ?? 0) - shift;
  }
  return { kernel, bias };
}

/** `pixels` → [1, 1 + patches, width]: patches, the token for the whole in front, positions. */
function embed(graph: GraphBuilder, weights: GraphWeights, config: BlipConfig): string {
  const { hidden_size: width, image_size: side, patch_size: patch } = config.vision;
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  const bytes = resizeAsPillow(graph, pixels, side);
  const floats = graph.node('Cast', [bytes], { to: DATA_TYPES.float32.onnx });
  const { kernel, bias } = foldedPatches(weights, config);
  const patches = graph.node(
    'Conv',
    [
      floats,
      graph.constant(tensor(kernel, [width, 3, patch, patch]), 'patches.kernel'),
      graph.constant(tensor(bias), 'patches.bias'),
    ],
    { kernel_shape: [patch, patch], strides: [patch, patch] },
  ); // [1, width, side / patch, side / patch]
  const rows = graph.node('Reshape', [patches, graph.constant(int64s([1, width, -1]))]);
  const cells = graph.node('Transpose', [rows], { perm: [0, 2, 1] });
  const whole = weights.small('vision_model.embeddings.class_embedding', [1, 1, width]);
  const positions = weights.small('vision_model.embeddings.position_embedding', [1, imageTokens(config.vision), width]);
  return graph.node('Add', [graph.node('Concat', [whole, cells], { axis: 1 }), positions]);
}

/** A pre-norm transformer layer over [1, tokens, width]. */
function layer(
  graph: GraphBuilder,
  weights: GraphWeights,
  x: string,
  at: { index: number; config: BlipConfig },
): string {
  const { hidden_size: width, intermediate_size: wide, layer_norm_eps: epsilon } = at.config.vision;
  const name = `vision_model.encoder.layers.${at.index}`;
  const before = weights.norm(x, `${name}.layer_norm1`, width, epsilon);
  const qkv = weights.linear(before, `${name}.self_attn.qkv`, [3 * width, width]);
  const attended = graph.node(
    'MultiHeadAttention',
    weights.split(qkv, 3),
    { num_heads: at.config.vision.num_attention_heads },
    { domain: MICROSOFT },
  );
  const after = graph.node('Add', [x, weights.linear(attended, `${name}.self_attn.projection`, [width, width])]);
  const inner = weights.norm(after, `${name}.layer_norm2`, width, epsilon);
  const activated = weights.gelu(weights.linear(inner, `${name}.mlp.fc1`, [wide, width]));
  return graph.node('Add', [after, weights.linear(activated, `${name}.mlp.fc2`, [width, wide])]);
}

/**
 * vision.onnx: `pixels` uint8 [1, H, W, 3] → `cross_k{i}`, `cross_v{i}` [1, heads, tokens, head size], what each layer of the
 * text half will look at: of the decoder, or where there is a question encoder, of that one.
 */
export function buildVision(checkpoint: Checkpoint, config: BlipConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('vision', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { vision, text } = config;
  let x = embed(graph, weights, config);
  for (let index = 0; index < vision.num_hidden_layers; index++) x = layer(graph, weights, x, { index, config });
  const seen = weights.norm(x, 'vision_model.post_layernorm', vision.hidden_size, vision.layer_norm_eps);
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
