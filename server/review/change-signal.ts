import { callAll } from '../background';

/** Answers of one site that may be held back at a time: each takes a connection, and looks again at every commit of its site. */
const MOST_OF_SITE = 64;

/** Wakes the long polls of a site when something of it was committed. */
export class ChangeSignal {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #listeners: (() => void)[] = [];
  #count = 0;

  /** `mostOfAll`: answers that may be held back at a time, of all sites together. */
  constructor(private readonly mostOfAll = 500) {}

  /** Whether one more answer of the site may be held back. */
  hasRoom(siteId: string): boolean {
    return this.#count < this.mostOfAll && (this.#waiting.get(siteId)?.size ?? 0) < MOST_OF_SITE;
  }

  /** `listener` is called after every commit that wrote to any site's feed. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  notify(siteId: string): void {
    // The long polls first: what a listener throws is told afterwards.
    for (const wake of [...(this.#waiting.get(siteId) ?? [])]) wake();
    callAll(this.#listeners);
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
        if (own.delete(done)) this.#count -= 1;
        if (own.size === 0) this.#waiting.delete(siteId);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      own.add(done);
      this.#count += 1;
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
