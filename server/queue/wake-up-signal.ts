import { guarded } from '../background';

/** Wakes all who wait in this process, now or after a delay. It carries no job: each of them looks for one. */
export class WakeUpSignal {
  readonly #waiting = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    /** Called each time it is sent. */
    private readonly sent: () => void = () => undefined,
  ) {}

  send(delayMs = 0): void {
    if (delayMs <= 0) {
      for (const wake of [...this.#waiting]) wake();
      this.sent();
      return;
    }
    const late = () => {
      this.#timers.delete(timer);
      this.send();
    };
    // Waking only resolves promises, so there is no error to report.
    const timer = setTimeout(
      guarded(late, () => undefined),
      delayMs,
    );
    this.#timers.add(timer);
  }

  /** Resolves when it is sent next, after `timeoutMs`, or when `signal` aborts; the caller finds out which. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
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
    this.send();
  }
}
