import type { Manifest } from '../model-folder/manifest';
import type { GraphOptions } from './graph-session';

export interface SessionWish {
  readonly threads: number;
  /** `many`: the encoder of pictures; `few`: the decoder's steps. */
  readonly rows: 'few' | 'many';
  /** What `areProductsExact` says of this CPU. */
  readonly exactProducts: boolean;
}

/** Files of before: `int8` was of 7-bit weights, which are exact on every CPU, and `int8-vnni` of 8-bit ones. */
export function hasEightBitWeights({ precision, session }: Manifest): boolean {
  return precision === 'int8-vnni' || session.eight_bit_weights;
}

/**
 * Options of every session. SkipLayerNormalization makes a step of the text, which has few rows, cheaper; on the many rows of
 * a picture it is slower than the two nodes it replaces. Threads spin
 * while a run lasts (a caption is some thousand short parallel pieces; sleeping between them costs a quarter of the text's
 * time) and stop when it ends, since an idle worker must not burn a core.
 */
export function sessionOptions(manifest: Manifest, { threads, rows, exactProducts }: SessionWish): GraphOptions {
  // onnxruntime's own guard for overflowing sums: a slower exact product. It takes 2 to 3.5 times as long on every CPU that has no
  // need of it, and is the file's business nowhere: the same file is right on both kinds.
  const needsSlowProduct = hasEightBitWeights(manifest) && !exactProducts;
  return {
    threads,
    config: {
      'session.force_spinning_stop': '1',
      ...(needsSlowProduct ? { 'session.x64quantprecision': '1' } : {}),
      ...(manifest.session.disable_quant_qdq ? { 'session.disable_quant_qdq': '1' } : {}),
      ...(rows === 'many' ? { 'optimization.disable_specified_optimizers': 'SkipLayerNormFusion' } : {}),
    },
  };
}
