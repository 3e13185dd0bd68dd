import type { ModelInfo } from '../../models/captioner';
import type { ModelRef } from '../contract/primitives';

/** What a reply says about the model that wrote a text. */
export function modelRefOf({ id, precision, demonstration, calibrated, fingerprint }: ModelInfo): ModelRef {
  return { id, precision, demonstration, calibrated, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

/**
 * What wrote a text of several parts, each by its own model, as when a change-over comes in between: all of them by name. It is no
 * model's own text then, so that nobody finds it again as one.
 */
export function jointModelRef([first, ...others]: readonly [ModelRef, ...ModelRef[]]): ModelRef {
  if (others.every((other) => isSameModel(first, other) && other.precision === first.precision)) return first;
  const refs = [first, ...others];
  const all = (names: readonly string[]) => [...new Set(names)].sort().join(' + ');
  return {
    id: all(refs.map(({ id }) => id)),
    precision: all(refs.map(({ precision }) => precision)),
    demonstration: refs.some(({ demonstration }) => demonstration),
    calibrated: refs.every(({ calibrated }) => calibrated),
  };
}

type Named = Pick<ModelInfo, 'id' | 'fingerprint'>;

/** Whether both are one model, as far as both say: earlier versions, and some servers, tell no fingerprint. */
export function isSameModel(one: Named, other: Named): boolean {
  const areTold = one.fingerprint !== undefined && other.fingerprint !== undefined;
  return one.id === other.id && (!areTold || one.fingerprint === other.fingerprint);
}
