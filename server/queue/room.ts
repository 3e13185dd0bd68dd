import { AppError } from '../errors';
import type { Storage } from '../storage/database';

const COUNT_AGAIN_MS = 1000;

/** The bound of the queue. Counts once a second and reckons in between, so that accepting a job stays cheap. */
export class QueueRoom {
  #waiting = 0;
  #countedAt = -Infinity;

  constructor(
    private readonly storage: Storage,
    /** Waiting jobs of all sites together. */
    private readonly most: number,
  ) {}

  /** Takes one place. Throws QUEUE_FULL. */
  take(): void {
    const now = performance.now();
    if (now - this.#countedAt > COUNT_AGAIN_MS) {
      this.#waiting =
        this.storage.prepare<[], { n: number }>("SELECT count(*) AS n FROM jobs WHERE state = 'waiting'").get()?.n ?? 0;
      this.#countedAt = now;
    }
    if (this.#waiting >= this.most) throw new AppError('QUEUE_FULL', { retry_after_seconds: 60 });
    this.#waiting += 1;
  }
}
