import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { BulkDecisionReply, BulkDecisionRequest } from '../contract/decision';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import type { SuggestionStore } from './suggestion-store';

/** Decisions that are committed together at most, between which other requests are answered. */
const SLICE = 50;
/** A slice ends early after this long: text without spaces has many thousand terms for the search index. */
const SLICE_MS = 10;

/** Many decisions, a slice of them a transaction. One that is refused says so in its own place and stops no other. */
export async function decideAll(
  storage: Storage,
  suggestions: Pick<SuggestionStore, 'decide'>,
  { decisions }: BulkDecisionRequest,
): Promise<BulkDecisionReply> {
  const items: BulkDecisionReply['items'] = [];
  while (items.length < decisions.length) {
    items.push(...storage.transaction(() => decideSlice(suggestions, decisions.slice(items.length))));
    await yieldToEventLoop();
  }
  return { items };
}

function decideSlice(
  suggestions: Pick<SuggestionStore, 'decide'>,
  decisions: BulkDecisionRequest['decisions'],
): BulkDecisionReply['items'] {
  const until = performance.now() + SLICE_MS;
  const items: BulkDecisionReply['items'] = [];
  for (const one of decisions.slice(0, SLICE)) {
    items.push(decideOne(suggestions, one));
    if (performance.now() >= until) break;
  }
  return items;
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
