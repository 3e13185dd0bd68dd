import type { DecidedBy, Suggestion } from '../contract/suggestion';

/** Who stands in `decided_by` when nobody decided. */
export const NOBODY: DecidedBy = { id: 'auto', name: 'Automatic approval' };

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
