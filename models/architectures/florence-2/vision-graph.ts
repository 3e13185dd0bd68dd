import type { Checkpoint } from '../../checkpoint/checkpoint';
import { outputFeatures } from '../../graph/image-features';
import { resizeAsTorchvision } from '../../graph/pillow-resize';
import type { Target } from '../../graph/target';
import { GraphWeights } from '../../graph/weights';
import { ModelError } from '../../model-error';
import { GraphBuilder } from '../../onnx/graph';
import { DATA_TYPES, int64s, tensor } from '../../onnx/tensor';
import { rowsIn } from '../../precision/rows';
import { stagesOf, type FlorenceConfig, type Stage } from './config';
import { EPSILON, StageBlocks } from './davit';
import { PROJECTION, PROJECTOR, VISION } from './names';

/** `pixels` → float32 [1, 3, side, side], without the means; the deviations are folded into the first convolution. */
function readPixels(graph: GraphBuilder, { side, mean }: FlorenceConfig): string {
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  const floats = graph.node('Cast', [resizeAsTorchvision(graph, pixels, side)], { to: DATA_TYPES.float32.onnx });
  // The convolution pads with zeros after normalisation, so the means cannot be folded into its bias.
  const means = Float32Array.from(mean, (value) => 255 * value);
  return graph.node('Sub', [floats, graph.constant(tensor(means, [1, 3, 1, 1]))]);
}

/** The kernel of a stage's convolution; the first divides by 255 · deviation. */
function kernelOf(weights: GraphWeights, { deviation }: FlorenceConfig, { index, width, before, patch }: Stage) {
  const dims = [width, before, patch.size, patch.size];
  const kernel = weights.read(`${VISION}.convs.${index}.conv.weight`, dims);
  if (index > 0) return tensor(kernel, dims);
  const area = patch.size ** 2;
  const scaled = kernel.map((weight, place) => weight / (255 * (deviation[Math.floor(place / area) % 3] ?? 1)));
  return tensor(scaled, dims);
}

/** A stage's convolution: planes [1, 3, side, side] (the first) or rows [1, N, before] → rows [1, grid², width]. */
function embedPatches(
  graph: GraphBuilder,
  weights: GraphWeights,
  x: string,
  { config, stage, sideBefore }: { config: FlorenceConfig; stage: Stage; sideBefore: number },
): string {
  const { index, width, before, patch } = stage;
  const name = `${VISION}.convs.${index}`;
  const norm = (rows: string, size: number) => weights.norm(rows, `${name}.norm`, size, EPSILON);
  let planes = x;
  if (index > 0) {
    const rows = patch.prenorm ? norm(x, before) : x;
    const shape = graph.constant(int64s([1, sideBefore, sideBefore, before]));
    planes = graph.node('Transpose', [graph.node('Reshape', [rows, shape])], { perm: [0, 3, 1, 2] });
  }
  const kernel = graph.constant(kernelOf(weights, config, stage), `${name}.kernel`);
  const made = graph.node('Conv', [planes, kernel, weights.small(`${name}.conv.bias`, [width])], {
    kernel_shape: [patch.size, patch.size],
    strides: [patch.stride, patch.stride],
    pads: [patch.padding, patch.padding, patch.padding, patch.padding],
  });
  const shape = graph.constant(int64s([1, -1, width]));
  const rows = graph.node('Reshape', [graph.node('Transpose', [made], { perm: [0, 2, 3, 1] }), shape]);
  return patch.prenorm && index > 0 ? rows : norm(rows, width);
}

/** Where each row of the last grid is, and at time 0: [1, grid², width]. For row y and column x: columns[x] ‖ rows[y]. */
function placesOf(checkpoint: Checkpoint, weights: GraphWeights, { grid, width }: Stage): Float32Array {
  const read = (name: string, least: number, size: number) => {
    const whole = `${PROJECTOR}.${name}`;
    const [rows = 0] = checkpoint.tensors.get(whole)?.dims ?? [];
    if (rows > 0 && rows < least) {
      const reason = `the weight "${whole}" has ${rows} rows, and ${least} are needed for pictures of this size`;
      throw new ModelError('MODEL_FILE_DAMAGED', `The checkpoint does not fit together: ${reason}.`);
    }
    return { values: weights.read(whole, [rows, size]), size };
  };
  // An odd width gives the columns one more (transformers, Florence2VisionLearnedAbsolutePositionEmbedding2D).
  const half = Math.floor(width / 2);
  const columns = read('image_position_embed.column_embeddings.weight', grid, width - half);
  const rows = read('image_position_embed.row_embeddings.weight', grid, half);
  const time = read('visual_temporal_embed.pos_idx_to_embed', 1, width).values;
  const places = new Float32Array(grid * grid * width);
  for (let index = 0; index < places.length; index++) {
    const [cell, channel] = [Math.floor(index / width), index % width];
    const [y, x] = [Math.floor(cell / grid), cell % grid];
    const place =
      channel < columns.size
        ? columns.values[x * columns.size + channel]
        : rows.values[y * rows.size + channel - columns.size];
    places[index] = (place ?? 0) + (time[channel] ?? 0);
  }
  return places;
}

/** Rows of the last stage → `image_features` [1, 1 + grid², text width], their mean in front. */
function project(
  graph: GraphBuilder,
  weights: GraphWeights,
  x: string,
  { checkpoint, last, width }: { checkpoint: Checkpoint; last: Stage; width: number },
): string {
  const places = tensor(placesOf(checkpoint, weights, last), [1, last.grid ** 2, last.width]);
  const placed = graph.node('Add', [x, graph.constant(places, 'places')]);
  const mean = graph.node('ReduceMean', [placed, graph.constant(int64s([1]))], { keepdims: 1 });
  const tokens = graph.node('Concat', [mean, placed], { axis: 1 });
  const dims: [number, number] = [width, last.width];
  const bias = graph.constant(tensor(new Float32Array(width)), `${PROJECTION}:bias`);
  const rows = rowsIn(weights.read(PROJECTION, dims), dims);
  const projected = weights.product(tokens, PROJECTION, { rows, bias });
  return weights.norm(projected, `${PROJECTOR}.image_proj_norm`, width, EPSILON);
}

/** vision.onnx: `pixels` uint8 [1, H, W, 3] → `image_features` [1, image tokens, text width]: DaViT and the projection. */
export function buildVision(checkpoint: Checkpoint, config: FlorenceConfig, target: Target): GraphBuilder {
  const graph = new GraphBuilder('vision', target.external);
  const weights = new GraphWeights(checkpoint, graph, target.precision, target.progress);
  const { d_model: width } = config.text;
  let x = readPixels(graph, config);
  let sideBefore = config.side;
  let last: Stage | null = null;
  for (const stage of stagesOf(config)) {
    x = embedPatches(graph, weights, x, { config, stage, sideBefore });
    const blocks = new StageBlocks(graph, weights, { stage, vision: config.vision });
    for (let index = 0; index < stage.depth; index++) x = blocks.block(x, index);
    sideBefore = stage.grid;
    last = stage;
  }
  if (last === null) throw new Error('A configuration without stages was not refused.');
  const rows = project(graph, weights, x, { checkpoint, last, width });
  outputFeatures(graph, weights, rows, { dims: [last.grid ** 2 + 1, width], form: 'halves' });
  return graph;
}
