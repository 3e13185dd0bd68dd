import type { Normalisation } from '../checkpoint/preprocessor';
import { MICROSOFT, type GraphBuilder } from '../onnx/graph';
import { DATA_TYPES, int64s, tensor } from '../onnx/tensor';
import { resizeAsPillow } from './pillow-resize';
import type { GraphWeights } from './weights';

/** Sizes of a vision transformer, by the names that config.json gives them. */
export interface VisionTransformer {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly image_size: number;
  readonly patch_size: number;
  readonly layer_norm_eps: number;
}

/** Sizes of a vision transformer, and how its pictures are normalised. */
export interface VisionEncoderConfig extends Normalisation {
  readonly vision: VisionTransformer;
}

/** Tokens that a vision transformer makes of a picture: one for each patch, and the class token. */
export function imageTokens({
  image_size: side,
  patch_size: patch,
}: Pick<VisionTransformer, 'image_size' | 'patch_size'>) {
  return (side / patch) ** 2 + 1;
}

/**
 * The first convolution with the normalisation of the pixels folded in: conv((p/255 − mean)/deviation) is one convolution of
 * the bytes themselves, W' = W / (255 · deviation), b' = b − Σ W · mean / deviation. Exact, since nothing is padded.
 */
function foldedPatches(weights: GraphWeights, { vision, mean, deviation }: VisionEncoderConfig) {
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
function embed(graph: GraphBuilder, weights: GraphWeights, config: VisionEncoderConfig): string {
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
  at: { index: number; config: VisionEncoderConfig },
): string {
  const { hidden_size: width, intermediate_size: wide, layer_norm_eps: epsilon } = at.config.vision;
  const name = `vision_model.encoder.layers.${at.index}`;
  const before = weights.norm(x, `${name}.layer_norm1`, width, epsilon);
  const { qkv, missing } = weights.attentionInputs(before, `${name}.self_attn.qkv`, width);
  const heads = { num_heads: at.config.vision.num_attention_heads };
  const attended = graph.node('MultiHeadAttention', qkv, heads, { domain: MICROSOFT });
  const projected = weights.linearWithout(attended, `${name}.self_attn.projection`, [width, width], missing);
  const after = graph.node('Add', [x, projected]);
  const inner = weights.norm(after, `${name}.layer_norm2`, width, epsilon);
  const activated = weights.gelu(weights.linear(inner, `${name}.mlp.fc1`, [wide, width]));
  return graph.node('Add', [after, weights.linear(activated, `${name}.mlp.fc2`, [width, wide])]);
}

/** The vision transformer of BLIP and BLIP-2: `pixels` uint8 [1, H, W, 3], an input of the graph → [1, 1 + patches, width], normalised. */
export function buildVisionTransformer(
  graph: GraphBuilder,
  weights: GraphWeights,
  config: VisionEncoderConfig,
): string {
  const { num_hidden_layers: layers, hidden_size: width, layer_norm_eps: epsilon } = config.vision;
  let x = embed(graph, weights, config);
  for (let index = 0; index < layers; index++) x = layer(graph, weights, x, { index, config });
  return weights.norm(x, 'vision_model.post_layernorm', width, epsilon);
}
