import type { GraphBuilder } from '../onnx/graph';
import { DATA_TYPES } from '../onnx/tensor';
import type { GraphWeights } from './weights';

const NAME = 'image_features';
/** As bytes: what one stands for, and which byte is 0. */
const [STEP, ZERO] = ['image_step', 'image_zero'];

/**
 * What is remembered of a picture, in int8. `bytes`: where products alone read it, which would turn it into those bytes themselves;
 * `halves`: float16, where it is read in other ways too, and rounded to bytes only after that.
 */
export type FeatureForm = 'bytes' | 'halves';

function typeIn({ precision }: GraphWeights, form: FeatureForm): 'float16' | 'float32' | 'uint8' {
  if (precision !== 'int8') return 'float32';
  return form === 'bytes' ? 'uint8' : 'float16';
}

/** Makes `rows` [1, tokens, width] the output `image_features` (and `image_step`, `image_zero`, of bytes), which is what is remembered of a picture. */
export function outputFeatures(
  graph: GraphBuilder,
  weights: GraphWeights,
  rows: string,
  { dims, form }: { dims: readonly [number, number]; form: FeatureForm },
): void {
  const type = typeIn(weights, form);
  if (type === 'float32') graph.rename(rows, NAME);
  else if (type === 'float16') graph.node('Cast', [rows], { to: DATA_TYPES.float16.onnx }, { outputs: [NAME] });
  else {
    graph.node('DynamicQuantizeLinear', [rows], {}, { outputs: [NAME, STEP, ZERO] });
    graph.output(STEP, 'float32', []);
    graph.output(ZERO, 'uint8', []);
  }
  graph.output(NAME, type, [1, ...dims]);
}

/** Declares the input `image_features`; gives it as floats, or as bytes that only products may read. */
export function inputFeatures(
  graph: GraphBuilder,
  weights: GraphWeights,
  { dims, form }: { dims: readonly [number, number]; form: FeatureForm },
): string {
  const type = typeIn(weights, form);
  const given = graph.input(NAME, type, [1, ...dims]);
  if (type === 'float16') return graph.node('Cast', [given], { to: DATA_TYPES.float32.onnx });
  if (type === 'uint8') {
    const [step, zero] = [graph.input(STEP, 'float32', []), graph.input(ZERO, 'uint8', [])];
    weights.readsBytes(given, { bytes: given, step, zero });
  }
  return given;
}
