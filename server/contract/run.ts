import { z } from 'zod';
import { JOB_STATES } from './job';
import { Language } from './language';
import { Id, Timestamp } from './primitives';
import { SUGGESTION_STATES } from './suggestion';

export const RUN_STATES = ['running', 'paused', 'cancelled', 'undone'] as const;
export const RunState = z.enum(RUN_STATES);
export type RunState = z.infer<typeof RunState>;

export const RUN_ACTIONS = ['pause', 'resume', 'cancel', 'undo'] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

/** What a run translates, instead of looking at pictures: suggestions that are there already. */
export const Translates = z.object({
  languages: z.array(z.string()),
  /** All that are open or approved, or only what a person approved. */
  which: z.enum(['all', 'approved']),
});
export type Translates = z.infer<typeof Translates>;

/** Body of `POST /v1/runs`. */
export const RunRequest = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** Caption images again whose suggestion was rejected or marked decorative; otherwise they are left out. */
  include_decided: z.boolean().default(false),
  /** How many images the client means to send, for a progress bar. */
  expected: z.number().int().nonnegative().max(100_000_000).optional(),
  /** Translate what is there already; the sidecar makes the jobs by itself. */
  translate: z
    .strictObject({ languages: z.array(Language).min(1).max(20), which: Translates.shape.which.default('all') })
    .optional(),
});
export type RunRequest = z.infer<typeof RunRequest>;

const count = z.number().int().nonnegative();

/** A named group of jobs, such as one backfill. Counts are live. */
export const Run = z.object({
  id: Id,
  name: z.string(),
  state: RunState,
  include_decided: z.boolean(),
  expected: z.number().int().nullable(),
  translates: Translates.nullable(),
  jobs: z.record(z.enum(JOB_STATES), count),
  suggestions: z.record(z.enum(SUGGESTION_STATES), count),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Run = z.infer<typeof Run>;

export const RunReply = z.object({ run: Run });
