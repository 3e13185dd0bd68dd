/** Wakes the long polls of a site when something of it was committed. */
export class ChangeSignal {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #listeners: (() => void)[] = [];

  /** `listener` is called after every commit that wrote to any site's feed. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  notify(siteId: string): void {
    for (const listener of this.#listeners) listener();
    for (const wake of [...(this.#waiting.get(siteId) ?? [])]) wake();
  }

  /** Lets everybody go, as before a stop. */
  notifyAll(): void {
    for (const siteId of [...this.#waiting.keys()]) this.notify(siteId);
  }

  /** Resolves at the next change of the site, after `timeoutMs`, or when `signal` aborts. */
  next(siteId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const own = this.#waiting.get(siteId) ?? new Set();
      this.#waiting.set(siteId, own);
      const done = () => {
        clearTimeout(timer);
        own.delete(done);
        if (own.size === 0) this.#waiting.delete(siteId);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      own.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
