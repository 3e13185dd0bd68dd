import type { Priority } from '../contract/job';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { waitingBySite, waitingInPausedRuns } from '../storage/row-counts';

const COUNT_AGAIN_MS = 1000;
/** Share of each limit that a backfill may fill; the rest is kept for what somebody waits for. */
const FOR_BACKFILLS = 0.9;
/** A site with fewer waiting jobs than this share of the limit of all, or than the number, finds room however many wait of others. */
const FOR_EACH_SITE = 1 / 50;
const MOST_FOR_EACH_SITE = 1000;

export interface RoomLimits {
  /** Waiting jobs of all sites together; those of paused runs do not count. */
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
    const reserve = Math.min(Math.floor(this.limits.all * FOR_EACH_SITE), MOST_FOR_EACH_SITE);
    const isFull = this.#all >= most(this.limits.all) && ofSite >= reserve;
    if (isFull || ofSite >= most(this.limits.ofSite(siteId)))
      throw new AppError('QUEUE_FULL', { retry_after_seconds: 60 });
    this.#all += 1;
    this.#bySite.set(siteId, ofSite + 1);
  }

  #count(): void {
    this.#bySite.clear();
    this.#all = -waitingInPausedRuns(this.storage);
    for (const [siteId, waiting] of waitingBySite(this.storage)) {
      this.#bySite.set(siteId, waiting);
      this.#all += waiting;
    }
    this.#countedAt = performance.now();
  }
}
