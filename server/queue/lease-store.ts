import type { WorkerTask } from '../contract/worker';
import { callAll } from '../background';
import { AppError } from '../errors';
import { readSql, type Storage } from '../storage/database';
import { JobPicker, type PickedJob, type PickWish } from './job-picker';
import { JobWork, type Claim, type ClaimRef, type FailedBy, type JobEnds, type Refusal, type StartWish } from './queue';
import type { Setback } from './retry-policy';
import { verdictOn, type SetBackRow } from './verdict';

interface TakenRow {
  readonly seq: number;
  readonly id: string;
  readonly site_id: string;
  readonly instance: number;
  readonly image_sha256: string;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly language: string;
  readonly request: string;
  readonly attempts: number;
  readonly token: number;
}

interface StartableRow {
  readonly seq: number;
  readonly state: string;
  readonly held: number;
  readonly available_at: number;
  readonly needs: string;
  readonly token: number;
  readonly worker: string | null;
}

interface HeldRow extends SetBackRow {
  readonly site_id: string;
  readonly token: number;
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

/** A start whose worker vanished, and what became of the job. */
export interface Interruption extends ClaimRef {
  readonly worker: string;
  readonly outcome: 'waiting' | 'failed';
}

const CAPTIONS: readonly WorkerTask[] = ['caption'];
/** Prefix of the name of a holder whose lease is Bull's lock in Redis. */
export const BULL_HOLDER = 'bull-';

/** The workers' view of the jobs of all sites: start, renew, finish, fail. Every write checks the fencing token. */
export class LeaseStore {
  readonly #sql;
  readonly #picker: JobPicker;
  #listener: (interruption: Interruption) => void = () => undefined;

  constructor(
    private readonly storage: Storage,
    private readonly options: LeaseStoreOptions,
  ) {
    const { db } = storage;
    this.#picker = new JobPicker(storage, options.now);
    const file = (name: string) => readSql(__dirname, name);
    this.#sql = {
      take: db.prepare<object, TakenRow>(file('take.sql')),
      startable: db.prepare<[string], StartableRow>(
        'SELECT seq, state, held, available_at, needs, token, worker FROM jobs WHERE id = ?',
      ),
      renew: db.prepare(file('renew.sql')),
      complete: db.prepare(file('complete.sql')),
      giveBack: db.prepare(file('give-back.sql')),
      giveUp: db.prepare(file('give-up.sql')),
      held: db.prepare<[string], HeldRow>(
        "SELECT site_id, instance, subject_id, token, attempts, failures, crashes, interruptions, doubts FROM jobs WHERE id = ? AND state = 'running'",
      ),
      heldBy: db.prepare<[string, number], TakenRow>(
        `SELECT seq, id, site_id, instance, image_sha256, subject_type, subject_id, language, request, attempts, token
         FROM jobs WHERE id = ? AND token = ? AND state = 'running'`,
      ),
      begun: db.prepare<[string, number], TakenRow>(
        `SELECT seq, id, site_id, instance, image_sha256, subject_type, subject_id, language, request, attempts, token
         FROM jobs WHERE id = ? AND token >= ? AND state IN ('running', 'waiting')`,
      ),
      expired: db.prepare<[number], { id: string; token: number; worker: string | null }>(
        "SELECT id, token, worker FROM jobs WHERE state = 'running' AND lease_until <= ? LIMIT 100",
      ),
    };
  }

  /**
   * Takes the next ready job of all sites; null when none is ready. No start waits for the disk: one that a power cut
   * forgets is made again, and its token, which grows by a random step, is given to nobody else.
   */
  claimNext({ worker, tasks = CAPTIONS, except = [] }: { worker: string } & Partial<PickWish>): Claim | null {
    return this.storage.unflushed(() => {
      const picked = this.#picker.pick({ tasks, except });
      return picked === null ? null : this.#take(picked.seq, worker);
    });
  }

  /** The jobs to tell workers of next, in order. */
  pick(limit: number, wish: PickWish): PickedJob[] {
    return this.storage.unflushed(() => {
      const picked: PickedJob[] = [];
      while (picked.length < limit) {
        const next = this.#picker.pick({ ...wish, except: [...(wish.except ?? []), ...picked.map(({ seq }) => seq)] });
        if (next === null) break;
        picked.push(next);
      }
      return picked;
    });
  }

