import { callAll } from '../background';
import type { CaptionOptions } from '../contract/caption';
import type { WorkerTask } from '../contract/worker';
import { AppError, isErrorCode } from '../errors';
import { currentTraceparent } from '../tracing/tracing';
import type { Storage } from '../storage/database';
import type { ClaimRef } from './queue';

/** The instance of jobs that are answered with a reply. No list and no feed shows them. */
export const REPLY_INSTANCE = -1;
/** `prediction`: the reply is kept in the table `replies`; `caption`: somebody waits for it at a connection. */
export type ReplyKind = 'prediction' | 'caption';

export interface NewReplyJob {
  readonly id: string;
  readonly siteId: string;
  readonly kind: ReplyKind;
  readonly imageSha256: string;
  readonly needs: WorkerTask;
  readonly options: CaptionOptions;
  /** Without the words of the site's owner. */
  readonly isPlain?: boolean;
}

/** How the job of a reply ended. */
export interface ReplyEnd<Reply> {
  readonly id: string;
  readonly outcome: Reply | AppError;
}

/** A reply that no worker can give is given up after this long. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Jobs that are answered with a reply: claimed, fenced and tried again like any other, always of the highest priority.
 * The row goes when the job ends; `ended` is told after the commit.
 */
export class ReplyJobs<Reply> {
  /** Why attempts of this process failed, with the details that a row has no place for. */
  readonly #reasons = new Map<string, AppError>();
  readonly #listeners = new Set<(end: ReplyEnd<Reply>) => void>();

  constructor(
    private readonly storage: Storage,
    /** A clock that never jumps. */
    private readonly now: () => number,
    /** The clock on the wall, for people. */
    private readonly wall: () => number = Date.now,
  ) {}

  onEnd(listener: (end: ReplyEnd<Reply>) => void): void {
    this.#listeners.add(listener);
  }

  /** Inside a transaction. */
  add({ id, siteId, kind, imageSha256, needs, options, isPlain }: NewReplyJob): void {
    const at = this.wall();
    const request = JSON.stringify({
      reply: options,
      plain: isPlain,
      traceparent: currentTraceparent() ?? undefined,
    });
    this.storage
      .prepare(
        `INSERT INTO jobs (id, site_id, instance, subject_type, subject_id, image_sha256, priority, request, needs, state,
           available_at, created_at, updated_at)
         VALUES (?, ?, -1, 'reply', ?, ?, 0, ?, ?, 'waiting', ?, ?, ?)`,
      )
      .run(id, siteId, kind, imageSha256, request, needs, this.now(), at, at);
  }

  /** Inside the transaction that stores the result. Throws LEASE_LOST. */
  complete({ jobId, token }: ClaimRef, { reply, output }: { reply: Reply; output: string }): void {
    const row = this.storage
      .prepare<[string, number], { updated_at: number }>(
        `DELETE FROM jobs WHERE id = ? AND token >= ? AND state IN ('running', 'waiting') AND instance = -1
         RETURNING updated_at`,
      )
      .get(jobId, token);
    if (row === undefined) throw new AppError('LEASE_LOST');
    this.storage
      .prepare(
        `UPDATE replies SET state = 'succeeded', output = ?, started_at = ?, completed_at = ?
         WHERE id = ? AND state = 'starting'`,
      )
      .run(output, row.updated_at, this.wall(), jobId);
    this.#tell({ id: jobId, outcome: reply });
  }

  /** Keeps the error of a failed attempt: it is the answer to the waiting client if that attempt was the last. */
  noteFailureReason(jobId: string, error: AppError): void {
    this.#reasons.set(jobId, error);
  }

  /** Inside the transaction that gave the job up. False when it is no job of a reply. */
  failed(jobId: string): boolean {
    const row = this.storage
      .prepare<[string], { error_code: string | null }>(
        `DELETE FROM jobs WHERE id = ? AND instance = -1 RETURNING error_code`,
      )
      .get(jobId);
    if (row === undefined) return false;
    const { error_code: code } = row;
    this.#fail(jobId, code !== null && isErrorCode(code) ? code : 'INTERNAL');
    return true;
  }

  #fail(id: string, code: AppError['code']): void {
    this.storage
      .prepare(
        "UPDATE replies SET state = 'failed', error_code = ?, completed_at = ? WHERE id = ? AND state = 'starting'",
      )
      .run(code, this.wall(), id);
    const reason = this.#reasons.get(id);
    this.#tell({ id, outcome: reason?.code === code ? reason : new AppError(code) });
  }

  /** Nobody wants it any more. */
  remove(id: string): void {
    this.#reasons.delete(id);
    this.storage.prepare(`DELETE FROM jobs WHERE id = ? AND instance = -1`).run(id);
  }

  isWaiting(id: string): boolean {
    return this.storage.prepare("SELECT 1 FROM jobs WHERE id = ? AND state = 'waiting'").get(id) !== undefined;
  }

  /** False once it has ended, or was erased. */
  isThere(id: string): boolean {
    return this.storage.prepare('SELECT 1 FROM jobs WHERE id = ?').get(id) !== undefined;
  }

  /** At start: whoever waited at a connection of the process before is gone. */
  forgetConnections(): void {
    this.storage.prepare(`DELETE FROM jobs WHERE instance = -1 AND created_at >= 0 AND subject_id = 'caption'`).run();
  }

  /**
   * Gives up what has waited for ten minutes while no worker can do it, and what has waited for `keepMs` behind others.
   * `possible`: what workers can do now. Times are those of the clock that never jumps.
   */
  giveUpOld(keepMs: number, possible: readonly WorkerTask[]): void {
    const tasks = JSON.stringify(possible);
    const now = this.now();
    const rows = this.storage
      .prepare<object, { id: string; error_code: string | null; is_possible: number }>(
        `SELECT id, error_code, needs IN (SELECT value FROM json_each(:tasks)) AS is_possible FROM jobs
         WHERE instance = -1 AND created_at >= 0 AND state = 'waiting'
           AND (available_at < :too_old
             OR (available_at < :unheard AND needs NOT IN (SELECT value FROM json_each(:tasks))))
         LIMIT 100`,
      )
      .all({ tasks, too_old: now - keepMs, unheard: now - LONGEST_WAIT_MS });
    if (rows.length === 0) return;
    this.storage.transaction(() => {
      for (const { id, error_code: code, is_possible: isPossible } of rows) {
        const reason = isPossible === 1 ? 'SIDECAR_BUSY' : 'MODEL_UNAVAILABLE';
        this.remove(id);
        this.#fail(id, code !== null && isErrorCode(code) ? code : reason);
      }
    });
  }

  #tell(end: ReplyEnd<Reply>): void {
    this.#reasons.delete(end.id);
    this.storage.afterCommit(() => {
      callAll([...this.#listeners].map((listener) => () => listener(end)));
    });
  }
}
