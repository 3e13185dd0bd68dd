import { GraphBuilder, MICROSOFT } from '../../onnx/graph';
import { int64s } from '../../onnx/tensor';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import type { ExternalData } from '../../onnx/external-data';
import type { MiniArchitecture } from './architecture';
import { MiniEncoder } from './encoder';
import { MiniWeights, type MiniPrecision } from './weights';

/** LayerNorm of the neck keeps PyTorch's default. */
const NECK_EPSILON = 1e-5;

function norm(graph: GraphBuilder, weights: MiniWeights, x: string, [name, width]: readonly [string, number]): string {
  const gain = weights.vector(`${name}.weight`, width);
  const bias = weights.vector(`${name}.bias`, width);
  return graph.node('LayerNormalization', [x, gain, bias], { axis: -1, epsilon: NECK_EPSILON });
}

/** Pre-norm transformer layer over the picture's tokens [1, 82, width]. */
function neckLayer(
  graph: GraphBuilder,
  weights: MiniWeights,
  x: string,
  [index, a]: [number, MiniArchitecture],
): string {
  const name = `neck.layers.${index}`;
  const square = [a.width, a.width] as const;
  const y = norm(graph, weights, x, [`${name}.n1`, a.width]);
  const [q, k, v] = ['q', 'k', 'v'].map((part) => weights.linear(y, `${name}.att.${part}`, square));
  const attended = graph.node(
    'MultiHeadAttention',
    [q ?? '', k ?? '', v ?? ''],
    { num_heads: a.heads },
    { domain: MICROSOFT },
  );
  const after = graph.node('Add', [x, weights.linear(attended, `${name}.att.o`, square)]);
  const wide = weights.linear(norm(graph, weights, after, [`${name}.n2`, a.width]), `${name}.f1`, [a.neckFfn, a.width]);
  const activated = graph.node('Gelu', [wide], {}, { domain: MICROSOFT });
  return graph.node('Add', [after, weights.linear(activated, `${name}.f2`, [a.width, a.neckFfn])]);
}

/** Feature map [1, features, grid, grid] → tokens [1, 82, width] and the mean of its cells [1, features]. */
function neck(graph: GraphBuilder, weights: MiniWeights, map: string, a: MiniArchitecture) {
  const flat = graph.node('Reshape', [map, graph.constant(int64s([1, a.features, a.grid ** 2]))]); // [1, 1280, 81]
  const cells = graph.node('Transpose', [flat], { perm: [0, 2, 1] }); // [1, 81, 1280]
  const mean = graph.node('ReduceMean', [cells, graph.constant(int64s([1]))], { keepdims: 1 }); // [1, 1, 1280]
  const pooled = weights.linear(mean, 'neck.pooled', [a.width, a.features]);
  const projected = weights.linear(cells, 'neck.proj', [a.width, a.features]);
  const joined = graph.node('Concat', [pooled, projected], { axis: 1 }); // [1, 82, width]
  const positions = weights.table('neck.pos', [a.imageTokens, a.width]);
  let x = graph.node('Add', [norm(graph, weights, joined, ['neck.norm_in', a.width]), positions]);
  for (let index = 0; index < a.neckLayers; index++) x = neckLayer(graph, weights, x, [index, a]);
  return { tokens: norm(graph, weights, x, ['neck.norm_out', a.width]), mean };
}

/**
 * vision.onnx of mini: `pixels` uint8 [1, H, W, 3] → `cross_k{i}`, `cross_v{i}` [1, heads, 82, head size] for each decoder
 * layer, and `class_logits` [1, 1000].
 */
export function buildVision(
  checkpoint: Checkpoint,
  a: MiniArchitecture,
  target: { precision: MiniPrecision; external: ExternalData },
): GraphBuilder {
  const graph = new GraphBuilder('vision', target.external);
  const weights = new MiniWeights(checkpoint, graph, target.precision);
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  const { tokens, mean } = neck(graph, weights, new MiniEncoder(graph, weights).build(pixels), a);
  const split = graph.constant(int64s([1, a.imageTokens, a.heads, a.headSize]));
  for (let layer = 0; layer < a.layers; layer++) {
    for (const part of ['k', 'v']) {
      const joined = weights.linear(tokens, `neck.${part}.${layer}`, [a.width, a.width]);
      const heads = graph.node('Reshape', [joined, split]);
      const name = graph.node('Transpose', [heads], { perm: [0, 2, 1, 3] }, { outputs: [`cross_${part}${layer}`] });
      graph.output(name, 'float32', [1, a.heads, a.imageTokens, a.headSize]);
    }
  }
  if (a.classes > 0) {
    const logits = weights.linear(mean, 'classifier', [a.classes, a.features]); // [1, 1, 1000]
    const shape = graph.constant(int64s([1, a.classes]));
    graph.output(graph.node('Reshape', [logits, shape], {}, { outputs: ['class_logits'] }), 'float32', [1, a.classes]);
  }
  return graph;
}
