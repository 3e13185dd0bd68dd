import { setTimeout as pause } from 'node:timers/promises';
import { sharedAbortController } from '../any-signal';
import { AppError, CATALOGUE, type ErrorCode } from '../errors';
import type { Logger } from '../logger';
import type { Blame } from '../queue/queue';
import { isOverload } from '../queue/retry-policy';

/** Failures in a row over different pictures after which a machine takes no more for a while. */
export const MOST_IN_A_ROW = 3;
/** After so many refusals of one picture by a model server "with too much to do" the machine looks whether it refuses others too. */
export const MOST_REFUSALS = 5;
/** Pictures whose refusals are remembered. */
const MOST_REMEMBERED = 1000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** The longest time that a model server's `Retry-After` is waited for without another try. */
const LONGEST_WAIT_MS = 10 * 60_000;

export interface ConditionParts {
  /** Captions a picture of its own; null when that went well. */
  readonly check: (signal: AbortSignal) => Promise<AppError | null>;
  /** The machine captioned a picture of its own well. */
  readonly wasWell?: () => void;
  readonly logger: Logger;
}

/** Why no work is taken. `sick`: a picture of its own failed; `failing`: its own went well, others do not; `waiting`: for the model server, or for pictures to come again. */
type Rest = 'sick' | 'failing' | 'waiting';

/**
 * Whether this machine can do pictures at all. After a failure that may be its own it tries a picture that it brought
 * along: when that fails too, the machine is unhealthy, and it takes no job until the trial goes well. A machine that fails at
 * several pictures in a row although the trial went well pauses too, longer each time.
 */
export class WorkerCondition {
  readonly #stopping = sharedAbortController();
  readonly #failed = new Set<string>();
  /** How often each picture was refused because of an overload. */
  readonly #refused = new Map<string, number>();
  #problem: ErrorCode | null = null;
  /** The overload that is waited for, and until when, by the monotonic clock. */
  #overload: { readonly code: ErrorCode; readonly until: number } | null = null;
  #isSick = false;
  /** It did a picture since its start, one of its own included. */
  #isProven = false;
  #pauses = 0;
  #trial: Promise<AppError | null> | null = null;
  #recovery: Promise<void> | null = null;

  constructor(private readonly parts: ConditionParts) {}

  /** Why no work is taken; null when it is. */
  problem(): { code: ErrorCode; message: string } | null {
    return this.#problem === null ? null : { code: this.#problem, message: CATALOGUE[this.#problem].message };
  }

  /** Whether a picture of its own failed too. Else a problem is a pause, which may be over in a second. */
  get isSick(): boolean {
    return this.#isSick;
  }

  /** What a person who asks now is told while the model server has too much to do; null when it has not. */
  overload(): AppError | null {
    if (this.#overload === null) return null;
    const { code, until } = this.#overload;
    return new AppError(code, { retry_after_seconds: Math.max(1, Math.ceil((until - performance.now()) / 1000)) });
  }

  /** A picture was captioned. */
  wentWell(): void {
    this.#isProven = true;
    this.#failed.clear();
    this.#pauses = 0;
  }

  /** A picture failed. Resolves with whose fault it is, as far as this machine can tell. */
  async failed(picture: string, error: AppError): Promise<Blame> {
    // A queue of our own that is full empties while this machine works.
    if (isOverload(error)) return error.code === 'MODEL_SERVER_BUSY' ? this.#refusedBy(picture, error) : 'nobody';
    // A picture of its own does not come over the line.
    if (error.code === 'IMAGE_TRANSFER_FAILED') {
      this.notReached(picture, error);
      return 'unknown';
    }
    const isVerdict = !error.retryable && error.code !== 'MODEL_REPLY_UNUSABLE';
    if (isVerdict && this.#isProven) return 'picture';
    return this.#examine(picture, error);
  }

  /** A picture did not come here. After several in a row the machine waits; trying its own would show nothing. */
  notReached(picture: string, error: AppError): void {
    this.#failed.add(picture);
    if (this.#failed.size >= MOST_IN_A_ROW) this.#rest(error.code, 'waiting');
  }

  /** A gateway may answer 503 or 429 to one picture for ever, as to one above a limit of its own, and take all others. */
  async #refusedBy(picture: string, error: AppError): Promise<Blame> {
    const times = (this.#refused.get(picture) ?? 0) + 1;
    this.#refused.delete(picture);
    this.#refused.set(picture, times);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MOST_REMEMBERED && oldest !== undefined) this.#refused.delete(oldest);
    if (times > MOST_REFUSALS && (await this.#try()) === null) {
      this.parts.wasWell?.();
      return 'picture';
    }
    this.#awaitOverload(error);
    return 'nobody';
  }

  async #examine(picture: string, error: AppError): Promise<Blame> {
    if (error.retryable) this.#failed.add(picture);
    const found = await this.#try();
    if (this.#stopping.signal.aborted) return 'unknown';
    if (found === null) {
      this.#isProven = true;
      this.parts.wasWell?.();
      if (this.#failed.size >= MOST_IN_A_ROW) this.#rest(error.code, 'failing');
      return 'picture';
    }
    if (isOverload(found)) this.#awaitOverload(found);
    else this.#rest(found.code, 'sick');
    return 'unknown';
  }

  /** Resolves once work may be taken, or when `signal` aborts. */
  async untilWell(signal: AbortSignal): Promise<void> {
    if (this.#recovery === null || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done);
      this.#recovery?.then(done, done);
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** One trial at a time, whoever asks. */
  #try(): Promise<AppError | null> {
    this.#trial ??= this.parts.check(this.#stopping.signal).finally(() => {
      this.#trial = null;
    });
    return this.#trial;
  }

  #awaitOverload(error: AppError): void {
    if (this.#recovery !== null) return;
    const seconds = error.details['retry_after_seconds'];
    const ms = Math.min(typeof seconds === 'number' ? seconds * 1000 : 0, LONGEST_WAIT_MS);
    this.#overload = { code: error.code, until: performance.now() + Math.max(ms, this.#pauseMs()) };
    this.#rest(error.code, 'waiting', ms);
  }

  #rest(code: ErrorCode, how: Rest, leastMs = 0): void {
    this.#isSick ||= how === 'sick';
    if (this.#recovery !== null) return;
    this.#problem = code;
    this.parts.logger.error({ code, how }, 'this machine takes no more pictures for now');
    this.#recovery = this.#recover(how, leastMs).finally(() => {
      this.#recovery = null;
    });
  }

  #pauseMs(): number {
    return Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS);
  }

  async #recover(how: Rest, leastMs: number): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = () => signal.aborted;
    for (;;) {
      const ms = Math.max(leastMs, this.#pauseMs());
      this.#pauses += 1;
      await pause(ms, undefined, { signal, ref: false }).catch(() => undefined);
      // After a wait the next picture shows whether it was long enough; a trial would cost a model server as much.
      if (isStopped() || (how === 'waiting' && !this.#isSick)) break;
      const found = await this.#try();
      if (isStopped()) break;
      if (found === null) {
        this.#isProven = true;
        this.parts.wasWell?.();
        break;
      }
      this.#problem = found.code;
      this.#isSick ||= !isOverload(found);
    }
    this.#problem = null;
    this.#overload = null;
    this.#isSick = false;
    if (!isStopped()) this.parts.logger.info('this machine takes pictures again');
  }
}
