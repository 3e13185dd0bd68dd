import type { Site } from '../../contract/admin';
import type { ModelRef } from '../../contract/primitives';

/**
 * Who approves what is written for a site. The least confidence alone does not say it: nothing of a demonstration model, or of
 * one whose confidence nobody measured, is approved without a person. `models`: what the workers caption with. Pure.
 */
export function approvalSentence(
  {
    auto_approve_from: from,
    auto_approve_most_bad: mostBad,
  }: Pick<Site, 'auto_approve_from' | 'auto_approve_most_bad'>,
  models: readonly ModelRef[],
) {
  if (mostBad !== null) {
    const promise = `where at most ${Math.round(mostBad * 100)} % of the texts are bad, by the decisions of its people`;
    return `approves by itself ${promise}; nothing of a demonstration model, and nothing before enough are decided`;
  }
  if (from === null) return 'a person approves everything';
  const percent = `${Math.round(from * 100)} %`;
  const ids = [...new Set(models.filter((model) => model.demonstration || !model.calibrated).map(({ id }) => id))];
  if (models.length > 0 && ids.length === 0) return `approves by itself from ${percent}`;
  if (models.length === 0) return `set to approve by itself from ${percent}, once there is a model that may`;
  const reason = `nothing that ${ids.join(' or ')} wrote: a demonstration model, or its confidence was never measured`;
  const isNone = ids.length === new Set(models.map(({ id }) => id)).size;
  return isNone
    ? `a person approves everything: set to approve by itself from ${percent}, but ${reason}`
    : `approves by itself from ${percent}, but ${reason}`;
}
