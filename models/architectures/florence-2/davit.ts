import type { GraphWeights } from '../../graph/weights';
import { MICROSOFT, type GraphBuilder } from '../../onnx/graph';
import { int64s, scalar, tensor } from '../../onnx/tensor';
import type { Stage, VisionConfig } from './config';
import { VISION } from './names';

/** PyTorch's default, which every norm of the model keeps. */
export const EPSILON = 1e-5;
/** Far below what a float32 sum of shares can tell from 0, and far above the smallest normal float32. */
const LEAST_SHARE = 1e-30;

/**
 * The blocks of one stage of DaViT (arXiv 2204.03645), over rows [1, grid², width]. Each is a block of attention within windows, then
 * one of attention between channels.
 */
export class StageBlocks {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: GraphWeights,
    private readonly at: { readonly stage: Stage; readonly vision: VisionConfig },
  ) {}

  block(x: string, index: number): string {
    const name = `${VISION}.blocks.${this.at.stage.index}.${index}`;
    const windows = this.half(x, `${name}.spatial_block`, (rows, part) => this.windows(rows, `${part}.window_attn`));
    return this.half(windows, `${name}.channel_block`, (rows, part) => this.channels(rows, `${part}.channel_attn`));
  }

  private half(x: string, name: string, attend: (rows: string, name: string) => string): string {
    const { graph, weights } = this;
    const { width } = this.at.stage;
    const wide = Math.floor(width * this.at.vision.mlp_ratio);
    const placed = this.depthwise(x, `${name}.conv1`);
    const attended = graph.node('Add', [placed, attend(weights.norm(placed, `${name}.norm1`, width, EPSILON), name)]);
    const again = this.depthwise(attended, `${name}.conv2`);
    const normed = weights.norm(again, `${name}.norm2`, width, EPSILON);
    const inner = weights.gelu(weights.linear(normed, `${name}.ffn.fc1`, [wide, width]));
    return graph.node('Add', [again, weights.linear(inner, `${name}.ffn.fc2`, [width, wide])]);
  }

  /** x plus a 3 × 3 convolution of each channel by itself, as one convolution: 1 is added to the middle of its kernel. */
  private depthwise(x: string, name: string): string {
    const { graph, weights } = this;
    const { width, grid } = this.at.stage;
    const dims = [width, 1, 3, 3];
    const kernel = weights.read(`${name}.weight`, dims);
    for (let middle = 4; middle < kernel.length; middle += 9) kernel[middle] = (kernel[middle] ?? 0) + 1;
    const planes = graph.node('Transpose', [this.reshape(x, [1, grid, grid, width])], { perm: [0, 3, 1, 2] });
    const made = graph.node(
      'Conv',
      [planes, graph.constant(tensor(kernel, dims), `${name}.kernel`), weights.small(`${name}.bias`, [width])],
      { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: width },
    );
    return this.reshape(graph.node('Transpose', [made], { perm: [0, 2, 3, 1] }), [1, -1, width]);
  }

  /** Attention within windows. Where they do not fit the grid, zeros fill the last ones after the norm, and are attended to. */
  private windows(x: string, name: string): string {
    const { graph, weights } = this;
    const { width, grid, heads } = this.at.stage;
    const { window_size: window } = this.at.vision;
    const count = Math.ceil(grid / window);
    const full = count * window;
    const padded = full === grid ? x : this.pad(x, full - grid);
    const swapped = (rows: string, dims: readonly number[]) =>
      graph.node('Transpose', [this.reshape(rows, dims)], { perm: [0, 2, 1, 3] });
    const rows = weights.reordered(padded, (each) =>
      this.reshape(swapped(each, [count, window, count, window * width]), [count * count, window * window, width]),
    );
    const { qkv, missing } = weights.attentionInputs(rows, `${name}.qkv`, width);
    const attended = graph.node('MultiHeadAttention', qkv, { num_heads: heads }, { domain: MICROSOFT });
    const joined = weights.reordered(attended, (each) => {
      const all = swapped(each, [count, count, window, window * width]);
      return this.reshape(full === grid ? all : this.crop(all, full), [1, -1, width]);
    });
    return weights.linearWithout(joined, `${name}.proj`, [width, width], missing);
  }

  /** Attention between the channels of a group: how alike two of them are over all rows, scaled by the number of rows. */
  private channels(x: string, name: string): string {
    const { graph, weights } = this;
    const { width, grid, groups } = this.at.stage;
    const rows = grid * grid;
    const grouped = weights
      .queryKeyValue(x, `${name}.qkv`, width)
      .map((part) => this.reshape(part, [rows, groups, width / groups]));
    const [q = '', k = '', v = ''] = grouped;
    // `transBatch`: the groups, in the middle, are what there is a product for each of.
    const ofGroups = { transBatchA: 1, transBatchB: 1, transA: 1, alpha: rows ** -0.5 };
    const likeness = graph.node('FusedMatMul', [q, k], ofGroups, { domain: MICROSOFT });
    // Sums over thousands of rows are large, so shares are often below 1e-38, where floats lose their fast form: 36,864 rows times such
    // numbers take 40 times as long.
    const shares = graph.node('Clip', [
      graph.node('Softmax', [likeness], { axis: -1 }),
      graph.constant(scalar(LEAST_SHARE)),
    ]);
    const mixed = graph.node('FusedMatMul', [v, shares], { transBatchA: 1, transB: 1 }, { domain: MICROSOFT });
    const joined = weights.reordered(mixed, (each) =>
      this.reshape(graph.node('Transpose', [each], { perm: [1, 0, 2] }), [1, rows, width]),
    );
    return weights.linear(joined, `${name}.proj`, [width, width]);
  }

  private pad(x: string, more: number): string {
    const { width, grid } = this.at.stage;
    const pads = this.graph.constant(int64s([0, 0, 0, more, more, 0]));
    return this.graph.node('Pad', [this.reshape(x, [grid, grid, width]), pads]);
  }

  private crop(x: string, full: number): string {
    const { width, grid } = this.at.stage;
    const [begin, end, axes] = [
      [0, 0],
      [grid, grid],
      [0, 1],
    ].map((values) => this.graph.constant(int64s(values)));
    return this.graph.node('Slice', [this.reshape(x, [full, full, width]), begin ?? '', end ?? '', axes ?? '']);
  }

  private reshape(x: string, dims: readonly number[]): string {
    return this.graph.node('Reshape', [x, this.graph.constant(int64s(dims))]);
  }
}
