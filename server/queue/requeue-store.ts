import { CATALOGUE, isErrorCode, type ErrorCode } from '../errors';
import type { Storage } from '../storage/database';

/**
 * Lets failed jobs of all sites wait again: those with one code, or with null all whose error may pass. Returns how
 * many. For an operator; a site retries its own jobs one by one.
 * They are ready since 1970: the clock of the sidecar's process may be hours behind that of this one.
 */
export function requeueFailed(storage: Storage, code: ErrorCode | null): number {
  const codes =
    code === null ? Object.keys(CATALOGUE).filter((one) => isErrorCode(one) && CATALOGUE[one].retryable) : [code];
  return storage
    .prepare(
      `UPDATE jobs SET state = 'waiting', held = 0, failures = 0, crashes = 0, interruptions = 0, doubts = NULL, error_code = NULL,
         finished_at = NULL, available_at = 0, updated_at = ?
       WHERE seq IN (
         SELECT jobs.seq FROM list_scopes
         CROSS JOIN jobs ON jobs.site_id = list_scopes.site_id AND jobs.instance = list_scopes.instance
         WHERE jobs.state = 'failed' AND jobs.error_code IN (SELECT value FROM json_each(?))
       )`,
    )
    .run(Date.now(), JSON.stringify(codes)).changes;
}
