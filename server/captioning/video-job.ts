import { untilAborted, withAnySignal } from '../any-signal';
import { guarded } from '../background';
import { toAppError, type AppError, type ErrorCode } from '../errors';
import type { VideoStore } from '../intake/video-store';
import type { Logger } from '../logger';
import type { Claim, FailedBy, JobQueue } from '../queue/queue';
import { isOverload } from '../queue/retry-policy';
import type { JobFinisher } from './job-finisher';
import type { RunsHere } from './runs-here';
import type { LookAtVideo } from './video-looker';

export interface VideoJobParts {
  readonly queue: Pick<JobQueue, 'renew' | 'fail' | 'release' | 'leaseMs'>;
  readonly finisher: Pick<JobFinisher, 'videoTextsOf' | 'finishVideo'>;
  readonly look: LookAtVideo;
  readonly videosOf: (siteId: string) => Pick<VideoStore, 'dropBytes'>;
  /** For so long a poster stays at least, in ms. */
  readonly keepPosterMs: number;
  readonly translate: (thrown: unknown) => AppError | null;
  readonly runsHere: Pick<RunsHere, 'begin' | 'end'>;
  readonly machine: string;
  readonly logger: Logger;
}

const RENEWALS_A_LEASE = 4;

/** What the file itself is: no other attempt, on whatever machine, finds anything else. */
const OF_THE_FILE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'VIDEO_UNREADABLE',
  'VIDEO_WITHOUT_PICTURES',
  'VIDEO_TOO_MANY_PIXELS',
  'VIDEO_TOO_LONG',
]);
/** Failures of the machine, its model or its programs: the video is tried again, and the attempt is not counted. */
const OF_THE_MACHINE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MODEL_UNAVAILABLE',
  'CAPTION_MODEL_MISSING',
  'VIDEO_DECODER_MISSING',
  'QUEUE_FULL',
  'STORAGE_FULL',
  'STORAGE_UNAVAILABLE',
  'SHUTTING_DOWN',
]);

/** One claimed job about a video, from start to end. Never rejects: whatever happens becomes the outcome. */
export async function videoJob(parts: VideoJobParts, claim: Claim, stopping: AbortSignal): Promise<void> {
  const { queue, runsHere } = parts;
  const logger = parts.logger.child({ job_id: claim.jobId, site_id: claim.siteId, attempt: claim.attempt });
  const unwanted = new AbortController();
  runsHere.begin(claim.jobId, unwanted);
  const renew = () => {
    if (!queue.renew(claim)) unwanted.abort();
  };
  const notRenewed = (error: unknown) => {
    logger.warn({ err: error }, 'lease not renewed');
  };
  const renewal = setInterval(guarded(renew, notRenewed), queue.leaseMs / RENEWALS_A_LEASE);
  logger.info('video job started');
  try {
    await withAnySignal([stopping, unwanted.signal], (signal) => lookAndFinish(parts, claim, signal));
    logger.info('video job done');
  } catch (thrown) {
    // Cancelled, erased, or in other hands: nobody waits for an outcome.
    if (!unwanted.signal.aborted) settle(parts, claim, { thrown, stopping, logger });
  } finally {
    clearInterval(renewal);
    runsHere.end(claim.jobId);
  }
}

async function lookAndFinish({ look, finisher, keepPosterMs }: VideoJobParts, claim: Claim, signal: AbortSignal) {
  const seen = await look(claim, signal);
  let isKept = false;
  try {
    const texts = await untilAborted(finisher.videoTextsOf(claim, seen.look), signal);
    signal.throwIfAborted();
    finisher.finishVideo(claim, {
      ...{ look: seen.look, texts, thumbnail: seen.thumbnail },
      posterKeptUntil: Date.now() + keepPosterMs,
      traceparent: claim.work.traceparent ?? null,
    });
    isKept = true;
  } finally {
    await seen.end(isKept);
  }
}

interface Failure {
  readonly thrown: unknown;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

function settle(parts: VideoJobParts, claim: Claim, { thrown, stopping, logger }: Failure): void {
  const { queue, machine } = parts;
  const error = parts.translate(thrown) ?? toAppError(thrown);
  if (error.code === 'LEASE_LOST') return;
  try {
    if (stopping.aborted) {
      queue.release(claim);
      return;
    }
    logger.warn({ err: error, code: error.code }, 'attempt failed');
    // The attempt is not counted where the machine failed and not the file.
    const isAway = isOverload(error) || OF_THE_MACHINE.has(error.code);
    const by: FailedBy | undefined = isAway ? { machine, blame: 'nobody' } : undefined;
    const outcome = queue.fail(claim, error, by);
    // A file that cannot be read will not be readable later either.
    if (outcome === 'failed' && OF_THE_FILE.has(error.code)) parts.videosOf(claim.siteId).dropBytes(claim.imageSha256);
  } catch (failure) {
    // Not stored means nothing is lost either: the lease runs out and the job is handed out again.
    logger.error({ err: failure }, 'job outcome not stored');
  }
}
