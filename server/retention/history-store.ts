import type { Storage } from '../storage/database';

/** Rows looked at in one step; a few milliseconds, each row with its words in the search index. */
const PIECE = 25;
/** What a step may take. */
const LONGEST_MS = 10;

const STAGES = ['changes', 'suggestions', 'jobs', 'runs'] as const;
type Stage = (typeof STAGES)[number];

interface RowEnd {
  readonly seq: number;
  /** 1: made before the time, so that the walk goes on. */
  readonly old: number;
  readonly over: number;
}

interface SuggestionEnd extends RowEnd {
  readonly job_id: string;
}

/**
 * Removes old history: entries of the feed, decided suggestions with their jobs, jobs that ended without one, and runs of which
 * nothing is left. What still waits for a person, or for the CMS to write it, stays however old it is. Works through all
 * sites from the oldest row on, a piece at a time.
 */
export class HistoryStore {
  #stage: Stage = 'changes';
  /** `seq` of the last row that was looked at in this stage. */
  #position = 0;

  constructor(
    private readonly storage: Storage,
    private readonly keepMs: number,
  ) {}

  /** Looks at the next piece. False once the newest row that is old enough has been looked at; then it begins anew. */
  step(now: number): boolean {
    const before = now - this.keepMs;
    // What a power cut takes back is pruned again.
    const last = this.storage.unflushed(() => this.#piece(before));
    if (last !== null) {
      this.#position = last;
      return true;
    }
    const next = STAGES[STAGES.indexOf(this.#stage) + 1];
    this.#stage = next ?? STAGES[0];
    this.#position = 0;
    return next !== undefined;
  }

  /** Position of the last row, null when there is nothing left in this stage. */
  #piece(before: number): number | null {
    switch (this.#stage) {
      case 'changes':
        return this.#changes(before);
      case 'suggestions':
        return this.#suggestions(before);
      case 'jobs':
        return this.#jobs(before);
      case 'runs':
        return this.#runs(before);
    }
  }

  /** Remembers for each instance up to where its feed has gone, so that no reader misses entries unknowingly. */
  #changes(before: number): number | null {
    const last = this.storage
      .prepare<[number, number], { cursor: number }>(
        'SELECT max(cursor) AS cursor FROM (SELECT cursor, at FROM changes ORDER BY cursor LIMIT ?) WHERE at < ?',
      )
      .get(PIECE, before)?.cursor;
    if (last == null) return null;
    this.storage
      .prepare(
        `INSERT INTO pruned_feeds (site_id, instance, cursor)
         SELECT site_id, instance, max(cursor) FROM changes NOT INDEXED WHERE cursor <= ? GROUP BY site_id, instance
         ON CONFLICT (site_id, instance) DO UPDATE SET cursor = excluded.cursor`,
      )
      .run(last);
    this.storage.prepare('DELETE FROM changes WHERE cursor <= ?').run(last);
    return last;
  }

  #suggestions(before: number): number | null {
    const rows = this.storage
      .prepare<object, SuggestionEnd>(
        `SELECT seq, job_id, created_at < :before AS old,
           state IN ('rejected', 'applied', 'superseded') AND updated_at < :before AS over
         FROM suggestions WHERE seq > :after ORDER BY seq LIMIT ${PIECE}`,
      )
      .all({ after: this.#position, before });
    const started = performance.now();
    for (const { seq, job_id, over } of rows) {
      // Each word leaves the search index, a page at a time.
      if (performance.now() - started > LONGEST_MS) return seq - 1;
      if (over === 0) continue;
      this.storage.prepare('DELETE FROM suggestions WHERE seq = ?').run(seq);
      this.storage.prepare('DELETE FROM jobs WHERE id = ?').run(job_id);
    }
    return lastOf(rows);
  }

  #jobs(before: number): number | null {
    const rows = this.storage
      .prepare<object, RowEnd>(
        `SELECT seq, created_at < :before AS old, state IN ('failed', 'cancelled') AND finished_at < :before AS over
         FROM jobs WHERE seq > :after ORDER BY seq LIMIT ${PIECE}`,
      )
      .all({ after: this.#position, before });
    for (const { seq, over } of rows) if (over === 1) this.storage.prepare('DELETE FROM jobs WHERE seq = ?').run(seq);
    return lastOf(rows);
  }

  #runs(before: number): number | null {
    const rows = this.storage
      .prepare<object, RowEnd>(
        `SELECT seq, created_at < :before AS old, updated_at < :before AND settling = 0
           AND NOT EXISTS (SELECT 1 FROM jobs WHERE run_id = runs.id)
           AND NOT EXISTS (SELECT 1 FROM suggestions WHERE run_id = runs.id) AS over
         FROM runs WHERE seq > :after ORDER BY seq LIMIT ${PIECE}`,
      )
      .all({ after: this.#position, before });
    for (const { seq, over } of rows) {
      if (over === 0) continue;
      // Its counters are all 0.
      this.storage.prepare('DELETE FROM job_counts WHERE run_id = (SELECT id FROM runs WHERE seq = ?)').run(seq);
      this.storage.prepare('DELETE FROM suggestion_counts WHERE run_id = (SELECT id FROM runs WHERE seq = ?)').run(seq);
      this.storage.prepare('DELETE FROM runs WHERE seq = ?').run(seq);
    }
    return lastOf(rows);
  }
}

/** Numbers grow with the time. So a piece without an old row ends the walk: the rest of the table is not read to find one. */
function lastOf(rows: readonly RowEnd[]): number | null {
  return rows.some(({ old }) => old === 1) ? (rows.at(-1)?.seq ?? null) : null;
}
