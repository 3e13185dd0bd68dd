import type { Calibration, ConfidenceRule } from '../../contract/calibration';
import type { ModelRef } from '../../contract/primitives';
import { ask } from '../connection/request';
import { isNumber, isText, listOf, orNull, shape } from '../connection/shape';
import { useResource } from '../connection/use-resource';

type Rules = Pick<Calibration, 'model' | 'rules'>;

const rule = shape<ConfidenceRule>({
  most_bad: isNumber,
  from: isNumber,
  decided: isNumber,
  bad: isNumber,
  upper: isNumber,
});
const rules = shape<Rules>({
  model: shape<Calibration['model']>({ id: isText, fingerprint: orNull(isText) }),
  rules: listOf(rule),
});
const isReply = shape<{ site: { calibration: Rules[] } }>({
  site: shape<{ calibration: Rules[] }>({ calibration: listOf(rules) }),
});

/** What the decisions of the site say about its models; empty until it is known. */
export function useCalibrations(): readonly Rules[] {
  const { data } = useResource(
    'calibrations',
    async (signal) => (await ask('/v1/site', isReply, { signal })).site.calibration,
  );
  return data ?? [];
}

/** Shares of bad texts that some model can promise. */
export function offeredPromises(calibrations: readonly Rules[]): number[] {
  const shares = calibrations.flatMap((one) => one.rules.map(({ most_bad }) => most_bad));
  return [...new Set(shares)].sort((one, other) => one - other);
}

/** From which confidence on texts of a model keep the promise; null: none do. */
export function leastOf(calibrations: readonly Rules[], { id, fingerprint }: ModelRef, mostBad: number): number | null {
  const own = calibrations.find(({ model }) => model.id === id && (model.fingerprint ?? undefined) === fingerprint);
  return own?.rules.find(({ most_bad }) => most_bad === mostBad)?.from ?? null;
}

export const promiseInWords = (mostBad: number) =>
  `where at most ${Math.round(mostBad * 100)} % are bad, by your decisions`;
