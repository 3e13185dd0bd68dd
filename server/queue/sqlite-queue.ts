import { guarded } from '../background';
import type { AppError } from '../errors';
import type { Logger } from '../logger';
import type { LeaseStore } from './lease-store';
import { setbackOf } from './retry-policy';
import type { Claim, ClaimRef, ClaimWish, FailedBy, JobQueue, Refusal, StartWish } from './queue';
import { WakeUpSignal } from './wake-up-signal';

/** Interval of looking without a ring, in ms: for what another process changed (`altsmith requeue`), or a lease that ran out. */
const LOOK_AGAIN_MS = 1000;
/** A job that a worker was told of and has not begun after this time, in ms, is offered to others. */
const OFFER_MS = 10_000;

/** Puts jobs before workers in another way than by their asking; Bull's is bull-dispatcher.ts. */
export interface Dispatcher {
  start(): Promise<void>;
  /** `seq` of the jobs that it has put before workers. They are begun in another way only where nothing else is left. */
  window(): readonly number[];
  /** There may be more to put before workers. */
  wake(): void;
  /** The job has ended, or waits again. */
  left(jobId: string): void;
  stop(): Promise<void>;
}

/** The jobs in the SQLite file. Whoever asks is woken by rings inside this process; a dispatcher, if any, by the same. */
export class SqliteQueue implements JobQueue {
  readonly #signal = new WakeUpSignal(() => this.dispatcher?.wake());
  /** Jobs that a worker was told of who asked for one. */
  readonly #offers = new Map<string, { readonly seq: number; readonly until: number }>();
  #sweeper: NodeJS.Timeout | null = null;

  constructor(
    private readonly leases: LeaseStore,
    readonly leaseMs: number,
    private readonly logger: Logger,
    private readonly dispatcher: Dispatcher | null = null,
  ) {}

  /** Throws what the dispatcher's start does. */
  async start(): Promise<void> {
    const sweep = () => {
      if (this.leases.sweep() > 0) this.ring('');
    };
    // A full or busy disk, say: the next turn looks again.
    const failed = (error: unknown) => {
      this.logger.error({ err: error }, 'leases not swept; it is tried again');
    };
    this.#sweeper = setInterval(guarded(sweep, failed), LOOK_AGAIN_MS);
    await this.dispatcher?.start();
  }

  ring(_jobId: string, delayMs = 0): void {
    this.#signal.send(delayMs);
  }

  claim(wish: ClaimWish): Promise<Claim | null> {
    return this.#wait(wish, (except) => this.leases.claimNext({ ...wish, except }));
  }

  async next(wish: ClaimWish): Promise<string | null> {
    const offer = await this.#wait(wish, (except) => {
      const [picked] = this.leases.pick(1, { tasks: wish.tasks ?? ['caption'], except });
      if (picked === undefined) return null;
      this.#offers.set(picked.id, { seq: picked.seq, until: performance.now() + OFFER_MS });
      return picked;
    });
    return offer?.id ?? null;
  }

  takeBack(jobId: string): void {
    if (this.#offers.delete(jobId)) this.ring(jobId);
  }

  begin(jobId: string, wish: StartWish): Claim | Refusal {
    this.#offers.delete(jobId);
    const claim = this.leases.begin(jobId, wish);
    if ('state' in claim) this.dispatcher?.left(jobId);
    return claim;
  }

  /** Looks for a job now and at each ring, until one is found or the time is over. */
  async #wait<Found>(wish: ClaimWish, look: (except: readonly number[]) => Found | null): Promise<Found | null> {
    const until = performance.now() + wish.waitMs;
    for (;;) {
      if (wish.signal?.aborted === true) return null;
      const found = this.#look(look);
      const left = until - performance.now();
      if (found !== null || left <= 0) return found;
      await this.#signal.wait(Math.min(left, LOOK_AGAIN_MS), wish.signal);
    }
  }

  #look<Found>(look: (except: readonly number[]) => Found | null): Found | null {
    const offers = this.#offered();
    const window = this.dispatcher?.window() ?? [];
    const found = look([...offers, ...window]);
    // Nothing else is left: a job of the window is offered too, and the first worker that begins it has it.
    return found === null && window.length > 0 ? look(offers) : found;
  }

  /** `seq` of the jobs that askers were told of and have not begun yet. */
  #offered(): number[] {
    const now = performance.now();
    for (const [id, { until }] of this.#offers) if (until < now) this.#offers.delete(id);
    return [...this.#offers.values()].map(({ seq }) => seq);
  }

  renew(claim: ClaimRef): boolean {
    return this.leases.renew(claim);
  }

  complete(claim: ClaimRef, result: { suggestionId: string; modelId: string }): void {
    this.leases.complete(claim, result);
    this.dispatcher?.left(claim.jobId);
  }

  fail(claim: ClaimRef, error: AppError, by?: FailedBy): 'waiting' | 'failed' {
    const delayMs = this.leases.setBack(claim, setbackOf(error), by);
    this.dispatcher?.left(claim.jobId);
    if (delayMs === null) return 'failed';
    this.ring(claim.jobId, delayMs);
    return 'waiting';
  }

  release(claim: ClaimRef): void {
    if (!this.leases.release(claim)) return;
    this.dispatcher?.left(claim.jobId);
    this.ring(claim.jobId);
  }

  async stop(): Promise<void> {
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#signal.close();
    await this.dispatcher?.stop();
  }
}
