import { guarded } from '../background';
import type { AppError } from '../errors';
import type { Logger } from '../logger';
import type { LeaseStore } from './lease-store';
import { setbackOf } from './retry-policy';
import type { Claim, ClaimRef, ClaimWish, FailedBy, JobQueue } from './queue';
import { Doorbell } from './doorbell';

/** Without a ring, for what another process changed in the file: `altsmith requeue`, or a lease that ran out. */
const LOOK_AGAIN_MS = 1000;

/** The queue with nothing but the SQLite file; rings stay inside this process. */
export class SqliteQueue implements JobQueue {
  readonly #bell = new Doorbell();
  #sweeper: NodeJS.Timeout | null = null;

  constructor(
    private readonly leases: LeaseStore,
    readonly leaseMs: number,
    private readonly logger: Logger,
  ) {}

  start(): Promise<void> {
    const sweep = () => {
      if (this.leases.sweep() > 0) this.#bell.ring();
    };
    // A full or busy disk, say: the next turn looks again.
    const failed = (error: unknown) => {
      this.logger.error({ err: error }, 'leases not swept; it is tried again');
    };
    this.#sweeper = setInterval(guarded(sweep, failed), LOOK_AGAIN_MS);
    return Promise.resolve();
  }

  ring(_jobId: string, delayMs = 0): void {
    this.#bell.ring(delayMs);
  }

  async claim(wish: ClaimWish): Promise<Claim | null> {
    const until = performance.now() + wish.waitMs;
    for (;;) {
      if (wish.signal?.aborted === true) return null;
      const claim = this.leases.claimNext(wish);
      const left = until - performance.now();
      if (claim !== null || left <= 0) return claim;
      await this.#bell.heard(Math.min(left, LOOK_AGAIN_MS), wish.signal);
    }
  }

  renew(claim: ClaimRef): boolean {
    return this.leases.renew(claim);
  }

  complete(claim: ClaimRef, result: { suggestionId: string; modelId: string }): void {
    this.leases.complete(claim, result);
  }

  fail(claim: ClaimRef, error: AppError, by?: FailedBy): 'waiting' | 'failed' {
    const delayMs = this.leases.setBack(claim, setbackOf(error), by);
    if (delayMs === null) return 'failed';
    this.ring(claim.jobId, delayMs);
    return 'waiting';
  }

  release(claim: ClaimRef): void {
    if (this.leases.release(claim)) this.ring(claim.jobId);
  }

  stop(): Promise<void> {
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#bell.close();
    return Promise.resolve();
  }
}
