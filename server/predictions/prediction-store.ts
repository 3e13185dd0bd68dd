import { randomBytes } from 'node:crypto';
import type { WorkerTask } from '../contract/worker';
import { AppError } from '../errors';
import type { ReplyJobs } from '../queue/reply-jobs';
import type { Storage } from '../storage/database';
import { predictionOf, type NewPrediction, type Prediction, type PredictionRow } from './prediction';

/** Runs of one site that may wait at once. Nobody polls for more. */
const MOST_WAITING = 100;

export interface PredictionStoreOptions {
  readonly jobs: Pick<ReplyJobs<unknown>, 'add' | 'remove'>;
  readonly taskOf: (options: NewPrediction['options']) => WorkerTask;
  /** How long the bytes of the picture stay. */
  readonly keepMs: number;
  readonly now: () => number;
}

/** The predictions of one site. Another site's id is an unknown id. */
export class PredictionStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly options: PredictionStoreOptions,
  ) {}

  /** Commits a new run. Throws QUEUE_FULL. */
  create(wanted: NewPrediction): Prediction {
    // Letters and digits only: ids stand in addresses of several APIs.
    const id = randomBytes(16).toString('hex');
    return this.storage.transaction(() => {
      this.requireRoom();
      this.storage
        .prepare(
          `INSERT INTO replies (id, site_id, model, version, image_sha256, input, state, created_at, webhook_url,
             webhook_secret)
           VALUES (?, ?, ?, ?, ?, ?, 'starting', ?, ?, ?)`,
        )
        .run(
          id,
          this.siteId,
          wanted.model,
          wanted.version,
          wanted.imageSha256,
          JSON.stringify(wanted.input),
          this.options.now(),
          wanted.webhook?.url ?? null,
          wanted.webhook?.secret ?? null,
        );
      const { imageSha256, options } = wanted;
      const { jobs, taskOf, keepMs } = this.options;
      jobs.add({ id, siteId: this.siteId, kind: 'prediction', imageSha256, needs: taskOf(options), options });
      this.storage
        .prepare('UPDATE images SET kept_until = max(coalesce(kept_until, 0), ?) WHERE site_id = ? AND sha256 = ?')
        .run(this.options.now() + keepMs, this.siteId, imageSha256);
      return this.#need(id);
    });
  }

  /** Also asked before the picture is read. Throws QUEUE_FULL. */
  requireRoom(): void {
    if (this.#waiting() >= MOST_WAITING) throw new AppError('QUEUE_FULL', { retry_after_seconds: 5 });
  }

  get(id: string): Prediction | null {
    const row = this.storage
      .prepare<[string, string], PredictionRow>(
        `SELECT replies.*, coalesce(replies.started_at, CASE jobs.state WHEN 'running' THEN jobs.updated_at END) AS started_at
         FROM replies LEFT JOIN jobs ON jobs.id = replies.id
         WHERE replies.site_id = ? AND replies.id = ?`,
      )
      .get(this.siteId, id);
    return row === undefined ? null : predictionOf(row);
  }

  /** Ends a run that has not ended; one that has stays as it is. Throws NOT_FOUND. */
  cancel(id: string): Prediction {
    return this.storage.transaction(() => {
      this.storage
        .prepare(
          `UPDATE replies SET state = 'canceled', completed_at = ? WHERE site_id = ? AND id = ? AND state = 'starting'`,
        )
        .run(this.options.now(), this.siteId, id);
      const prediction = this.#need(id);
      this.options.jobs.remove(id);
      return prediction;
    });
  }

  #need(id: string): Prediction {
    const prediction = this.get(id);
    if (prediction === null) throw new AppError('NOT_FOUND');
    return prediction;
  }

  #waiting(): number {
    const row = this.storage
      .prepare<[string], { n: number }>("SELECT count(*) AS n FROM replies WHERE site_id = ? AND state = 'starting'")
      .get(this.siteId);
    return row?.n ?? 0;
  }
}
