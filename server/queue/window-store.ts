import type { Storage } from '../storage/database';
import { BULL_HOLDER, type LeaseStoreOptions } from './lease-store';

/** A lease that has more than this share left is not renewed yet. */
const RENEW_BELOW = 0.75;

/** The jobs that Redis holds, as rows. */
export class WindowStore {
  constructor(
    private readonly storage: Storage,
    private readonly options: Pick<LeaseStoreOptions, 'leaseMs' | 'now'>,
  ) {}

  /** Of these jobs, those that have not ended, with their `seq`. */
  notEnded(ids: readonly string[]): { id: string; seq: number }[] {
    if (ids.length === 0) return [];
    return this.storage
      .prepare<[string], { id: string; seq: number }>(
        `SELECT id, seq FROM jobs WHERE id IN (SELECT value FROM json_each(?)) AND state IN ('waiting', 'running')`,
      )
      .all(JSON.stringify(ids));
  }

  /** Renews the leases of running jobs whose lock in Redis is held, where they are due. */
  keep(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const { leaseMs, now } = this.options;
    const until = now() + leaseMs;
    const keep = this.storage.prepare<object>(
      `UPDATE jobs SET lease_until = :until
       WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'running' AND lease_until < :due
         AND substr(worker, 1, length(:holder)) = :holder`,
    );
    this.storage.unflushed(() => {
      const due = until - leaseMs * (1 - RENEW_BELOW);
      keep.run({ ids: JSON.stringify(ids), until, due, holder: BULL_HOLDER });
    });
  }
}
