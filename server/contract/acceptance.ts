import { z } from 'zod';
import { Id, Timestamp } from './primitives';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

/** What the texts are: those of pictures, those of videos, and translations, which are their translator's. */
export const ACCEPTANCE_TASKS = ['caption', 'translation', 'video'] as const;
export const AcceptanceTask = z.enum(ACCEPTANCE_TASKS);
export type AcceptanceTask = z.infer<typeof AcceptanceTask>;

/** Reasons that screens offer for a rejection; `other` is any other, `none` where none was given. */
export const REJECTION_REASONS = ['wrong', 'vague', 'needs context', 'names a person', 'other', 'none'] as const;
export const RejectionReason = z.enum(REJECTION_REASONS);
export type RejectionReason = z.infer<typeof RejectionReason>;

const Share = z.object({ good: count, decisions: count });

/** Whether fewer texts of a model are approved as they are than before. */
export const AcceptanceTrend = z.object({
  /** `too_few` decisions to compare, as good as before (`steady`), or fewer (`dropped`). */
  state: z.enum(['too_few', 'steady', 'dropped']),
  /** Earlier decisions, which the later ones are compared with; those of the model before where there are few of this one. */
  before: Share,
  /** Decisions since the drop began; null where there is none. */
  since: Share.nullable(),
});
export type AcceptanceTrend = z.infer<typeof AcceptanceTrend>;

/** What people did with the texts of one model, in decisions made one by one with the card displayed. */
export const Acceptance = z.object({
  site_id: Id,
  task: AcceptanceTask,
  model: z.object({ id: z.string(), fingerprint: z.string().nullable() }),
  /** Approved as they were, but for capitals, spaces and full stops. */
  untouched: count,
  edited: count,
  /** Of the edited ones, the mean part of the characters that was changed; null without any. */
  mean_edit: share.nullable(),
  rejected: count,
  reasons: z.partialRecord(RejectionReason, count),
  /** Needs no text, which says nothing about the one that was suggested. */
  decorative: count,
  /** Mean seconds that cards were open, where that is kept; null where it is of no decision. */
  seconds_to_decide: z.number().nonnegative().nullable(),
  trend: AcceptanceTrend,
  first_at: Timestamp,
  last_at: Timestamp,
});
export type Acceptance = z.infer<typeof Acceptance>;

export const AcceptanceReply = z.object({ items: z.array(Acceptance) });
export type AcceptanceReply = z.infer<typeof AcceptanceReply>;
