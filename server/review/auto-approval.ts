import type { Calibration } from '../contract/calibration';
import type { DecidedBy, Suggestion } from '../contract/suggestion';

/** Who stands in `decided_by` when nobody decided. */
export const NOBODY: DecidedBy = { id: 'auto', name: 'Automatic approval' };

/** What a site's owner lets be approved without a person; null: nothing, by that. */
export interface ApprovalWish {
  /** From this confidence on. */
  readonly from: number | null;
  /** Where no more than this share of the texts is bad, by the site's own decisions. */
  readonly most_bad: number | null;
}

/**
 * The least confidence of texts that a wish lets through; null: none. A promise about bad texts goes before a bare confidence. Where the
 * site's own decisions give the confidence, a bare one lets nothing through: it would begin to by itself, at the first calibration. Pure.
 */
export function leastConfidence(
  wish: ApprovalWish,
  calibrationOf: () => Pick<Calibration, 'rules'> | null,
): number | null {
  if (wish.most_bad === null) return wish.from === null || calibrationOf() !== null ? null : wish.from;
  return calibrationOf()?.rules.find(({ most_bad }) => most_bad === wish.most_bad)?.from ?? null;
}

/**
 * Whether a suggestion may be approved without a person: only where the site's owner set a least confidence, never
 * over a human's text, never with anything to look at twice, and never from a demonstration model or one whose
 * confidence nobody measured. Pure.
 */
export function mayApproveAlone(suggestion: Suggestion, from: number | null): boolean {
  if (from === null || suggestion.state !== 'pending') return false;
  if (suggestion.model.demonstration || !suggestion.model.calibrated) return false;
  if ((suggestion.current.alt_text ?? '').trim() !== '' || suggestion.flags.length > 0) return false;
  return suggestion.fields.alt_text !== '' && suggestion.confidence >= from;
}
