import { z } from 'zod';
import { Timestamp } from './primitives';

const count = z.number().int().nonnegative();

const Counts = z.object({ suggestions: count, jobs: count, images: count });

const InBackups = {
  /** Backups of this sidecar that still hold what was erased; a restore leaves it out. */
  backups: count,
  /** When the last of them goes; null where there is none, or where no backup is ever removed. */
  backups_until: Timestamp.nullable(),
};

/** Answer of every route that erases. */
export const ErasureReply = z.object({ erased: Counts, ...InBackups });
export type ErasureReply = z.infer<typeof ErasureReply>;

/** Answer of every route that says what erasing would delete. */
export const ErasurePreviewReply = z.object({ would_erase: Counts, ...InBackups });
export type ErasurePreviewReply = z.infer<typeof ErasurePreviewReply>;
