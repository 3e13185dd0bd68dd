import type { WorkerTask } from '../contract/worker';
import { readSql, type Storage } from '../storage/database';
import { PEOPLE_ONLY, Turns } from './turns';

export interface PickWish {
  /** What the worker can do. */
  readonly tasks: readonly WorkerTask[];
  /** `seq` of jobs that others have been told of. */
  readonly except?: readonly number[];
  /** Only what somebody waits for at a screen or a connection. */
  readonly peopleOnly?: boolean;
}

export interface PickedJob {
  readonly seq: number;
  readonly id: string;
  readonly siteId: string;
  readonly isForPerson: boolean;
}

interface NextRow {
  readonly seq: number;
  readonly site_id: string;
  readonly turn: number;
}

/** Jobs of a run that are looked at together; some milliseconds. */
const HELD_AT_ONCE = 300;
/** Most pieces of a paused run that one choice holds back; RunSettler does the rest. */
const PIECES_AT_ONCE = 2;

/** Chooses whose job is next, over all sites. Each choice counts as a turn of its site. */
export class JobPicker {
  readonly #sql;
  readonly #turns: Turns;

  constructor(
    storage: Storage,
    /** A clock that never jumps. */
    private readonly now: () => number,
  ) {
    const { db } = storage;
    this.#turns = new Turns(storage);
    const next = readSql(__dirname, 'claim-next.sql');
    this.#sql = {
      next: db.prepare<object, NextRow>(next),
      // For a model that writes no captions: without reading past all the captions that wait.
      nextOther: db.prepare<object, NextRow>(
        next.replace('AND jobs.held = 0', "AND jobs.held = 0 AND jobs.needs <> 'caption'"),
      ),
      job: db.prepare<[number], { id: string; priority: number }>('SELECT id, priority FROM jobs WHERE seq = ?'),
      stoppedRun: db.prepare<[number], { run_id: string }>(
        "SELECT run_id FROM jobs JOIN runs ON runs.id = jobs.run_id WHERE jobs.seq = ? AND jobs.priority > 0 AND runs.state <> 'running'",
      ),
      lastOfPiece: db.prepare<[string, number], { seq: number | null }>(
        `SELECT max(seq) AS seq FROM (
           SELECT seq FROM jobs WHERE run_id = ? AND state = 'waiting' AND seq > ? ORDER BY seq LIMIT ${HELD_AT_ONCE}
         )`,
      ),
      hold: db.prepare(
        `UPDATE jobs SET held = :held
         WHERE run_id = :run AND state = 'waiting' AND seq > :from AND seq <= :to AND held <> :held AND priority > 0`,
      ),
    };
  }

  /** Inside a transaction. Null when no job is ready, or when very many of a paused run come first: then the next call goes on. */
  pick({ tasks, except = [], peopleOnly = false }: PickWish): PickedJob | null {
    const sql = tasks.includes('caption') ? this.#sql.next : this.#sql.nextOther;
    const wish = { now: this.now(), tasks: JSON.stringify(tasks), except: JSON.stringify(except) };
    for (let pieces = 0; pieces < PIECES_AT_ONCE;) {
      const turn = this.#turns.next();
      const next = sql.get({ ...wish, ...turn, ...(peopleOnly ? { order: PEOPLE_ONLY } : {}) });
      const job = next === undefined ? undefined : this.#sql.job.get(next.seq);
      if (next === undefined || job === undefined) return null;
      if (this.holdBack(next.seq)) {
        pieces += 1;
        continue;
      }
      this.#turns.served(next.site_id, next.turn);
      return { seq: next.seq, id: job.id, siteId: next.site_id, isForPerson: job.priority === 0 };
    }
    return null;
  }

  /**
   * Pausing a run costs nothing at that moment: its waiting jobs are held back when one of them is chosen, many at a time. One that
   * a person waits for at a screen goes on. True when the job is of a run that does not go on now.
   */
  holdBack(seq: number): boolean {
    const stopped = this.#sql.stoppedRun.get(seq);
    if (stopped === undefined) return false;
    this.hold(stopped.run_id, 1, seq - 1);
    return true;
  }

  /**
   * The next piece of a run's waiting jobs, after `from`, is held back (1) or takes part again (0). Gives the `seq` to go on
   * from; null when there are no more.
   */
  hold(run: string, held: 0 | 1, from: number): number | null {
    const to = this.#sql.lastOfPiece.get(run, from)?.seq ?? null;
    if (to !== null) this.#sql.hold.run({ run, held, from, to });
    return to;
  }
}
