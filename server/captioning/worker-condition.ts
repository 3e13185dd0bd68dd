import { setTimeout as pause } from 'node:timers/promises';
import { CATALOGUE, type AppError, type ErrorCode } from '../errors';
import type { Logger } from '../logger';

/** Failures in a row over different pictures after which a machine takes no more for a while. */
export const MOST_IN_A_ROW = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Whether a failure may be the machine's own; one that is merely busy has nothing to look for. */
export function isSuspicious(error: AppError): boolean {
  return error.retryable && error.status !== 429 && error.code !== 'MODEL_SERVER_BUSY';
}

export interface ConditionParts {
  /** Captions a picture of its own; null when that went well. */
  readonly check: (signal: AbortSignal) => Promise<AppError | null>;
  /** The machine captioned a picture of its own well. */
  readonly wasWell?: () => void;
  readonly logger: Logger;
}

/**
 * Whether this machine can do pictures at all. After a failure that may be its own it tries a picture that it brought
 * along: when that fails too, the machine is unhealthy, and it takes no job until the trial goes well. A machine that fails at
 * several pictures in a row although the trial went well pauses too, longer each time.
 */
export class WorkerCondition {
  readonly #stopping = new AbortController();
  readonly #failed = new Set<string>();
  #problem: ErrorCode | null = null;
  #isSick = false;
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

  /** A picture was captioned. */
  wentWell(): void {
    this.#failed.clear();
    this.#pauses = 0;
  }

  /**
   * A picture failed for a reason that may pass. Resolves with true when a picture of the machine's own went well after it,
   * so that the failure is the picture's.
   */
  async failed(picture: string, error: AppError): Promise<boolean> {
    this.#failed.add(picture);
    const found = await this.#try();
    if (this.#stopping.signal.aborted) return false;
    if (found === null) this.parts.wasWell?.();
    const isTooOften = this.#failed.size >= MOST_IN_A_ROW;
    if (found !== null || isTooOften) this.#rest((found ?? error).code, found !== null);
    return found === null;
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

  #rest(code: ErrorCode, isSick: boolean): void {
    this.#isSick ||= isSick;
    if (this.#recovery !== null) return;
    this.#problem = code;
    this.parts.logger.error({ code }, 'this machine takes no more pictures until one of its own goes well');
    this.#recovery = this.#recover().finally(() => {
      this.#recovery = null;
    });
  }

  async #recover(): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      const ms = Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS);
      this.#pauses += 1;
      await pause(ms, undefined, { signal, ref: false }).catch(() => undefined);
      const found = isStopped() ? null : await this.#try();
      if (found === null) break;
      this.#problem = found.code;
      this.#isSick = true;
    }
    this.#problem = null;
    this.#isSick = false;
    if (isStopped()) return;
    this.parts.wasWell?.();
    this.parts.logger.info('this machine takes pictures again');
  }
}
