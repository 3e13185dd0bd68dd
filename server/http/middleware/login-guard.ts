import { AppError } from '../../errors';

const WINDOW_MS = 60_000;
/** Wrong keys from one address in a minute before the next minute must be waited for. */
const MOST_FAILURES = 20;
const MOST_ADDRESSES = 10_000;

/** Slows down guessing of keys. Counts wrong keys only: a site with a good key behind the same address is let through. */
export class LoginGuard {
  readonly #failures = new Map<string, { count: number; until: number }>();

  constructor(private readonly now: () => number) {}

  /** Throws RATE_LIMITED while an address has too many wrong keys behind it. */
  check(address: string): void {
    const entry = this.#failures.get(address);
    if (entry === undefined || entry.count < MOST_FAILURES) return;
    const leftMs = entry.until - this.now();
    if (leftMs > 0) throw new AppError('RATE_LIMITED', { retry_after_seconds: Math.ceil(leftMs / 1000) });
    this.#failures.delete(address);
  }

  failed(address: string): void {
    const now = this.now();
    const entry = this.#failures.get(address);
    if (entry !== undefined && entry.until > now) entry.count += 1;
    else this.#failures.set(address, { count: 1, until: now + WINDOW_MS });
    if (this.#failures.size > MOST_ADDRESSES) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}
