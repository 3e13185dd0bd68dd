import type { ExternalData } from '../onnx/external-data';
import type { Precision, Progress } from './weights';

/** Where a graph's weights go, and in what precision. */
export interface Target {
  readonly precision: Precision;
  readonly external: ExternalData;
  readonly progress?: Progress;
}
