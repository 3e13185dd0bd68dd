import { MOST_READ_IN, type WorkerClaim } from '../contract/worker';
import type { Claim } from '../queue/queue';
import { engineOptions } from './reply';
import { SUGGESTION_SETTINGS } from './settings';

/** A claim as a worker on another machine is told of it; `maxPixels` is the limit that its picture keeps to, `readIn` the
 * languages in which words in it are read. */
export function workerClaim(
  claim: Claim,
  { leaseMs, maxPixels, readIn }: { leaseMs: number; maxPixels: number; readIn: readonly string[] },
): WorkerClaim {
  const { reply } = claim.work;
  return {
    job_id: claim.jobId,
    token: claim.token,
    image_sha256: claim.imageSha256,
    lease_seconds: leaseMs / 1000,
    options: reply === undefined ? SUGGESTION_SETTINGS : engineOptions(reply),
    ...(reply?.question === undefined ? {} : { question: reply.question }),
    // A site has up to twenty languages, and the text may be wanted in one more.
    ...(reply === undefined && readIn.length > 0 ? { read_in: readIn.slice(0, MOST_READ_IN) } : {}),
    thumbnail: reply === undefined,
    max_pixels: maxPixels,
  };
}