  #take(seq: number, worker: string): Claim | null {
    const lease_until = this.options.now() + this.options.leaseMs;
    const row = this.#sql.take.get({ seq, worker, lease_until, at: Date.now() });
    return row === undefined ? null : claimOf(row);
  }

  /**
   * A worker begins a job that it was told of. One that Bull hands out again while it runs is a new start, and the one
   * before counts as interrupted.
   */
  begin(jobId: string, { worker, tasks, isFromBull }: StartWish): Claim | Refusal {
    const row = this.#sql.startable.get(jobId);
    if (row === undefined) return { state: 'gone' };
    const isAgain = row.state === 'running' && isFromBull && row.worker?.startsWith(BULL_HOLDER) === true;
    // Flushed to disk, because an interruption may end the job, which writes to the change feed.
    if (isAgain) {
      const begun = this.storage.transaction(() => this.#beginAgain(jobId, row, worker));
      const outcome = 'state' in begun && begun.state === 'failed' ? 'failed' : 'waiting';
      const interruption = { jobId, token: row.token, worker: row.worker, outcome } as const;
      callAll([() => this.#listener(interruption)]);
      return begun;
    }
    if (row.state !== 'waiting') return { state: row.state };
    const isReady = row.held === 0 && row.available_at <= this.options.now() && tasks.some((one) => one === row.needs);
    if (!isReady) return { state: 'waiting' };
    return this.storage.unflushed(() => {
      if (this.#picker.holdBack(row.seq)) return { state: 'waiting' };
      return this.#take(row.seq, worker) ?? { state: 'running' };
    });
  }

  #beginAgain(jobId: string, { seq, token }: StartableRow, worker: string): Claim | Refusal {
    const delayMs = this.setBack({ jobId, token }, { kind: 'interrupted' });
    if (delayMs === null) return { state: 'failed' };
    if (delayMs > 0 || this.#picker.holdBack(seq)) return { state: 'waiting' };
    return this.#take(seq, worker) ?? { state: 'running' };
  }

  /** Jobs of a run that is paused (1) or goes on (0), a piece at a time: gives the `seq` to go on from, null at the end. */
  hold(runId: string, held: 0 | 1, from = 0): number | null {
    return this.#picker.hold(runId, held, from);
  }

  renew(claim: ClaimRef): boolean {
    const lease_until = this.options.now() + this.options.leaseMs;
    return this.#sql.renew.run({ id: claim.jobId, token: claim.token, lease_until }).changes === 1;
  }

  /** Throws LEASE_LOST when the job has ended, or has had no start that the token may be of (sql/complete.sql). */
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
      const { verdict, doubts } = verdictOn(row, setback, { ...this.options, by });
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

  /** The claim as it was handed out; null when it is no longer this holder's. */
  held(claim: ClaimRef): Claim | null {
    const row = this.#sql.heldBy.get(claim.jobId, claim.token);
    return row === undefined ? null : claimOf(row);
  }

  /** The job of any of its starts up to the newest, as long as it has not ended; null otherwise. `isNewest`: none was made since. */
  begun(claim: ClaimRef): { claim: Claim; isNewest: boolean } | null {
    const row = this.#sql.begun.get(claim.jobId, claim.token);
    if (row === undefined) return null;
    return { claim: { ...claimOf(row), token: claim.token }, isNewest: row.token === claim.token };
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

  /** `listener` is told of each start that was interrupted, once that is committed. One at a time. */
  onInterruption(listener: (interruption: Interruption) => void): void {
    this.#listener = listener;
  }

  /** Hands out again what vanished holders held, some in one commit. Returns how many jobs came back or failed. */
  sweep(): number {
    if (this.#sql.expired.get(this.options.now()) === undefined) return 0;
    const interruptions = this.storage.transaction(() =>
      this.#sql.expired.all(this.options.now()).map(({ id: jobId, token, worker }): Interruption => {
        const delayMs = this.setBack({ jobId, token }, { kind: 'interrupted' });
        return { jobId, token, worker: worker ?? '', outcome: delayMs === null ? 'failed' : 'waiting' };
      }),
    );
    callAll(interruptions.map((one) => () => this.#listener(one)));
    return interruptions.length;
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
    language: row.language,
    attempt: row.attempts,
    work: JobWork.parse(JSON.parse(row.request)),
  };
}
