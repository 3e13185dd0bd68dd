import type { AnswerReply, CaptionOptions, CaptionReply } from '../contract/caption';
import { guarded } from '../background';
import { AppError, toAppError } from '../errors';
import type { Logger } from '../logger';
import { optionsOf, type PredictionRow } from './prediction';
import type { PredictionWork } from './prediction-work';

/** Runs given to the engine at once; the engine has its own queue for people. */
const MOST_AT_ONCE = 2;
const MOST_ATTEMPTS = 3;
const PAUSE_MS = 1000;
const FORGET_EVERY_MS = 3_600_000;
/** A run that found no worker for this long is answered with the reason. */
const LONGEST_WAIT_MS = 600_000;
/** The engine did not try: it is busy, loading or stopping. */
const isNotTried = (error: AppError) => error.code === 'QUEUE_FULL' || error.status === 503;

export interface RunnerParts {
  readonly work: PredictionWork;
  readonly captionNow: (
    picture: { readonly file: string; readonly sha256: string },
    options: CaptionOptions,
    signal: AbortSignal,
  ) => Promise<CaptionReply | AnswerReply>;
  /** A copy of the stored picture that captionNow may delete; null when retention has removed it. */
  readonly copyOf: (siteId: string, sha256: string) => string | null;
  /** Tells clients that asked for it. */
  readonly webhooks: { wake(): void; stop(): Promise<void> };
  readonly now: () => number;
  /** Between two tries. */
  readonly pauseMs?: number;
  readonly logger: Logger;
  /** An error of the disk or the database in the words of the catalogue; null for any other. */
  readonly translate: (thrown: unknown) => AppError | null;
}

interface UnderWay {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Works through the predictions of all sites, oldest first. What was under way at a stop is done after the next start. */
export class PredictionRunner {
  readonly #underWay = new Map<string, UnderWay>();
  readonly #waiters = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | null = null;
  #forgetTimer: NodeJS.Timeout | null = null;
  #isRunning = false;

  constructor(private readonly parts: RunnerParts) {}

  start(): void {
    this.#isRunning = true;
    this.#forgetTimer = setInterval(
      guarded(() => this.parts.work.forgetOld(), this.#troubled),
      FORGET_EVERY_MS,
    );
    this.#forgetTimer.unref();
    this.parts.webhooks.wake();
    this.wake();
  }

  /** A prediction was created. */
  wake(): void {
    if (!this.#isRunning) return;
    this.#guard(() => {
      while (this.#underWay.size < MOST_AT_ONCE) {
        const row = this.parts.work.next([...this.#underWay.keys()]);
        if (row === null) return;
        this.#begin(row);
      }
    });
  }

  /** A prediction was cancelled: its decoding stops at the next step. */
  cancelled(id: string): void {
    this.#underWay.get(id)?.abort.abort();
    this.#tell(id);
  }

  /** Resolves when the run has ended, after `ms`, or when the client goes away. */
  ended(id: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || !this.parts.work.isWanted(id)) return Promise.resolve();
    return new Promise((resolve) => {
      const own = this.#waiters.get(id) ?? new Set();
      this.#waiters.set(id, own);
      const done = () => {
        clearTimeout(timer);
        own.delete(done);
        if (own.size === 0) this.#waiters.delete(id);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      own.add(done);
      signal.addEventListener('abort', done);
    });
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#forgetTimer !== null) clearInterval(this.#forgetTimer);
    for (const id of [...this.#waiters.keys()]) this.#tell(id);
    for (const { abort } of this.#underWay.values()) abort.abort();
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
    await this.parts.webhooks.stop();
  }

  #begin(row: PredictionRow): void {
    const abort = new AbortController();
    this.parts.work.begin(row.id);
    const done = this.#run(row, abort.signal).then(
      (goOn) => {
        this.#underWay.delete(row.id);
        this.#guard(() => {
          if (!this.parts.work.isWanted(row.id)) this.#tell(row.id);
        });
        if (goOn) this.wake();
        else this.#pause();
      },
      (error: unknown) => {
        this.#underWay.delete(row.id);
        this.parts.logger.error({ err: error, prediction_id: row.id }, 'prediction could not be written');
        this.#pause();
      },
    );
    this.#underWay.set(row.id, { abort, done });
  }

  /** True when the next one can begin at once. */
  async #run(row: PredictionRow, signal: AbortSignal): Promise<boolean> {
    const { work, copyOf, captionNow, logger, now } = this.parts;
    try {
      const file = copyOf(row.site_id, row.image_sha256);
      if (file === null) throw new AppError('IMAGE_UNKNOWN');
      const reply = await captionNow({ file, sha256: row.image_sha256 }, optionsOf(row), signal);
      work.succeed(row.id, 'answer' in reply ? reply.answer : reply.alt_text);
      return true;
    } catch (thrown) {
      // Cancelled, or the sidecar stops: then the row stays, and its attempt does not count.
      if (signal.aborted) {
        if (work.isWanted(row.id)) work.postpone(row.id);
        return true;
      }
      const error = this.parts.translate(thrown) ?? toAppError(thrown);
      const isTried = !isNotTried(error);
      if (!isTried) work.postpone(row.id);
      const isOver = isTried ? row.attempts + 1 >= MOST_ATTEMPTS : now() - row.created_at > LONGEST_WAIT_MS;
      if (error.retryable && !isOver) return false;
      work.fail(row.id, error.code);
      logger.warn({ prediction_id: row.id, code: error.code }, 'prediction failed');
      return true;
    }
  }

  #tell(id: string): void {
    if (this.#isRunning) this.parts.webhooks.wake();
    for (const wake of [...(this.#waiters.get(id) ?? [])]) wake();
  }

  #pause(): void {
    if (!this.#isRunning || this.#timer !== null) return;
    const goOn = () => {
      this.#timer = null;
      this.wake();
    };
    this.#timer = setTimeout(guarded(goOn, this.#troubled), this.parts.pauseMs ?? PAUSE_MS);
    this.#timer.unref();
  }

  #guard(work: () => void): void {
    guarded(work, this.#troubled)();
  }

  readonly #troubled = (error: unknown): void => {
    this.parts.logger.error({ err: error }, 'predictions cannot be read');
    this.#pause();
  };
}
