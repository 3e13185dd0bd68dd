import type { GraphBuilder } from '../onnx/graph';
import { int64s } from '../onnx/tensor';

/** On bytes, a = −0.5, antialiased, pixels beyond the edge left out of the sum. */
const BICUBIC = {
  mode: 'cubic',
  antialias: 1,
  cubic_coeff_a: -0.5,
  coordinate_transformation_mode: 'half_pixel',
  exclude_outside: 1,
} as const;

/**
 * Pillow resizes one axis after the other and rounds to bytes between. Since version 13 it takes the height first when
 * much more of it goes: height > side and height − side > 2 · (width − side), found by trying all sizes from 8 to 300. The
 * size after the first Resize: [1, 3, side, width] then, else [1, 3, side, side], which leaves the second nothing to do.
 */
function firstSize(graph: GraphBuilder, planes: string, side: number): string {
  const height = graph.node('Shape', [planes], { start: 2, end: 3 });
  const width = graph.node('Shape', [planes], { start: 3, end: 4 });
  const target = graph.constant(int64s([side]));
  const lessHeight = graph.node('Sub', [height, target]);
  const lessWidth = graph.node('Mul', [graph.node('Sub', [width, target]), graph.constant(int64s([2]))]);
  const heightFirst = graph.node('And', [
    graph.node('Greater', [lessHeight, graph.constant(int64s([0]))]),
    graph.node('Greater', [lessHeight, lessWidth]),
  ]);
  const across = graph.node('Where', [heightFirst, width, target]);
  return graph.node('Concat', [graph.constant(int64s([1, 3, side])), across], { axis: 0 });
}

/** The same as torchvision does it, which takes the width first always: within 2/255 of it (its weights are 16-bit integers). */
export function resizeAsTorchvision(graph: GraphBuilder, pixels: string, side: number): string {
  const planes = graph.node('Transpose', [pixels], { perm: [0, 3, 1, 2] }); // [1, 3, H, W]
  return graph.node('Resize', [planes, '', '', graph.constant(int64s([1, 3, side, side]))], BICUBIC);
}

/**
 * `pixels` uint8 [1, H, W, 3] → uint8 [1, 3, side, side], squashed as Pillow's bicubic does it. Four sizes and no `axes`:
 * onnxruntime 1.30 fails on the pair of `axes` and constant sizes.
 */
export function resizeAsPillow(graph: GraphBuilder, pixels: string, side: number): string {
  const planes = graph.node('Transpose', [pixels], { perm: [0, 3, 1, 2] }); // [1, 3, H, W]
  const first = graph.node('Resize', [planes, '', '', firstSize(graph, planes, side)], BICUBIC);
  return graph.node('Resize', [first, '', '', graph.constant(int64s([1, 3, side, side]))], BICUBIC);
}
