import type { Storage } from '../storage/database';

export interface EndsParts {
  readonly storage: Storage;
  /** Tells clients that asked for it. */
  readonly wakeDelivery: () => void;
  /** Tells the workers that a job of this id waits. */
  readonly ring: (id: string) => void;
  /** Ends a run of this process at its next step. */
  readonly abort: (id: string) => void;
}

/** Tells whoever waits that a prediction has ended. The work itself is a job like any other. */
export class PredictionEnds {
  readonly #waiters = new Map<string, Set<() => void>>();
  #isStopped = false;

  constructor(private readonly parts: EndsParts) {}

  /** A prediction was created. */
  created(id: string): void {
    this.parts.ring(id);
  }

  cancelled(id: string): void {
    this.parts.abort(id);
    this.parts.wakeDelivery();
    this.tell(id);
  }

  /** Its job has ended, and that is on disk. */
  tell(id: string): void {
    for (const wake of [...(this.#waiters.get(id) ?? [])]) wake();
  }

  /** Something of these was erased; who waits is told once the prediction itself is gone. */
  erased(ids: Iterable<string>): void {
    for (const id of ids) if (this.#waiters.has(id) && !this.#isStarting(id)) this.tell(id);
  }

  /** For what another process has erased, as the command line does. */
  look(): void {
    this.erased([...this.#waiters.keys()]);
  }

  /** Resolves when it has ended or was erased, after `ms`, or when the client goes away. */
  ended(id: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isStopped || !this.#isStarting(id)) return Promise.resolve();
    return new Promise((resolve) => {
      const own = this.#waiters.get(id) ?? new Set();
      this.#waiters.set(id, own);
      const done = () => {
        clearTimeout(timer);
        own.delete(done);
        if (own.size === 0) this.#waiters.delete(id);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      own.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** Lets everybody go. */
  stop(): void {
    this.#isStopped = true;
    for (const own of [...this.#waiters.values()]) for (const wake of [...own]) wake();
  }

  #isStarting(id: string): boolean {
    const row = this.parts.storage
      .prepare<[string], { state: string }>('SELECT state FROM replies WHERE id = ?')
      .get(id);
    return row?.state === 'starting';
  }
}
