import type { Storage } from '../storage/database';
import { LONGEST_DELAY_MS } from './retry-policy';

/**
 * Called once at a start. Times in the file come from the clock of an earlier process; if the machine's clock was set
 * back since, jobs would wait, and silent workers would keep theirs, until it has caught up.
 */
export function endImpossibleWaits({ db }: Storage, { now, leaseMs }: { now: number; leaseMs: number }): void {
  // A job that never failed has nothing to wait for, and no delay is longer than the longest.
  db.prepare(
    `UPDATE jobs SET available_at = :now
     WHERE state = 'waiting' AND available_at > :now
       AND (available_at > :longest OR failures + crashes + interruptions = 0 AND doubts IS NULL)`,
  ).run({ now, longest: now + LONGEST_DELAY_MS });
  db.prepare("UPDATE jobs SET lease_until = :longest WHERE state = 'running' AND lease_until > :longest").run({
    longest: now + leaseMs,
  });
}
