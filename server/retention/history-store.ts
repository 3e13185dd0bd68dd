import type { Storage } from '../storage/database';

/** Rows looked at in one step; a few milliseconds, each row with its words in the search index. */
const PIECE = 25;
/** What a step may take. */
const LONGEST_MS = 10;

const STAGES = ['changes', 'suggestions', 'jobs', 'runs'] as const;
type Stage = (typeof STAGES)[number];

/** No version of this service is older: an earlier time was written by a clock that nobody had set yet. 2025-01-01, UTC. */
const CLOCK_UNSET_BEFORE = 1_735_689_600_000;

/** Of a piece: `before` is the end of what is old enough. */
interface Times {
  readonly before: number;
  readonly now: number;
  readonly unset: number;
}

interface RowEnd {
  readonly seq: number;
  /** 1: made before the time, or while the clock was ahead, so that old ones may follow: the walk goes on. */
  readonly old: number;
  readonly over: number;
  /** 1: the clock was not set; its age is counted from now on. */
  readonly unset: number;
}

interface SuggestionEnd extends RowEnd {
  readonly job_id: string;
}

/**
 * Removes old history: entries of the feed, decided suggestions with their jobs, jobs that ended without one, and runs of which
 * nothing is left. What still waits for a person, or for the CMS to write it, stays however old it is. Works through all
 * sites from the oldest row on, a piece at a time. Numbers of rows grow with the time, clocks do not always: a row with a
 * time to come stays until then, and keeps no other.
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
    // By such a clock nothing is old, and everything from the future.
    if (now < CLOCK_UNSET_BEFORE) return false;
    const times = { before: now - this.keepMs, now, unset: CLOCK_UNSET_BEFORE };
    // What a power cut takes back is pruned again.
    const last = this.storage.unflushed(() => this.#piece(times));
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
  #piece(times: Times): number | null {
    switch (this.#stage) {
      case 'changes':
        return this.#changes(times);
      case 'suggestions':
        return this.#suggestions(times);
      case 'jobs':
        return this.#jobs(times);
      case 'runs':
        return this.#runs(times);
    }
  }

  /**
   * Remembers for each instance up to where its feed has gone, so that no reader misses entries unknowingly. It goes from its
   * beginning on; so entries with a time to come go with an old one behind them.
   */
  #changes({ before, now, unset }: Times): number | null {
    const entries = this.storage
      .prepare<object, { cursor: number; at: number }>(
        `SELECT cursor, at FROM changes WHERE cursor > :after ORDER BY cursor LIMIT ${PIECE}`,
      )
      .all({ after: this.#position });
    const set = this.storage.prepare('UPDATE changes SET at = ? WHERE cursor = ?');
    for (const { cursor, at } of entries) if (at < unset) set.run(now, cursor);
    const last = entries.findLast(({ at }) => at >= unset && at < before)?.cursor;
    if (last !== undefined) return this.#forgetChanges(last);
    return entries.every(({ at }) => at > now) ? (entries.at(-1)?.cursor ?? null) : null;
  }

  /** The oldest entries up to one, a piece of them. */
  #forgetChanges(upTo: number): number {
    const last =
      this.storage
        .prepare<[number], number>(
          `SELECT max(cursor) FROM (SELECT cursor FROM changes WHERE cursor <= ? ORDER BY cursor LIMIT ${PIECE})`,
        )
        .pluck()
        .get(upTo) ?? upTo;
    this.storage
      .prepare(
        `INSERT INTO pruned_feeds (site_id, instance, cursor)
         SELECT site_id, instance, max(cursor) FROM changes NOT INDEXED WHERE cursor <= ? GROUP BY site_id, instance
         ON CONFLICT (site_id, instance) DO UPDATE SET cursor = excluded.cursor`,
      )
      .run(last);
    this.storage.prepare('DELETE FROM changes WHERE cursor <= ?').run(last);
    return last < upTo ? 0 : last;
  }

  #suggestions(times: Times): number | null {
    const rows = this.storage
      .prepare<object, SuggestionEnd>(
        `SELECT seq, job_id, created_at < :before OR created_at > :now AS old,
           updated_at < :unset OR created_at < :unset AS unset,
           state IN ('rejected', 'applied', 'superseded') AND updated_at < :before AS over
         FROM suggestions WHERE seq > :after ORDER BY seq LIMIT ${PIECE}`,
      )
      .all({ after: this.#position, ...times });
    const set = this.storage.prepare(
      'UPDATE suggestions SET created_at = max(created_at, :now), updated_at = max(updated_at, :now) WHERE seq = :seq',
    );
    const started = performance.now();
    for (const { seq, job_id, over, unset } of rows) {
      // Each word leaves the search index, a page at a time.
      if (performance.now() - started > LONGEST_MS) return seq - 1;
      if (unset === 1) set.run({ seq, now: times.now });
      if (over === 0 || unset === 1) continue;
      this.storage.prepare('DELETE FROM suggestions WHERE seq = ?').run(seq);
      this.storage.prepare('DELETE FROM jobs WHERE id = ?').run(job_id);
    }
    return lastOf(rows);
  }

  #jobs(times: Times): number | null {
    const rows = this.storage
      .prepare<object, RowEnd>(
        `SELECT seq, created_at < :before OR created_at > :now AS old,
           coalesce(finished_at, created_at) < :unset OR created_at < :unset AS unset,
           state IN ('failed', 'cancelled') AND finished_at < :before AS over
         FROM jobs WHERE seq > :after ORDER BY seq LIMIT ${PIECE}`,
      )
      .all({ after: this.#position, ...times });
    const set = this.storage.prepare(
      'UPDATE jobs SET created_at = max(created_at, :now), finished_at = max(finished_at, :now) WHERE seq = :seq',
    );
    const remove = this.storage.prepare('DELETE FROM jobs WHERE seq = ?');
    for (const { seq, over, unset } of rows) {
      if (unset === 1) set.run({ seq, now: times.now });
      else if (over === 1) remove.run(seq);
    }
    return lastOf(rows);
  }

  #runs(times: Times): number | null {
    const rows = this.storage
      .prepare<object, RowEnd>(
        `SELECT seq, created_at < :before OR created_at > :now AS old,
           updated_at < :unset OR created_at < :unset AS unset,
           updated_at < :before AND settling = 0
           AND NOT EXISTS (SELECT 1 FROM jobs WHERE run_id = runs.id)
           AND NOT EXISTS (SELECT 1 FROM suggestions WHERE run_id = runs.id) AS over
         FROM runs WHERE seq > :after ORDER BY seq LIMIT ${PIECE}`,
      )
      .all({ after: this.#position, ...times });
    const set = this.storage.prepare(
      'UPDATE runs SET created_at = max(created_at, :now), updated_at = max(updated_at, :now) WHERE seq = :seq',
    );
    for (const { seq, over, unset } of rows) {
      if (unset === 1) set.run({ seq, now: times.now });
      if (over === 0 || unset === 1) continue;
      // Its counters are all 0.
      this.storage.prepare('DELETE FROM job_counts WHERE run_id = (SELECT id FROM runs WHERE seq = ?)').run(seq);
      this.storage.prepare('DELETE FROM suggestion_counts WHERE run_id = (SELECT id FROM runs WHERE seq = ?)').run(seq);
      this.storage.prepare('DELETE FROM runs WHERE seq = ?').run(seq);
    }
    return lastOf(rows);
  }
}

/** A piece without an old row ends the walk: the rest of the table is not read to find one. */
function lastOf(rows: readonly RowEnd[]): number | null {
  return rows.some(({ old }) => old === 1) ? (rows.at(-1)?.seq ?? null) : null;
}
