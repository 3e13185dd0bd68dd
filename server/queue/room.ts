import type { Priority } from '../contract/job';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { waitingBySite } from '../storage/row-counts';

const COUNT_AGAIN_MS = 1000;
/** Share of each limit that a backfill may fill; the rest is kept for what somebody waits for. */
const FOR_BACKFILLS = 0.9;

export interface RoomLimits {
  /** Waiting jobs of all sites together. */
  readonly all: number;
  /** Waiting jobs of one site. */
  readonly ofSite: (siteId: string) => number;
}

/** The bounds of the queue. Counts once a second and reckons in between, so that accepting a job stays cheap. */
export class QueueRoom {
  #all = 0;
  readonly #bySite = new Map<string, number>();
  #countedAt = -Infinity;

  constructor(
    private readonly storage: Storage,
    private readonly limits: RoomLimits,
  ) {}

  /** Takes one place. Throws QUEUE_FULL. */
  take(siteId: string, priority: Priority): void {
    if (performance.now() - this.#countedAt > COUNT_AGAIN_MS) this.#count();
    const ofSite = this.#bySite.get(siteId) ?? 0;
    const most = (limit: number) => (priority === 'backfill' ? Math.ceil(limit * FOR_BACKFILLS) : limit);
    if (this.#all >= most(this.limits.all) || ofSite >= most(this.limits.ofSite(siteId)))
      throw new AppError('QUEUE_FULL', { retry_after_seconds: 60 });
    this.#all += 1;
    this.#bySite.set(siteId, ofSite + 1);
  }

  #count(): void {
    this.#bySite.clear();
    this.#all = 0;
    for (const [siteId, waiting] of waitingBySite(this.storage)) {
      this.#bySite.set(siteId, waiting);
      this.#all += waiting;
    }
    this.#countedAt = performance.now();
  }
}
