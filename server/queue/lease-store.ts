import type { WorkerTask } from '../contract/worker';
import { AppError } from '../errors';
import { readSql, type Storage } from '../storage/database';
import { JobWork, type Claim, type ClaimRef, type ClaimWish, type FailedBy, type JobEnds } from './queue';
import { readDoubts } from './doubts';
import { REPLY_INSTANCE } from './reply-jobs';
import { Turns } from './turns';
import { CERTAIN, judge, judgeDoubts, type Setback, type Setbacks } from './retry-policy';

interface TakenRow {
  readonly seq: number;
  readonly id: string;
  readonly site_id: string;
  readonly instance: number;
  readonly image_sha256: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly run_id: string | null;
  readonly request: string;
  readonly attempts: number;
  readonly token: number;
}

interface HeldRow extends Setbacks {
  readonly site_id: string;
  readonly token: number;
  readonly doubts: string | null;
  readonly instance: number;
  readonly subject_id: string;
}

export interface LeaseStoreOptions {
  readonly ends: JobEnds;
  readonly leaseMs: number;
  /** A clock that never jumps, for leases and delays. */
  readonly now: () => number;
  readonly random?: () => number;
  /** Whether a single machine does all jobs. */
  readonly isAlone?: () => boolean;
  /** When a machine did its latest picture, by the same clock. */
  readonly wellAt?: (machine: string) => number | null;
}

const HELD_AT_ONCE = 500;
const CAPTIONS: readonly WorkerTask[] = ['caption'];

/** The workers' view of the jobs of all sites: claim, renew, finish, fail. Every write checks the fencing token. */
export class LeaseStore {
  readonly #sql;
  readonly #turns: Turns;

