import type { BulkDecisionReply, BulkDecisionRequest } from '../contract/decision';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import type { SuggestionStore } from './suggestion-store';

/** Many decisions in one transaction. One that is refused says so in its own place and stops no other. */
export function decideAll(
  storage: Storage,
  suggestions: Pick<SuggestionStore, 'decide'>,
  request: BulkDecisionRequest,
): BulkDecisionReply {
  return storage.transaction(() => ({
    items: request.decisions.map(({ suggestion_id, ...decision }) => {
      try {
        return { suggestion_id, suggestion: suggestions.decide(suggestion_id, decision) };
      } catch (error) {
        // A refusal of ours is thrown before anything is written; whatever else fails takes the whole request back.
        if (error instanceof AppError) return { suggestion_id, error: error.toBody() };
        throw error;
      }
    }),
  }));
}
