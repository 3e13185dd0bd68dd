import { setImmediate as breathe } from 'node:timers/promises';
import type { BulkDecisionReply, BulkDecisionRequest } from '../contract/decision';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import type { SuggestionStore } from './suggestion-store';

/** Decisions that are committed together: some ten milliseconds, between which other requests are answered. */
const SLICE = 50;

/** Many decisions, a slice of them a transaction. One that is refused says so in its own place and stops no other. */
export async function decideAll(
  storage: Storage,
  suggestions: Pick<SuggestionStore, 'decide'>,
  { decisions }: BulkDecisionRequest,
): Promise<BulkDecisionReply> {
  const items: BulkDecisionReply['items'] = [];
  for (let from = 0; from < decisions.length; from += SLICE) {
    const slice = decisions.slice(from, from + SLICE);
    items.push(...storage.transaction(() => slice.map((one) => decideOne(suggestions, one))));
    await breathe();
  }
  return { items };
}

function decideOne(
  suggestions: Pick<SuggestionStore, 'decide'>,
  { suggestion_id, ...decision }: BulkDecisionRequest['decisions'][number],
): BulkDecisionReply['items'][number] {
  try {
    return { suggestion_id, suggestion: suggestions.decide(suggestion_id, decision) };
  } catch (error) {
    // A refusal of ours is thrown before anything is written; whatever else fails takes the whole slice back.
    if (error instanceof AppError) return { suggestion_id, error: error.toBody() };
    throw error;
  }
}
