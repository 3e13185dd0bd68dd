import type { Judgement } from '../../models/evaluation/calibration';
import { Fields, FieldValues } from '../contract/fields';
import { ModelRef } from '../contract/primitives';
import type { Storage } from '../storage/database';
import { isSameText } from './acceptance';
import { AS_SUGGESTED } from './suggestion-row';

/** Which model: other weights of the same name are another one. */
export interface ModelName {
  readonly id: string;
  /** Empty where it is not known. */
  readonly fingerprint: string;
}

export interface ModelJudgement extends Judgement {
  readonly model: ModelName;
  /** Milliseconds UTC. */
  readonly decidedAt: number;
}

interface JudgedRow {
  readonly confidence: number;
  readonly state: string;
  readonly fields: string;
  readonly values: string | null;
  readonly model: string;
  readonly decided_at: number;
}

/** The latest ones count: models, pictures and people change. */
const MOST = 2000;

export const nameOf = ({ id, fingerprint }: Pick<ModelRef, 'id' | 'fingerprint'>): ModelName => ({
  id,
  fingerprint: fingerprint ?? '',
});

/** Whether the text was good as it was; null where the decision says nothing about it. */
function isGood({ state, fields, values }: JudgedRow): boolean | null {
  if (state === 'rejected') return false;
  if (values === null) return null;
  if (values === AS_SUGGESTED) return true;
  const approved = FieldValues.parse(JSON.parse(values)).alt_text ?? '';
  // Decorative: the person says what the picture is for.
  if (approved === '') return null;
  return isSameText(approved, Fields.parse(JSON.parse(fields)).alt_text);
}

/**
 * The latest decisions of a site that say something about a model: those made one by one, with the picture on the screen, about English texts of
 * pictures. Decisions in bulk, by a rule, or without having seen the picture are none. Newest first.
 */
export function readJudgements(storage: Storage, siteId: string): ModelJudgement[] {
  const rows = storage
    .prepare<[string, number], JudgedRow>(
      `SELECT coalesce(own_confidence, confidence) AS confidence, state, fields, "values", model, decided_at
       FROM suggestions
       WHERE site_id = ? AND displayed = 1 AND decision_mode IS NULL AND decided_at IS NOT NULL
         AND source IS NULL AND video IS NULL AND state <> 'pending'
       ORDER BY decided_at DESC LIMIT ?`,
    )
    .all(siteId, MOST);
  return rows.flatMap((row) => {
    const good = isGood(row);
    const { confidence, decided_at: decidedAt } = row;
    return good === null
      ? []
      : [{ confidence, isGood: good, decidedAt, model: nameOf(ModelRef.parse(JSON.parse(row.model))) }];
  });
}
