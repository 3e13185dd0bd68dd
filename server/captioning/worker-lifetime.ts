/** Native code leaks slowly: however well it looks, a process is replaced after this many pictures. */
const MOST_PICTURES = 2000;
/** By then a process has all the memory that its model and ordinary pictures need. */
const SETTLED_AFTER = 20;
/** Room for one very large picture on top of that: 49 megapixels of PNG peak at 241 MB beside the model. Bytes. */
const MOST_GROWTH = 400 * 1024 * 1024;

export interface LifetimeLimits {
  readonly pictures: number;
  readonly settledAfter: number;
  /** Bytes of memory of its own above what was held after `settledAfter` pictures. */
  readonly growth: number;
}

export const USUAL_LIFETIME: LifetimeLimits = {
  pictures: MOST_PICTURES,
  settledAfter: SETTLED_AFTER,
  growth: MOST_GROWTH,
};

/** How long one worker process may go on. Models differ in size, so growth counts and not size. */
export class WorkerLifetime {
  private pictures = 0;
  private settledBytes: number | null = null;

  constructor(private readonly limits: LifetimeLimits) {}

  /** Notes that a picture was dealt with, and what the process holds now. True when it has to be replaced. */
  isOver(heldBytes: number): boolean {
    this.pictures += 1;
    const { pictures, settledAfter, growth } = this.limits;
    if (this.pictures === settledAfter) this.settledBytes = heldBytes;
    const hasGrown = this.settledBytes !== null && heldBytes - this.settledBytes > growth;
    return hasGrown || this.pictures >= pictures;
  }
}
