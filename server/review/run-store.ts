import { RunState, Translates, type Run, type RunAction, type RunRequest } from '../contract/run';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { newId } from '../storage/row-id';
import { jobCounts, suggestionCounts } from '../storage/row-counts';
import { moveRun, takesJobs } from './run-state';

interface RunRow {
  readonly seq: number;
  readonly id: string;
  readonly instance: number;
  readonly name: string;
  readonly state: string;
  readonly include_decided: number;
  readonly expected: number | null;
  readonly translates: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

const COLUMNS = 'seq, id, instance, name, state, include_decided, expected, translates, created_at, updated_at';
/** Runs of a site that still look for texts to translate: each is asked every second whether there is more. */
const MOST_TRANSLATING = 20;
const time = (ms: number) => new Date(ms).toISOString();

/** The runs of one site. Another site's id is not found. */
export class RunStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    /** The instance whose runs are seen; null: all of the site. */
    private readonly seen: number | null,
  ) {}

  /** A run of this instance. Throws TOO_MANY_TRANSLATION_RUNS. */
  create(request: RunRequest, instance: number): Run {
    if (request.translate !== undefined) this.#requireRoomForTranslating();
    const id = newId('run');
    const at = Date.now();
    this.storage
      .prepare(
        `INSERT INTO runs (id, site_id, instance, name, state, include_decided, expected, translates, translated_to, created_at, updated_at)
         VALUES (:id, :siteId, :instance, :name, 'running', :includeDecided, :expected, :translates, :translatedTo, :at, :at)`,
      )
      .run({
        id,
        siteId: this.siteId,
        instance,
        name: request.name,
        includeDecided: Number(request.include_decided),
        expected: request.expected ?? null,
        translates: request.translate === undefined ? null : JSON.stringify(request.translate),
        translatedTo: request.translate === undefined ? null : 0,
        at,
      });
    return this.#runOf(this.#need(id));
  }

  #requireRoomForTranslating(): void {
    const open = this.storage.prepare<[string], number>(
      `SELECT count(*) FROM (
         SELECT 1 FROM runs
         WHERE site_id = ? AND translated_to IS NOT NULL AND state IN ('running', 'paused') LIMIT ${MOST_TRANSLATING}
       )`,
    );
    if ((open.pluck().get(this.siteId) ?? 0) >= MOST_TRANSLATING)
      throw new AppError('TOO_MANY_TRANSLATION_RUNS', { most: MOST_TRANSLATING, retry_after_seconds: 60 });
  }

  get(id: string): Run | null {
    const row = this.#row(id);
    return row === undefined ? null : this.#runOf(row);
  }

  /** A page of runs, newest first; `before` is the cursor that the page before gave. */
  list(before: number | undefined, limit: number): { items: Run[]; next: number | null } {
    const rows = this.storage
      .prepare<object, RunRow>(
        `SELECT ${COLUMNS} FROM runs WHERE site_id = :siteId AND (:seen IS NULL OR instance = :seen) AND seq < :before
         ORDER BY seq DESC LIMIT :limit`,
      )
      .all({
        siteId: this.siteId,
        seen: this.seen,
        before: before ?? Number.MAX_SAFE_INTEGER,
        limit: limit + 1,
      });
    const items = rows.slice(0, limit);
    const next = rows.length > limit ? (items.at(-1)?.seq ?? null) : null;
    return { items: items.map((row) => this.#runOf(row)), next };
  }

  /** Changes the state at once; jobs and suggestions follow in small pieces. Throws NOT_FOUND, RUN_NOT_POSSIBLE. */
  act(id: string, action: RunAction): Run {
    return this.storage.transaction(() => {
      const row = this.#need(id);
      const state = RunState.parse(row.state);
      const next = moveRun(state, action);
      if (next !== state) {
        this.storage
          .prepare('UPDATE runs SET state = ?, settling = 1, updated_at = ? WHERE id = ? AND site_id = ?')
          .run(next, Date.now(), id, this.siteId);
      }
      return this.#runOf(this.#need(id));
    });
  }

  /** Whether the run wants images again that a person has decided against. Throws NOT_FOUND, RUN_NOT_POSSIBLE. */
  forNewJob(runId: string): { includesDecided: boolean } {
    const row = this.#row(runId);
    if (row === undefined) throw new AppError('NOT_FOUND', { run_id: 'unknown' });
    const state = RunState.parse(row.state);
    if (!takesJobs(state)) throw new AppError('RUN_NOT_POSSIBLE', { state });
    return { includesDecided: row.include_decided === 1 };
  }

  #runOf(row: RunRow): Run {
    // All that is in it is of its installation.
    const scope = { siteId: this.siteId, instance: row.instance };
    return {
      id: row.id,
      name: row.name,
      state: RunState.parse(row.state),
      include_decided: row.include_decided === 1,
      expected: row.expected,
      translates: row.translates === null ? null : Translates.parse(JSON.parse(row.translates)),
      jobs: jobCounts(this.storage, scope, row.id),
      suggestions: suggestionCounts(this.storage, scope, { runId: row.id }),
      created_at: time(row.created_at),
      updated_at: time(row.updated_at),
    };
  }

  #row(id: string): RunRow | undefined {
    return this.storage
      .prepare<object, RunRow>(
        `SELECT ${COLUMNS} FROM runs WHERE id = :id AND site_id = :siteId AND (:seen IS NULL OR instance = :seen)`,
      )
      .get({ id, siteId: this.siteId, seen: this.seen });
  }

  #need(id: string): RunRow {
    const row = this.#row(id);
    if (row === undefined) throw new AppError('NOT_FOUND');
    return row;
  }
}
