import { setTimeout as pause } from 'node:timers/promises';
import { sharedAbortController } from '../any-signal';
import type { WorkerTask } from '../contract/worker';
import type { Logger } from '../logger';
import type { Claim, JobQueue } from './queue';

export interface ClaimLoopParts {
  readonly queue: Pick<JobQueue, 'claim'>;
  /** Name that this process claims under. */
  readonly worker: string;
  readonly tasks: readonly WorkerTask[];
  /** Most jobs at a time. */
  readonly atOnce: number;
  /** Whether a job could be done now. */
  readonly isReady: () => boolean;
  /** Never rejects: whatever happens becomes the job's outcome. GIVEN_BACK where what does the work cannot be used now. */
  readonly work: (claim: Claim, stopping: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
}

const CLAIM_WAIT_MS = 5000;
const NOT_READY_MS = 500;
const TROUBLE_MS = 1000;

/** The outcome of a job that was given back: after several in a row the loop pauses. */
export const GIVEN_BACK = 'given back';

/** Does the jobs of a kind that this process does itself, beside the worker processes. */
export class ClaimLoop {
  readonly #stopping = sharedAbortController();
  readonly #underWay = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  /** Jobs in a row that were given back. */
  #givenBack = 0;

  constructor(private readonly parts: ClaimLoopParts) {}

  start(): void {
    this.#loop = this.#run();
  }

  /** Hands back what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { queue, worker, tasks, atOnce, isReady, logger } = this.parts;
    while (!signal.aborted) {
      try {
        if (!isReady()) {
          await this.#pause(NOT_READY_MS);
          continue;
        }
        const claim = await queue.claim({ worker, waitMs: CLAIM_WAIT_MS, signal, tasks });
        if (claim !== null) this.#begin(claim);
        if (this.#underWay.size >= atOnce) await Promise.race(this.#underWay);
        if (this.#givenBack >= atOnce) await this.#pause(TROUBLE_MS);
      } catch (error) {
        logger.error({ err: error }, 'claim failed');
        await this.#pause(TROUBLE_MS);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    this.#givenBack = 0;
    // Rejects when stopping, which the loop's own condition sees.
    await pause(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #begin(claim: Claim): void {
    const work = this.parts.work(claim, this.#stopping.signal).then((outcome) => {
      this.#underWay.delete(work);
      this.#givenBack = outcome === GIVEN_BACK ? this.#givenBack + 1 : 0;
    });
    this.#underWay.add(work);
  }
}
