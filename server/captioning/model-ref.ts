import type { ModelInfo } from '../../models/captioner';
import type { ModelRef } from '../contract/primitives';

/** What a reply says about the model that wrote a text. */
export function modelRefOf({ id, precision, demonstration, calibrated }: ModelInfo): ModelRef {
  return { id, precision, demonstration, calibrated };
}
