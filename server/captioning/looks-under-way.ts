import { setTimeout as pause } from 'node:timers/promises';
import type { Claim } from '../queue/queue';
import type { Storage } from '../storage/database';

const LOOK_AGAIN_MS = 50;
/** A picture takes some seconds; then it is looked at a second time. Nobody renews the lease of a worker elsewhere meanwhile. */
const LONGEST_WAIT_MS = 20_000;

/** Which pictures are being looked at, here or elsewhere, so that a job for another language waits for what is said about them. */
export class LooksUnderWay {
  readonly #earlier;

  constructor(
    storage: Storage,
    private readonly leaseMs: number,
  ) {
    this.#earlier = storage
      .prepare<object, number>(
        `SELECT 1 FROM jobs
         WHERE site_id = :siteId AND image_sha256 = :image AND state IN ('waiting', 'running') AND state = 'running' AND seq < :seq AND instance >= 0
           AND needs = 'caption' AND language <> :language LIMIT 1`,
      )
      .pluck();
  }

  /**
   * What is known about the picture of a job. Where an earlier job looks at it for another language, waits for that; null where nothing is
   * known then. An earlier job never waits for a later one.
   */
  async await<Result>(claim: Claim, known: () => Result | null, signal?: AbortSignal): Promise<Result | null> {
    const until = performance.now() + Math.min(LONGEST_WAIT_MS, this.leaseMs / 2);
    for (;;) {
      const found = known();
      if (found !== null || !this.#isLookedAt(claim) || performance.now() > until) return found;
      await pause(LOOK_AGAIN_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  #isLookedAt({ siteId, imageSha256: image, jobSeq: seq, language }: Claim): boolean {
    return this.#earlier.get({ siteId, image, seq, language }) !== undefined;
  }
}
