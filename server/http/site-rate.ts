import { AppError } from '../errors';

/** Requests that may come at once after a pause, in seconds of the rate. */
const BURST_SECONDS = 2;
const MOST_SITES = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Bounds the requests a second of each site, so that one site cannot take the sidecar from the others. */
export class SiteRate {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    /** Requests a second of a site; null: no limit. */
    private readonly rateOf: (siteId: string) => number | null,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Throws RATE_LIMITED with the seconds until the next request is let through. */
  take(siteId: string): void {
    const rate = this.rateOf(siteId);
    if (rate === null) return;
    const most = Math.max(1, rate * BURST_SECONDS);
    const now = this.now();
    const bucket = this.#buckets.get(siteId) ?? { tokens: most, at: now };
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    this.#buckets.set(siteId, bucket);
    if (this.#buckets.size > MOST_SITES) this.#buckets.clear();
    if (bucket.tokens < 1)
      throw new AppError('RATE_LIMITED', { retry_after_seconds: Math.ceil((1 - bucket.tokens) / rate) });
    bucket.tokens -= 1;
  }
}
