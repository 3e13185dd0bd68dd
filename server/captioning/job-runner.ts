import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises';
import { captionJob, type CaptionJobParts } from './caption-job';
import type { EngineSlots } from './engine-slots';

export interface JobRunnerParts extends CaptionJobParts {
  readonly slots: EngineSlots;
  /** Name that this process claims under. */
  readonly worker: string;
}

/** How long one claim waits for a job before it looks whether the engine is still ready. */
const CLAIM_WAIT_MS = 5000;
const NOT_READY_MS = 200;
/** After a job came back because the model or the disk was not there. */
const TROUBLE_MS = 1000;

/** Keeps the local worker processes busy: claims jobs and runs them, as many at a time as there are workers. */
export class JobRunner {
  readonly #stopClaiming = new AbortController();
  readonly #abandon = new AbortController();
  #loops: Promise<void>[] = [];

  constructor(private readonly parts: JobRunnerParts) {}

  start(concurrency: number): void {
    this.#loops = Array.from({ length: concurrency }, (_, index) => this.#loop(`${this.parts.worker}-${index + 1}`));
  }

  /** Claims nothing more, waits up to `graceMs` for what is under way, then hands the rest back to the queue. */
  async stop(graceMs: number): Promise<void> {
    this.#stopClaiming.abort();
    const timer = setTimeout(() => this.#abandon.abort(), graceMs);
    await Promise.all(this.#loops);
    clearTimeout(timer);
  }

  async #loop(worker: string): Promise<void> {
    const { signal } = this.#stopClaiming;
    while (!signal.aborted) {
      const waitMs = await this.#step(worker, signal);
      // Rejects when stopping, which the loop's own condition sees.
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
      // Jobs whose result is known, or whose picture is gone, wait for nothing: hundreds of them would hold up requests.
      else await breathe();
    }
  }

  /** Does at most one job. Returns how long to wait before the next try. */
  async #step(worker: string, signal: AbortSignal): Promise<number> {
    const { queue, engine, slots, logger } = this.parts;
    if (!engine.state().ready) return NOT_READY_MS;
    try {
      const claim = await queue.claim({ worker, waitMs: CLAIM_WAIT_MS, signal });
      if (claim === null) return 0;
      const giveBack = await slots.take('job');
      try {
        const outcome = await captionJob(this.parts, claim, this.#abandon.signal);
        return outcome === 'released' || outcome === 'lost' ? TROUBLE_MS : 0;
      } finally {
        giveBack();
      }
    } catch (error) {
      logger.error({ err: error }, 'claim failed');
      return TROUBLE_MS;
    }
  }
}
