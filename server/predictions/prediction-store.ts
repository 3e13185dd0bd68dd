import { randomBytes } from 'node:crypto';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { predictionOf, type NewPrediction, type Prediction, type PredictionRow } from './prediction';

/** Runs of one site that may wait at once. Nobody polls for more. */
const MOST_WAITING = 100;

/** The predictions of one site. Another site's id is an unknown id. */
export class PredictionStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly now: () => number,
  ) {}

  /** Commits a new run. Throws QUEUE_FULL. */
  create(wanted: NewPrediction): Prediction {
    // Letters and digits only: ids stand in addresses of several APIs.
    const id = randomBytes(16).toString('hex');
    return this.storage.transaction(() => {
      if (this.#waiting() >= MOST_WAITING) throw new AppError('QUEUE_FULL', { retry_after_seconds: 5 });
      this.storage
        .prepare(
          `INSERT INTO predictions (id, site_id, model, version, image_sha256, options, input, state, created_at,
             webhook_url, webhook_secret)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'starting', ?, ?, ?)`,
        )
        .run(
          id,
          this.siteId,
          wanted.model,
          wanted.version,
          wanted.imageSha256,
          JSON.stringify(wanted.options),
          JSON.stringify(wanted.input),
          this.now(),
          wanted.webhook?.url ?? null,
          wanted.webhook?.secret ?? null,
        );
      return this.#need(id);
    });
  }

  get(id: string): Prediction | null {
    const row = this.storage
      .prepare<[string, string], PredictionRow>('SELECT * FROM predictions WHERE site_id = ? AND id = ?')
      .get(this.siteId, id);
    return row === undefined ? null : predictionOf(row);
  }

  /** Ends a run that has not ended; one that has stays as it is. Throws NOT_FOUND. */
  cancel(id: string): Prediction {
    this.storage
      .prepare(
        `UPDATE predictions SET state = 'canceled', completed_at = ? WHERE site_id = ? AND id = ? AND state = 'starting'`,
      )
      .run(this.now(), this.siteId, id);
    return this.#need(id);
  }

  #need(id: string): Prediction {
    const prediction = this.get(id);
    if (prediction === null) throw new AppError('NOT_FOUND');
    return prediction;
  }

  #waiting(): number {
    const row = this.storage
      .prepare<[string], { n: number }>(
        "SELECT count(*) AS n FROM predictions WHERE site_id = ? AND state = 'starting'",
      )
      .get(this.siteId);
    return row?.n ?? 0;
  }
}
