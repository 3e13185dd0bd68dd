import { z } from 'zod';
import { Job } from './job';
import { Timestamp } from './primitives';
import { Suggestion } from './suggestion';

/** Everything that can happen to a site's rows. A reader ignores types it does not know. */
export const CHANGE_TYPES = [
  'job.failed',
  'job.cancelled',
  'suggestion.created',
  'suggestion.decided',
  'suggestion.superseded',
  /** The site's decisions gave a waiting suggestion another confidence; its version is the same. */
  'suggestion.recalibrated',
  'suggestion.written_back',
  /** Its run was undone: put the text back that was there before, and report `undone`. */
  'suggestion.undo_asked',
  /** The picture of this suggestion is asked about again, and its bytes are not here any more: send it, and ask. */
  'picture_wanted',
] as const;
export const ChangeType = z.enum(CHANGE_TYPES);
export type ChangeType = z.infer<typeof ChangeType>;

/** One entry of the change feed; carries the row as it is now, so that replaying an old entry does no harm. */
export const Change = z.object({
  cursor: z.string(),
  type: ChangeType,
  at: Timestamp,
  job: Job.nullable(),
  suggestion: Suggestion.nullable(),
});
export type Change = z.infer<typeof Change>;

/** Answer of `GET /v1/changes`. `next` is never null: it is the cursor to ask with next time. */
export const ChangePage = z.object({ items: z.array(Change), next: z.string(), more: z.boolean() });
export type ChangePage = z.infer<typeof ChangePage>;