  constructor(
    private readonly storage: Storage,
    private readonly options: LeaseStoreOptions,
  ) {
    const { db } = storage;
    this.#turns = new Turns(storage);
    const file = (name: string) => readSql(__dirname, name);
    this.#sql = {
      next: db.prepare<object, { seq: number; site_id: string; turn: number }>(file('claim-next.sql')),
      // Not past all the captions that wait, for a model that writes none.
      nextOther: db.prepare<object, { seq: number; site_id: string; turn: number }>(
        file('claim-next.sql').replace('AND jobs.held = 0', "AND jobs.held = 0 AND jobs.needs <> 'caption'"),
      ),
      take: db.prepare<object, TakenRow>(file('take.sql')),
      stoppedRun: db.prepare<[number], { run_id: string }>(
        "SELECT run_id FROM jobs JOIN runs ON runs.id = jobs.run_id WHERE jobs.seq = ? AND jobs.priority > 0 AND runs.state <> 'running'",
      ),
      hold: db.prepare(
        `UPDATE jobs SET held = 1 WHERE seq IN (
           SELECT seq FROM jobs WHERE run_id = ? AND state = 'waiting' AND held = 0 LIMIT ${HELD_AT_ONCE}
         )`,
      ),
      unhold: db.prepare(
        `UPDATE jobs SET held = 0 WHERE seq IN (
           SELECT seq FROM jobs WHERE run_id = ? AND state = 'waiting' AND held = 1 LIMIT ${HELD_AT_ONCE}
         )`,
      ),
      ready: db.prepare<[number, number], { id: string }>(
        "SELECT id FROM jobs WHERE state = 'waiting' AND held = 0 AND available_at <= ? LIMIT ?",
      ),
      renew: db.prepare(file('renew.sql')),
      complete: db.prepare(file('complete.sql')),
      giveBack: db.prepare(file('give-back.sql')),
      giveUp: db.prepare(file('give-up.sql')),
      held: db.prepare<[string], HeldRow>(
        "SELECT site_id, instance, subject_id, token, failures, crashes, interruptions, doubts FROM jobs WHERE id = ? AND state = 'running'",
      ),
      heldBy: db.prepare<[string, number], TakenRow>(
        `SELECT seq, id, site_id, instance, image_sha256, subject_type, subject_id, run_id, priority, request, attempts, token
         FROM jobs WHERE id = ? AND token = ? AND state = 'running'`,
      ),
      expired: db.prepare<[number], { id: string; token: number }>(
        "SELECT id, token FROM jobs WHERE state = 'running' AND lease_until <= ? LIMIT 100",
      ),
    };
  }

  /**
   * Takes the next ready job of all sites; null when none is ready. A worker that `diesWithUs` does not wait for the disk: a
   * power cut that forgets its claim ends it too, so that nobody is left with the token that is then given out again.
   */
  claimNext({
    worker,
    diesWithUs = false,
    tasks = CAPTIONS,
  }: Pick<ClaimWish, 'worker' | 'diesWithUs' | 'tasks'>): Claim | null {
    const take = () => this.#takeNext(worker, tasks);
    return diesWithUs ? this.storage.unflushed(take) : this.storage.transaction(take);
  }

  #takeNext(worker: string, able: readonly WorkerTask[]): Claim | null {
    const now = this.options.now();
    const tasks = JSON.stringify(able);
    const sql = able.includes('caption') ? this.#sql.next : this.#sql.nextOther;
    for (;;) {
      const next = sql.get({ now, tasks, ...this.#turns.next() });
      if (next === undefined) return null;
      if (this.#holdBack(next.seq)) continue;
      const row = this.#sql.take.get({
        seq: next.seq,
        worker,
        lease_until: now + this.options.leaseMs,
        at: Date.now(),
      });
      if (row === undefined) return null;
      this.#turns.served(next.site_id, next.turn);
      return claimOf(row);
    }
  }

  /**
   * Pausing a run costs nothing at that moment: its waiting jobs step aside when they come up, many at a time. One that
   * a person waits for at a screen goes on.
   */
  #holdBack(seq: number): boolean {
    const stopped = this.#sql.stoppedRun.get(seq);
    if (stopped === undefined) return false;
    this.#sql.hold.run(stopped.run_id);
    return true;
  }

  /** Some of the jobs that could be claimed now. */
  readyIds(limit: number): string[] {
    return this.#sql.ready.all(this.options.now(), limit).map((row) => row.id);
  }

  /** The run goes on: its jobs, as many at once as the event loop can spare, take part again. */
  unhold(runId: string): number {
    return this.#sql.unhold.run(runId).changes;
  }

  renew(claim: ClaimRef): boolean {
    const lease_until = this.options.now() + this.options.leaseMs;
    return this.#sql.renew.run({ id: claim.jobId, token: claim.token, lease_until }).changes === 1;
  }

  /** Throws LEASE_LOST. */
  complete(claim: ClaimRef, result: { suggestionId: string; modelId: string }): void {
    const { changes } = this.#sql.complete.run({
      id: claim.jobId,
      token: claim.token,
      suggestion_id: result.suggestionId,
      model_id: result.modelId,
      at: Date.now(),
    });
    if (changes !== 1) throw new AppError('LEASE_LOST');
  }

  /** Delay until the next attempt, or null when the job has failed for good. Throws LEASE_LOST. */
  setBack(claim: ClaimRef, setback: Setback, by?: FailedBy): number | null {
    return this.storage.transaction(() => {
      const row = this.#sql.held.get(claim.jobId);
      if (row?.token !== claim.token) throw new AppError('LEASE_LOST');
      const { verdict, doubts } = this.#judge(row, setback, by);
      const common = { id: claim.jobId, token: claim.token, at: Date.now(), doubts, ...verdict.setbacks };
      if (verdict.retry) {
        const error_code = setback.kind === 'error' ? setback.code : null;
        const available_at = this.options.now() + verdict.delayMs;
        this.#sql.giveBack.run({ ...common, error_code, available_at });
        return verdict.delayMs;
      }
      this.#sql.giveUp.run({ ...common, error_code: verdict.code });
      this.options.ends.failed(row.site_id, claim.jobId);
      return null;
    });
  }

  #judge(row: HeldRow, setback: Setback, by?: FailedBy) {
    const before = { failures: row.failures, crashes: row.crashes, interruptions: row.interruptions };
    const random = (this.options.random ?? Math.random)();
    const isWaitedFor = row.instance === REPLY_INSTANCE && row.subject_id === 'caption';
    // Somebody waits at a connection, and no other machine could do better.
    if (isWaitedFor && setback.kind === 'error' && (this.options.isAlone?.() ?? true))
      return { verdict: { retry: false, code: setback.code, setbacks: before } as const, doubts: row.doubts };
    if (setback.kind === 'interrupted' || !setback.retryable || by === undefined)
      return { verdict: judge(before, setback, random), doubts: row.doubts };
    const { now, wellAt = () => null } = this.options;
    const doubts = [
      ...readDoubts(row.doubts),
      { machine: by.machine, at: by.isPicture ? CERTAIN : now(), code: setback.code },
    ];
    return { verdict: judgeDoubts(before, doubts, { wellAt, random }), doubts: JSON.stringify(doubts) };
  }

  /** The claim as it was handed out; null when it is no longer this holder's. */
  held(claim: ClaimRef): Claim | null {
    const row = this.#sql.heldBy.get(claim.jobId, claim.token);
    return row === undefined ? null : claimOf(row);
  }

  /** Name of the worker that has the claim; null when it is no longer this holder's. */
  holderOf(claim: ClaimRef): string | null {
    return (
      this.storage
        .prepare<[string, number], { worker: string | null }>(
          "SELECT worker FROM jobs WHERE id = ? AND token = ? AND state = 'running'",
        )
        .get(claim.jobId, claim.token)?.worker ?? null
    );
  }

  /** Hands the job back untouched, as after a SIGTERM. */
  release(claim: ClaimRef): boolean {
    return this.storage.transaction(() => {
      const row = this.#sql.held.get(claim.jobId);
      if (row?.token !== claim.token) return false;
      const { failures, crashes, interruptions, doubts } = row;
      const setbacks = { failures, crashes, interruptions, doubts };
      const now = this.options.now();
      const common = { id: claim.jobId, token: claim.token, at: Date.now() };
      this.#sql.giveBack.run({ ...common, ...setbacks, error_code: null, available_at: now });
      return true;
    });
  }

  /** Hands out again what vanished holders held. Returns how many jobs came back or failed. */
  sweep(): number {
    const expired = this.#sql.expired.all(this.options.now());
    for (const row of expired) this.setBack({ jobId: row.id, token: row.token }, { kind: 'interrupted' });
    return expired.length;
  }

  /** At start: workers of the previous process of this folder are gone for certain, so their leases end now. */
  endLeasesOf(workerPrefix: string): void {
    this.storage
      .prepare("UPDATE jobs SET lease_until = 0 WHERE state = 'running' AND substr(worker, 1, length(?)) = ?")
      .run(workerPrefix, workerPrefix);
    while (this.sweep() > 0);
  }
}

function claimOf(row: TakenRow): Claim {
  return {
    jobId: row.id,
    token: row.token,
    jobSeq: row.seq,
    siteId: row.site_id,
    instance: row.instance,
    imageSha256: row.image_sha256,
    subject: { type: row.subject_type, id: row.subject_id },
    runId: row.run_id,
    attempt: row.attempts,
    work: JobWork.parse(JSON.parse(row.request)),
  };
}
