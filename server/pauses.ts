const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** How long each of several things is left alone after it failed: a second at first, twice as long each time, a minute at most. */
export class Pauses {
  readonly #failed = new Map<string, { readonly times: number; readonly until: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Milliseconds until it may be tried again; 0 at once. */
  left(name: string): number {
    return Math.max(0, (this.#failed.get(name)?.until ?? 0) - this.now());
  }

  /** Returns the pause that begins now, in milliseconds. */
  failed(name: string): number {
    const times = (this.#failed.get(name)?.times ?? 0) + 1;
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (times - 1), LONGEST_PAUSE_MS);
    this.#failed.set(name, { times, until: this.now() + ms });
    return ms;
  }

  wentWell(name: string): void {
    this.#failed.delete(name);
  }
}
