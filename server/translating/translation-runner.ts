import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../logger';
import type { Claim, JobQueue } from '../queue/queue';

export interface TranslationRunnerParts {
  readonly queue: Pick<JobQueue, 'claim'>;
  /** Name that this process claims under. */
  readonly worker: string;
  readonly work: (claim: Claim, stopping: AbortSignal) => Promise<void>;
  readonly logger: Logger;
}

const CLAIM_WAIT_MS = 5000;
const TROUBLE_MS = 1000;
/** A translator has one text after the other: the next ones wait for it, and the last ones for the disk. */
const AT_ONCE = 6;

/** Does the jobs that need no picture: translates what has been suggested. */
export class TranslationRunner {
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TranslationRunnerParts) {}

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
    const { queue, worker, logger } = this.parts;
    while (!signal.aborted) {
      try {
        const claim = await queue.claim({ worker, waitMs: CLAIM_WAIT_MS, signal, tasks: ['translate'] });
        if (claim !== null) this.#begin(claim);
        if (this.#underWay.size >= AT_ONCE) await Promise.race(this.#underWay);
      } catch (error) {
        logger.error({ err: error }, 'claim failed');
        // Rejects when stopping, which the loop's own condition sees.
        await pause(TROUBLE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #begin(claim: Claim): void {
    const work = this.parts.work(claim, this.#stopping.signal).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }
}
