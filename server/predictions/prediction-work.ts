import type { Storage } from '../storage/database';
import type { PredictionRow } from './prediction';

/** How long the result of a run can be fetched. */
const KEPT_MS = 24 * 3_600_000;

/** What the runner reads and writes, over all sites. Every end is one conditional update, so that a cancel wins. */
export class PredictionWork {
  readonly #next;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {
    this.#next = storage.prepare<[string], PredictionRow>(
      `SELECT * FROM predictions
       WHERE state = 'starting' AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT 1`,
    );
  }

  /** The oldest run that waits and is not among `taken`; null when there is none. */
  next(taken: readonly string[]): PredictionRow | null {
    return this.#next.get(JSON.stringify(taken)) ?? null;
  }

  /** Counts the attempt before the work, so that a picture that kills workers is not tried for ever. */
  begin(id: string): void {
    this.#change('attempts = attempts + 1, started_at = coalesce(started_at, :now)', { id });
  }

  /** Takes an attempt back that never reached a worker. */
  postpone(id: string): void {
    this.#change('attempts = attempts - 1', { id });
  }

  succeed(id: string, output: string): void {
    this.#change("state = 'succeeded', output = :value, completed_at = :now", { id, value: output });
  }

  fail(id: string, code: string): void {
    this.#change("state = 'failed', error_code = :value, completed_at = :now", { id, value: code });
  }

  /** False when it was cancelled meanwhile. */
  isWanted(id: string): boolean {
    const row = this.storage.prepare<[string], { state: string }>('SELECT state FROM predictions WHERE id = ?').get(id);
    return row?.state === 'starting';
  }

  /** Removes runs that ended a day ago. */
  forgetOld(): void {
    this.storage.prepare('DELETE FROM predictions WHERE completed_at < ?').run(this.now() - KEPT_MS);
  }

  #change(assignments: string, values: { id: string; value?: string }): void {
    this.storage
      .prepare(`UPDATE predictions SET ${assignments} WHERE id = :id AND state = 'starting'`)
      .run({ ...values, now: this.now() });
  }
}
