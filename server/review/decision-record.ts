import type { DecisionRequest } from '../contract/decision';
import type { Suggestion } from '../contract/suggestion';
import type { Storage } from '../storage/database';
import { countedDecision } from './acceptance';
import { AcceptanceStore } from './acceptance-store';

/** What is kept of a decision beside the state that it leads to. Inside its transaction; `suggestion` as it was before. */
export function recordDecision(
  storage: Storage,
  siteId: string,
  suggestion: Suggestion,
  decision: DecisionRequest,
): void {
  keepCircumstances(storage, suggestion, decision);
  keepEnglish(storage, suggestion, decision);
  new AcceptanceStore(storage).decided(siteId, suggestion, countedDecision(suggestion, decision));
}

/** How the decision came about; for measuring how far suggestions can be trusted. */
function keepCircumstances(storage: Storage, { id }: Suggestion, { mode, displayed, open_ms }: DecisionRequest): void {
  storage
    .prepare('UPDATE suggestions SET decision_mode = ?, displayed = ?, open_ms = ? WHERE id = ?')
    .run(
      mode === 'one' ? null : (mode ?? null),
      displayed === undefined ? null : Number(displayed),
      open_ms ?? null,
      id,
    );
}

/** The English that a person approved beside a translation. A suggestion that is open again has none. */
function keepEnglish(storage: Storage, { id, source }: Suggestion, { action, source: said }: DecisionRequest): void {
  const changed = action === 'approve' && said !== undefined && said !== source ? said : null;
  storage.prepare('UPDATE suggestions SET approved_source = ? WHERE id = ?').run(changed, id);
}
