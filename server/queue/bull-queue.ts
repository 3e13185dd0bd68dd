import { guarded } from '../background';
import type { AppError } from '../errors';
import type { Logger } from '../logger';
import type { BullBell } from './bull-bell';
import type { LeaseStore } from './lease-store';
import type { Claim, ClaimRef, ClaimWish, FailedBy, JobQueue } from './queue';
import { setbackOf } from './retry-policy';

/** Without a bell: what Redis lost, or what another process changed in the file. */
const LOOK_AGAIN_MS = 1000;
const RECONCILE_MS = 2000;
/** Bells that are worth having at a time: whoever hears one goes on until nothing is left. */
const ENOUGH_BELLS = 100;

/** The queue whose bell is heard on other machines too. The jobs themselves are in SQLite, as with the other driver. */
export class BullQueue implements JobQueue {
  readonly #timers = new Set<NodeJS.Timeout>();
  #reconciler: NodeJS.Timeout | null = null;
  #unheard = 0;
  #isStopped = false;

  constructor(
    private readonly leases: LeaseStore,
    readonly leaseMs: number,
    private readonly bell: BullBell,
    private readonly logger: Logger,
  ) {}

  /** Throws REDIS_EVICTS. */
  async start(): Promise<void> {
    await this.bell.start();
    this.#reconciler = setInterval(
      guarded(() => this.#reconcile(), this.#failed),
      RECONCILE_MS,
    );
  }

  ring(jobId: string, delayMs = 0): void {
    if (delayMs > 0) {
      const ring = () => {
        this.#timers.delete(timer);
        this.ring(jobId);
      };
      const timer = setTimeout(guarded(ring, this.#failed), delayMs);
      this.#timers.add(timer);
      return;
    }
    if (this.#unheard >= ENOUGH_BELLS) return;
    this.#unheard += 1;
    this.bell.ring(jobId);
  }

  /** Leases that ran out come back, and ready jobs get a bell when Redis has lost theirs, or never had it. */
  async #reconcile(): Promise<void> {
    this.leases.sweep();
    const unheard = await this.bell.unheard();
    this.#unheard = unheard ?? 0;
    // The stop may have closed the database while Redis was asked.
    if (unheard === null || this.#isStopped) return;
    for (const id of this.leases.readyIds(ENOUGH_BELLS).slice(unheard)) this.ring(id);
  }

  /** A full or busy disk, say: the next turn looks again. */
  readonly #failed = (error: unknown): void => {
    this.logger.error({ err: error }, 'queue not looked after; it is tried again');
  };

  async claim(wish: ClaimWish): Promise<Claim | null> {
    const until = performance.now() + wish.waitMs;
    for (;;) {
      if (wish.signal?.aborted === true) return null;
      const claim = this.leases.claimNext(wish);
      const left = until - performance.now();
      if (claim !== null || left <= 0) return claim;
      await this.bell.heard(Math.min(left, LOOK_AGAIN_MS), wish.signal);
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

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#reconciler !== null) clearInterval(this.#reconciler);
    for (const timer of this.#timers) clearTimeout(timer);
    await this.bell.close();
  }
}
