import type { GraphBuilder } from './graph';
import { int64s } from './tensor';

/**
 * `pixels` uint8 [1, H, W, 3] → uint8 [1, 3, side, side], squashed as Pillow's bicubic does it: on bytes, a = −0.5,
 * antialiased, pixels beyond the edge left out of the sum. Four sizes and no `axes`: onnxruntime 1.30 fails on the pair of
 * `axes` and constant sizes.
 */
export function resizeAsPillow(graph: GraphBuilder, pixels: string, side: number): string {
  const planes = graph.node('Transpose', [pixels], { perm: [0, 3, 1, 2] }); // [1, 3, H, W]
  const sizes = graph.constant(int64s([1, 3, side, side]));
  return graph.node('Resize', [planes, '', '', sizes], {
    mode: 'cubic',
    antialias: 1,
    cubic_coeff_a: -0.5,
    coordinate_transformation_mode: 'half_pixel',
    exclude_outside: 1,
  });
}
