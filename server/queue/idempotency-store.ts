import { createHash } from 'node:crypto';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';

/** A client may ask again with the same key for this long. */
const KEPT_MS = 3 * 86_400_000;
/** Old keys that one request deletes: more than it adds, and few enough to take no noticeable time. */
const FORGOTTEN_AT_ONCE = 20;

/** What the requests of one instance were called, and which job came of each. */
export class IdempotencyStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly instance: number,
  ) {}

  /** The job of the earlier request of this name; null when there was none. Throws IDEMPOTENCY_CONFLICT. */
  find(name: string, request: unknown): string | null {
    const row = this.storage
      .prepare<[string, string], { request_hash: Buffer; job_id: string }>(
        'SELECT request_hash, job_id FROM idempotency_keys WHERE site_id = ? AND name = ?',
      )
      .get(this.siteId, this.#stored(name));
    if (row === undefined) return null;
    if (!row.request_hash.equals(hashOf(request))) throw new AppError('IDEMPOTENCY_CONFLICT');
    return row.job_id;
  }

  /** Inside the accepting transaction. Forgets some of what is too old to be asked for again. */
  remember(name: string, request: unknown, jobId: string): void {
    const now = Date.now();
    this.storage
      .prepare('INSERT INTO idempotency_keys (site_id, name, request_hash, job_id, created_at) VALUES (?, ?, ?, ?, ?)')
      .run(this.siteId, this.#stored(name), hashOf(request), jobId, now);
    this.storage
      .prepare(
        `DELETE FROM idempotency_keys WHERE (site_id, name) IN (
           SELECT site_id, name FROM idempotency_keys WHERE created_at < ? LIMIT ${FORGOTTEN_AT_ONCE}
         )`,
      )
      .run(now - KEPT_MS);
  }

  /** A copy of a site uses the names of the original for other requests. No name holds a space. */
  #stored(name: string): string {
    return this.instance === 0 ? name : `${this.instance} ${name}`;
  }
}

/** Of the parsed request, whose keys stand in the order of the schema: spaces and order do not matter. */
function hashOf(request: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(request)).digest();
}

/** Old keys that one step of the pruning deletes; a few milliseconds. */
const PIECE = 100;

/** Forgets a piece of the keys of all sites that are too old to be asked for again. False once that was all. */
export function forgetOldKeys(storage: Storage, now: number): boolean {
  const { changes } = storage.unflushed(() =>
    storage
      .prepare(
        `DELETE FROM idempotency_keys WHERE (site_id, name) IN (
           SELECT site_id, name FROM idempotency_keys WHERE created_at < ? LIMIT ${PIECE}
         )`,
      )
      .run(now - KEPT_MS),
  );
  return changes === PIECE;
}
