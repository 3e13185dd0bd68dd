import type { GraphBuilder } from '../onnx/graph';
import { DATA_TYPES } from '../onnx/tensor';
import type { GraphWeights } from './weights';

const NAME = 'image_features';

/** float16 in int8, which halves what is remembered of a picture; its products round far coarser than that. */
function typeIn({ precision }: GraphWeights): 'float16' | 'float32' {
  return precision === 'int8' ? 'float16' : 'float32';
}

/** Makes `rows` [1, tokens, width] the output `image_features`, which is what is remembered of a picture. */
export function outputFeatures(
  graph: GraphBuilder,
  weights: GraphWeights,
  rows: string,
  [tokens, width]: readonly [number, number],
): void {
  const type = typeIn(weights);
  if (type === 'float32') graph.rename(rows, NAME);
  else graph.node('Cast', [rows], { to: DATA_TYPES.float16.onnx }, { outputs: [NAME] });
  graph.output(NAME, type, [1, tokens, width]);
}

/** Declares the input `image_features`; gives it as floats. */
export function inputFeatures(
  graph: GraphBuilder,
  weights: GraphWeights,
  [tokens, width]: readonly [number, number],
): string {
  const type = typeIn(weights);
  const given = graph.input(NAME, type, [1, tokens, width]);
  return type === 'float32' ? given : graph.node('Cast', [given], { to: DATA_TYPES.float32.onnx });
}
