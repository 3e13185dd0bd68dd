import { setImmediate as yieldToEventLoop, setTimeout as pause } from 'node:timers/promises';
import { sharedAbortController } from '../any-signal';
import { guarded } from '../background';
import { captionJob, type CaptionJobParts } from './caption-job';
import type { Claim } from '../queue/queue';
import { tasksOf } from './worker-registry';
import type { WorkerCondition } from './worker-condition';

export interface JobRunnerParts extends Omit<CaptionJobParts, 'condition'> {
  readonly condition: WorkerCondition;
  /** Name that this process claims under. */
  readonly worker: string;
}

/** How long one claim waits for a job before it looks whether the engine is still ready. */
const CLAIM_WAIT_MS = 5000;
const NOT_READY_MS = 200;
/** After a job came back because the model or the disk was not there. */
const TROUBLE_MS = 1000;

/**
 * Keeps the local worker processes busy: claims jobs and runs them, as many at a time as there are workers. What the model
 * said is stored while it already looks at the next picture.
 */
export class JobRunner {
  readonly #stopClaiming = sharedAbortController();
  readonly #abandon = sharedAbortController();
  /** By number; one a worker process. */
  readonly #loops = new Map<number, Promise<void>>();
  #concurrency = 0;
  /** Jobs that the engine is done with, whose end is being stored. */
  readonly #ending = new Set<Promise<void>>();
  /** No claim before then, by the monotonic clock. */
  #troubledUntil = 0;

  constructor(private readonly parts: JobRunnerParts) {
    const failed = (error: unknown) => {
      parts.logger.error({ err: error }, 'the check of this machine could not be ended');
    };
    this.#abandon.signal.addEventListener(
      'abort',
      guarded(() => parts.condition.stop(), failed),
    );
  }

  /** From now on that many jobs at a time; those above it that are under way go on. */
  start(concurrency: number): void {
    this.#concurrency = concurrency;
    for (let number = 1; number <= concurrency; number += 1) {
      if (this.#loops.has(number)) continue;
      const ending = this.#loop(number).finally(() => this.#loops.delete(number));
      this.#loops.set(number, ending);
    }
  }

  /** Claims nothing more, waits up to `graceMs` for what is under way, then hands the rest back to the queue. */
  async stop(graceMs: number): Promise<void> {
    this.#stopClaiming.abort();
    const timer = setTimeout(() => this.#abandon.abort(), graceMs);
    await Promise.all(this.#loops.values());
    await Promise.all(this.#ending);
    clearTimeout(timer);
    this.parts.condition.stop();
  }

  async #loop(number: number): Promise<void> {
    const { signal } = this.#stopClaiming;
    const worker = `${this.parts.worker}-${number}`;
    while (!signal.aborted && number <= this.#concurrency) {
      await this.parts.condition.untilWell(signal);
      const waitMs = Math.max(this.#troubledUntil - performance.now(), this.#tasks().length === 0 ? NOT_READY_MS : 0);
      // Rejects when stopping, which the loop's own condition sees.
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
      else await this.#step(worker, signal);
    }
  }

  /** Does at most one job. */
  async #step(worker: string, signal: AbortSignal): Promise<void> {
    const { queue, logger } = this.parts;
    try {
      const wish = { worker, waitMs: CLAIM_WAIT_MS, signal, tasks: this.#tasks() };
      const claim = await queue.claim(wish);
      if (claim === null) return;
      if (this.#tasks().length > 0 && this.parts.condition.problem() === null) {
        await this.#untilEngineIsFree(claim);
        return;
      }
      // The model went away, or the machine began to rest, while the claim waited.
      queue.release(claim);
      this.#troubled();
    } catch (error) {
      logger.error({ err: error }, 'claim failed');
      this.#troubled();
    }
  }

  /** What the loaded model can do; nothing while there is none. */
  #tasks() {
    const { ready, model } = this.parts.engine.state();
    return ready ? tasksOf(model) : [];
  }

  /** Begins the job; resolves once it no longer needs the engine, so that a loop never claims what it cannot begin. */
  #untilEngineIsFree(claim: Claim): Promise<void> {
    return new Promise((resolve) => {
      let usedEngine = false;
      const engineIsFree = () => {
        usedEngine = true;
        resolve();
      };
      const ending = captionJob(this.parts, claim, this.#abandon.signal, engineIsFree).then(async (outcome) => {
        this.#ending.delete(ending);
        if (outcome === 'released' || outcome === 'lost') this.#troubled();
        // Jobs whose result is known, or whose picture is gone, wait for nothing: hundreds of them would hold up requests.
        if (!usedEngine) await yieldToEventLoop();
        resolve();
      });
      this.#ending.add(ending);
    });
  }

  #troubled(): void {
    this.#troubledUntil = performance.now() + TROUBLE_MS;
  }
}
