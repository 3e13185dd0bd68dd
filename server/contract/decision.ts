import { z } from 'zod';
import { FieldValues } from './fields';
import { ErrorBody } from './error';
import { Id } from './primitives';
import { DecidedBy, Suggestion } from './suggestion';

export const DECISION_ACTIONS = ['approve', 'reject', 'decorative', 'reopen'] as const;
export const DecisionAction = z.enum(DECISION_ACTIONS);
export type DecisionAction = z.infer<typeof DecisionAction>;

/** One by one, many at once, or by a rule that nobody looked at. */
export const DECISION_MODES = ['one', 'bulk', 'rule'] as const;

/** Body of `POST /v1/suggestions/{id}/decision`. `version` is the one the person saw. */
export const DecisionRequest = z.strictObject({
  action: DecisionAction,
  values: FieldValues.optional(),
  /** The English beside the texts, where the person changed it; kept with an approval. */
  source: z.string().max(10_000).optional(),
  reason: z.string().max(500).optional(),
  by: DecidedBy,
  version: z.number().int().positive(),
  /** `one` unless given. */
  mode: z.enum(DECISION_MODES).optional(),
  /** Whether the person had the picture before their eyes; unknown unless given. */
  displayed: z.boolean().optional(),
  /** For how long, in milliseconds; only where the site's owner turned it on. */
  open_ms: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400_000)
    .optional(),
});
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** Body of `POST /v1/decisions`: up to 500 at once, answered one by one. */
export const BulkDecisionRequest = z.strictObject({
  decisions: z
    .array(DecisionRequest.extend({ suggestion_id: Id }))
    .min(1)
    .max(500),
});
export type BulkDecisionRequest = z.infer<typeof BulkDecisionRequest>;

export const BulkDecisionReply = z.object({
  items: z.array(
    z.union([
      z.object({ suggestion_id: Id, suggestion: Suggestion }),
      z.object({ suggestion_id: Id, error: ErrorBody }),
    ]),
  ),
});
export type BulkDecisionReply = z.infer<typeof BulkDecisionReply>;

export const WRITE_BACK_OUTCOMES = ['applied', 'conflict', 'gone', 'undone'] as const;
export const WriteBackOutcome = z.enum(WRITE_BACK_OUTCOMES);
export type WriteBackOutcome = z.infer<typeof WriteBackOutcome>;

/** Body of `POST /v1/suggestions/{id}/write-back`: what the CMS did with an approved text. */
export const WriteBackRequest = z.strictObject({
  outcome: WriteBackOutcome,
  before: FieldValues,
  after: FieldValues,
});
export type WriteBackRequest = z.infer<typeof WriteBackRequest>;
