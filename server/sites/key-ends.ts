import { z } from 'zod';
import type { Storage } from '../storage/database';
import { MonthlyList } from '../storage/monthly-list';

/** When a key was revoked, or given an end: its id and times, nothing that opens anything. */
const KeyEnd = z.object({
  /** When it was noted, in ms. */
  at: z.number(),
  id: z.string(),
  revoked_at: z.number().nullable(),
  expires_at: z.number().nullable(),
});
export type KeyEnd = z.infer<typeof KeyEnd>;

export type KeyEndList = MonthlyList<KeyEnd>;

/** The ends of keys, so that restoring an older backup does not let a key open anything that was revoked since. */
export function keyEndList(folder: string): KeyEndList {
  return new MonthlyList({ name: 'key-ends', entry: KeyEnd }, folder);
}

/** The ends that a database knows. */
export function keyEndsOf(storage: Storage): KeyEnd[] {
  return storage
    .prepare<[], KeyEnd>(
      `SELECT created_at AS at, id, revoked_at, expires_at FROM keys
       WHERE revoked_at IS NOT NULL OR expires_at IS NOT NULL`,
    )
    .all();
}

/** Ends keys of a restored database as they have ended since. Gives the ids of those that were to go on, or for longer. */
export function endKeysAgain(storage: Storage, ends: readonly KeyEnd[]): string[] {
  const end = storage.prepare(
    `UPDATE keys SET
       revoked_at = min(coalesce(revoked_at, :revoked_at), coalesce(:revoked_at, revoked_at)),
       expires_at = min(coalesce(expires_at, :expires_at), coalesce(:expires_at, expires_at))
     WHERE id = :id AND (revoked_at IS NULL AND :revoked_at IS NOT NULL
       OR :expires_at < coalesce(expires_at, :expires_at + 1))`,
  );
  const changed = ends.filter(
    ({ id, revoked_at, expires_at }) => end.run({ id, revoked_at, expires_at }).changes === 1,
  );
  return [...new Set(changed.map(({ id }) => id))];
}
