import { AppError } from '../errors';

interface Waiting {
  readonly rank: number;
  readonly go: (release: () => void) => void;
}

/** Who may use the engine: people who wait at a screen come before jobs of the queue. */
export type SlotUser = 'person' | 'job';

/** Answers for people that may wait for a worker at once; more would wait longer than anybody stays. */
const MOST_WAITING_PEOPLE = 16;

/** As many slots as there are worker processes, so that nobody waits inside the engine in an order we cannot choose. */
export class EngineSlots {
  #used = 0;
  readonly #waiting: Waiting[] = [];

  /** `count` is asked anew each time: workers come and go. */
  constructor(private readonly count: () => number) {}

  /** Resolves with the function that gives the slot back. Throws QUEUE_FULL. */
  take(user: SlotUser): Promise<() => void> {
    if (this.#used < Math.max(1, this.count())) return Promise.resolve(this.#occupy());
    const people = this.#waiting.filter((one) => one.rank === 0).length;
    if (user === 'person' && people >= MOST_WAITING_PEOPLE)
      throw new AppError('QUEUE_FULL', { retry_after_seconds: 5 });
    return new Promise((resolve) => {
      const own = { rank: user === 'person' ? 0 : 1, go: resolve };
      const behind = this.#waiting.findIndex((one) => one.rank > own.rank);
      this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, own);
    });
  }

  #occupy(): () => void {
    this.#used += 1;
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#used -= 1;
      this.#waiting.shift()?.go(this.#occupy());
    };
  }
}
