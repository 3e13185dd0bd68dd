import type { ModelInfo } from '../../models/captioner';
import type { ModelRef } from '../contract/primitives';

/** What a reply says about the model that wrote a text. */
export function modelRefOf({ id, precision, demonstration, calibrated, fingerprint }: ModelInfo): ModelRef {
  return { id, precision, demonstration, calibrated, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

type Named = Pick<ModelInfo, 'id' | 'fingerprint'>;

/** Whether both are one model, as far as both say: earlier versions, and some servers, tell no fingerprint. */
export function isSameModel(one: Named, other: Named): boolean {
  const areTold = one.fingerprint !== undefined && other.fingerprint !== undefined;
  return one.id === other.id && (!areTold || one.fingerprint === other.fingerprint);
}
