import type { GraphBuilder } from '../../onnx/graph';
import { int64s, scalar, tensor, DATA_TYPES } from '../../onnx/tensor';
import { BLOCK_STRIDES, IMAGE_SIZE } from './architecture';
import type { MiniWeights } from './weights';

/** EfficientNet-Lite was trained on (pixel − 127) / 128. */
const PIXEL_MEAN = 127;
const PIXEL_SCALE = 1 / 128;

/** A feature map in the graph: its value, its side in cells and its channels. */
interface FeatureMap {
  readonly value: string;
  readonly side: number;
  readonly channels: number;
}

/**
 * Resize as Pillow's bicubic does it: on bytes, a = −0.5, antialiased, edge pixels left out of the sum. Four sizes and no
 * `axes`: onnxruntime 1.30 fails on the pair of `axes` and constant sizes.
 */
function squash(graph: GraphBuilder, pixels: string): string {
  const planes = graph.node('Transpose', [pixels], { perm: [0, 3, 1, 2] }); // [1, 3, H, W]
  const sizes = graph.constant(int64s([1, 3, IMAGE_SIZE, IMAGE_SIZE]));
  return graph.node('Resize', [planes, '', '', sizes], {
    mode: 'cubic',
    antialias: 1,
    cubic_coeff_a: -0.5,
    coordinate_transformation_mode: 'half_pixel',
    exclude_outside: 1,
  });
}

/** TensorFlow's SAME padding: an odd pixel goes to the bottom and the right. */
export function samePadding(side: number, kernel: number, stride: number): { pads: number[]; side: number } {
  const next = Math.ceil(side / stride);
  const total = Math.max((next - 1) * stride + kernel - side, 0);
  const before = Math.floor(total / 2);
  return { pads: [before, before, total - before, total - before], side: next };
}

/** Builds the image encoder: pixels → [1, features, grid, grid]. */
export class MiniEncoder {
  private readonly zero: string;
  private readonly six: string;

  constructor(
    private readonly graph: GraphBuilder,
    private readonly weights: MiniWeights,
  ) {
    this.zero = graph.constant(scalar(0));
    this.six = graph.constant(scalar(6));
  }

  build(pixels: string): string {
    const { graph } = this;
    const bytes = squash(graph, pixels);
    const floats = graph.node('Cast', [bytes], { to: DATA_TYPES.float32.onnx });
    const centred = graph.node('Sub', [floats, graph.constant(scalar(PIXEL_MEAN))]);
    const value = graph.node('Mul', [centred, graph.constant(tensor(Float32Array.of(PIXEL_SCALE)))]);
    let map = this.convolve({ value, side: IMAGE_SIZE, channels: 3 }, 'encoder.stem', { stride: 2, act: true });
    BLOCK_STRIDES.forEach((stride, index) => {
      map = this.block(map, `encoder.blocks.${index}`, stride);
    });
    return this.convolve(map, 'encoder.head', { stride: 1, act: true }).value;
  }

  /** Inverted residual: widen, filter each channel, narrow; without squeeze-and-excite. */
  private block(input: FeatureMap, name: string, stride: number): FeatureMap {
    let map = input;
    if (this.weights.dims(`${name}.expand.weight`) !== undefined) {
      map = this.convolve(map, `${name}.expand`, { stride: 1, act: true });
    }
    map = this.convolve(map, `${name}.depthwise`, { stride, act: true });
    map = this.convolve(map, `${name}.project`, { stride: 1, act: false });
    if (stride !== 1 || map.channels !== input.channels) return map;
    return { ...map, value: this.graph.node('Add', [input.value, map.value]) };
  }

  /** A convolution (batch norm is folded into its weights) and, where wanted, ReLU6. */
  private convolve(input: FeatureMap, name: string, { stride, act }: { stride: number; act: boolean }): FeatureMap {
    const [out = 0, inside = 1, size = 1] = this.weights.dims(`${name}.weight`) ?? [];
    const kernel = this.weights.kernel(`${name}.weight`, [out, inside, size, size]);
    const bias = this.weights.vector(`${name}.bias`, out);
    const { pads, side } = samePadding(input.side, size, stride);
    const convolved = this.graph.node('Conv', [input.value, kernel, bias], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      group: input.channels / inside,
      pads,
    });
    const value = act ? this.graph.node('Clip', [convolved, this.zero, this.six]) : convolved;
    return { value, side, channels: out };
  }
}
