import { AppError } from '../errors';
import type { Storage } from '../storage/database';

/** The runs of one site. Another site's id is not found. */
export class RunStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
  ) {}

  /** Throws NOT_FOUND, and RUN_NOT_POSSIBLE for a run that takes no more jobs. */
  checkTakesJobs(runId: string): void {
    const row = this.storage.db
      .prepare<[string, string], { state: string }>('SELECT state FROM runs WHERE id = ? AND site_id = ?')
      .get(runId, this.siteId);
    if (row === undefined) throw new AppError('NOT_FOUND', { run_id: 'unknown' });
    if (row.state !== 'running' && row.state !== 'paused') throw new AppError('RUN_NOT_POSSIBLE', { state: row.state });
  }
}
