import { setTimeout as pause } from 'node:timers/promises';
import { CATALOGUE, isErrorCode, type ErrorCode } from '../errors';
import type { Storage } from '../storage/database';
import { WAITS_AGAIN } from './job-row';

/** Jobs in one transaction: a running sidecar waits for its end. */
const PIECE = 200;
/** Between two transactions, so that the sidecar gets its turn. */
const PAUSE_MS = 10;

interface Scope {
  readonly site_id: string;
  readonly instance: number;
}

/**
 * Lets failed jobs of all sites wait again: those with one code, or with null all whose error may pass. Resolves with how
 * many. For an operator; a site retries its own jobs one by one.
 */
export async function requeueFailed(storage: Storage, code: ErrorCode | null): Promise<number> {
  const codes =
    code === null ? Object.keys(CATALOGUE).filter((one) => isErrorCode(one) && CATALOGUE[one].retryable) : [code];
  let requeued = 0;
  for (const scope of storage.prepare<[], Scope>('SELECT site_id, instance FROM list_scopes').all()) {
    for (let last: number | null = 0; last !== null;) {
      const from: number = last;
      const piece = storage.transaction(() => requeuePiece(storage, { ...scope, from, codes: JSON.stringify(codes) }));
      requeued += piece.requeued;
      last = piece.last;
      if (last !== null) await pause(PAUSE_MS);
    }
  }
  return requeued;
}

/** Looks at the next failed jobs of a scope. `last` is null when these were all. */
function requeuePiece(
  storage: Storage,
  { site_id, instance, from, codes }: Scope & { readonly from: number; readonly codes: string },
): { requeued: number; last: number | null } {
  const failed = storage
    .prepare<object, { seq: number; wanted: number }>(
      `SELECT seq, error_code IN (SELECT value FROM json_each(:codes)) AS wanted FROM jobs
       WHERE site_id = :site_id AND instance = :instance AND state = 'failed' AND seq > :from ORDER BY seq LIMIT ${PIECE}`,
    )
    .all({ site_id, instance, from, codes });
  // Ready since 1970 (0): the clock of the sidecar's process may be hours behind that of this one.
  const requeue = storage.prepare(`UPDATE jobs SET ${WAITS_AGAIN}, available_at = 0, updated_at = ? WHERE seq = ?`);
  const wanted = failed.filter((row) => row.wanted === 1);
  for (const { seq } of wanted) requeue.run(Date.now(), seq);
  return { requeued: wanted.length, last: failed.length < PIECE ? null : (failed.at(-1)?.seq ?? null) };
}
