import { z } from 'zod';
import { Timestamp } from './primitives';

const count = z.number().int().nonnegative();

/** Answer of every route that erases. */
export const ErasureReply = z.object({
  erased: z.object({ suggestions: count, jobs: count, images: count }),
  /** Backups of this sidecar that still hold what was erased; a restore leaves it out. */
  backups: count,
  /** When the last of them goes; null where there is none, or where no backup is ever removed. */
  backups_until: Timestamp.nullable(),
});
export type ErasureReply = z.infer<typeof ErasureReply>;
