import { guarded } from '../background';

/** Wakes everybody who waits, now or after a delay. Knows nothing of jobs: whoever wakes looks for itself. */
export class Doorbell {
  readonly #waiting = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    /** Called at each ring. */
    private readonly rung: () => void = () => undefined,
  ) {}

  ring(delayMs = 0): void {
    if (delayMs <= 0) {
      for (const wake of [...this.#waiting]) wake();
      this.rung();
      return;
    }
    const late = () => {
      this.#timers.delete(timer);
      this.ring();
    };
    // Whoever is woken only resolves a promise, so nothing is lost with an error here.
    const timer = setTimeout(
      guarded(late, () => undefined),
      delayMs,
    );
    this.#timers.add(timer);
  }

  /** Resolves at the next ring, after `timeoutMs`, or when `signal` aborts; the caller finds out which. */
  heard(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
      if (signal?.aborted === true) done();
    });
  }

  /** Ends all delays and lets everybody go. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.ring();
  }
}
