import { untilAborted, withAnySignal } from '../any-signal';
import { statSync } from 'node:fs';
import { setImmediate as yieldToEventLoop, setTimeout as pause } from 'node:timers/promises';
import { guarded } from '../background';
import type { CaptionOptions } from '../contract/caption';
import { AppError, toAppError } from '../errors';
import type { ImageStore } from '../intake/image-store';
import type { Presence } from '../intake/picture-presence';
import type { Logger } from '../logger';
import type { Blame, Claim, JobQueue } from '../queue/queue';
import { isOverload } from '../queue/retry-policy';
import type { CaptionEngine } from './engine';
import { captionOf, type CaptionResult } from './engine-result';
import type { JobFinisher } from './job-finisher';
import type { LooksUnderWay } from './looks-under-way';
import { engineOptions } from './reply';
import type { ReplyFinisher } from './reply-finisher';
import type { RunsHere } from './runs-here';
import { modelKey, type ResultStore } from './result-store';
import type { WorkerCondition } from './worker-condition';
import type { WorkerRegistry } from './worker-registry';
import type { SuggestedTexts } from '../translating/suggested-texts';
import type { SpanFacts, Tracing } from '../tracing/tracing';
import { SUGGESTION_SETTINGS } from './settings';

export interface CaptionJobParts {
  readonly queue: JobQueue;
  readonly engine: Pick<CaptionEngine, 'run' | 'state'>;
  readonly finisher: JobFinisher;
  /** Who else looks at the picture now, for another language. */
  readonly looks: Pick<LooksUnderWay, 'await'>;
  /** The owner's words that the search may favour for this picture. */
  readonly favourOf: (claim: Claim) => readonly string[];
  /** Languages in which words in its picture are read. */
  readonly readIn: (claim: Claim) => readonly string[];
  readonly imagesOf: (
    siteId: string,
  ) => Pick<ImageStore, 'captionablePath' | 'presence' | 'draftPath' | 'removeDrafts'>;
  readonly resultsOf: (siteId: string) => Pick<ResultStore, 'get'>;
  readonly logger: Logger;
  readonly translate: (thrown: unknown) => AppError | null;
  /** Name of this machine, and its key among those that do jobs. */
  readonly machine: { readonly name: string; readonly key: string };
  readonly condition: Pick<WorkerCondition, 'failed' | 'notReached' | 'wentWell'>;
  readonly registry: Pick<WorkerRegistry, 'started' | 'ended'>;
  readonly replies: Pick<ReplyFinisher, 'finish' | 'failed'>;
  /** Where the picture of a job lies that is no stored one; null for the others. */
  readonly pictureOf: (jobId: string) => string | null;
  readonly runsHere: RunsHere;
  readonly tracing: Tracing;
  readonly jobEnded: (outcome: JobOutcome, seconds: number) => void;
}

export type JobOutcome = 'done' | 'waiting' | 'failed' | 'lost' | 'cancelled' | 'released';

/** A lease is renewed this many times before it would end. */
const RENEWALS_A_LEASE = 4;
const STORE_AGAIN_MS = 1000;

/**
 * One claimed job from start to end. Never rejects: whatever happens becomes the outcome. `engineIsFree` is called as soon
 * as the model has answered, before anything is stored.
 */
export async function captionJob(
  parts: CaptionJobParts,
  claim: Claim,
  stopping: AbortSignal,
  engineIsFree: () => void,
): Promise<JobOutcome> {
  const started = performance.now();
  const logger = parts.logger.child({ job_id: claim.jobId, site_id: claim.siteId, attempt: claim.attempt });
  logger.info('job started');
  parts.registry.started(parts.machine.key);
  const span = parts.tracing.start('caption picture', {
    kind: 'consumer',
    parent: claim.work.traceparent ?? null,
    facts: attemptFacts(claim, parts.machine.name),
  });
  const { traceparent } = span;
  const outcome = await work(parts, claim, { stopping, engineIsFree, logger, traceparent });
  span.end({ 'altsmith.outcome': outcome }, outcome === 'failed' ? 'failed' : undefined);
  const ms = performance.now() - started;
  logger.info({ outcome, ms: Math.round(ms) }, 'job ended');
  parts.jobEnded(outcome, ms / 1000);
  return outcome;
}

/** Attributes of an attempt's span. */
export function attemptFacts(claim: Claim, machine: string): SpanFacts {
  return {
    'altsmith.job.id': claim.jobId,
    'altsmith.site.id': claim.siteId,
    'altsmith.attempt': claim.attempt,
    'altsmith.machine': machine,
  };
}

interface Attempt {
  readonly stopping: AbortSignal;
  readonly engineIsFree: () => void;
  readonly logger: Logger;
  readonly traceparent: string | null;
}

async function work(parts: CaptionJobParts, claim: Claim, attempt: Attempt): Promise<JobOutcome> {
  const { stopping, engineIsFree, logger, traceparent } = attempt;
  const lost = new AbortController();
  const unwanted = new AbortController();
  parts.runsHere.begin(claim.jobId, unwanted);
  const renew = () => {
    if (!parts.queue.renew(claim)) lost.abort();
  };
  // The disk may be full or busy for a moment: the lease still has three quarters to go, and a lost one is found by its token at the end.
  const notRenewed = (error: unknown) => {
    logger.warn({ err: error }, 'lease not renewed');
  };
  const renewal = setInterval(guarded(renew, notRenewed), parts.queue.leaseMs / RENEWALS_A_LEASE);
  try {
    await withAnySignal([lost.signal, stopping, unwanted.signal], (signal) =>
      runAndFinish(parts, claim, { engineIsFree, traceparent, signal }),
    );
    parts.registry.ended(parts.machine.key, 'done');
    return 'done';
  } catch (thrown) {
    if (lost.signal.aborted || unwanted.signal.aborted) {
      parts.registry.ended(parts.machine.key, 'given back');
      return unwanted.signal.aborted ? 'cancelled' : 'lost';
    }
    return await settle(parts, claim, { thrown, stopping, lost: lost.signal, logger, traceparent });
  } finally {
    clearInterval(renewal);
    parts.runsHere.end(claim.jobId);
  }
}

async function runForReply(
  parts: CaptionJobParts,
  claim: Claim,
  options: CaptionOptions,
  { engineIsFree, signal }: { engineIsFree: () => void; signal: AbortSignal },
): Promise<void> {
  const imagePath = parts.pictureOf(claim.jobId) ?? parts.imagesOf(claim.siteId).captionablePath(claim.imageSha256);
  const { question } = options;
  const asked = question === undefined ? {} : { question };
  const request = { imagePath, sha256: claim.imageSha256, options: engineOptions(options), ...asked, signal };
  const result = await parts.engine.run(request);
  engineIsFree();
  parts.condition.wentWell();
  parts.replies.finish(claim, result);
}

async function runAndFinish(
  parts: CaptionJobParts,
  claim: Claim,
  run: { engineIsFree: () => void; traceparent: string | null; signal: AbortSignal },
): Promise<void> {
  const { engineIsFree, traceparent, signal } = run;
  if (claim.work.reply !== undefined) return runForReply(parts, claim, claim.work.reply, run);
  const known = await parts.looks.await(claim, () => knownResult(parts, claim), signal);
  if (known !== null) {
    const texts = await untilAborted(parts.finisher.textsOf(claim, known), signal);
    parts.finisher.finish(claim, { result: known, texts, thumbnail: null, traceparent });
    return;
  }
  const images = parts.imagesOf(claim.siteId);
  const imagePath = images.captionablePath(claim.imageSha256);
  // Its own name for each attempt, so that a worker that comes late cannot spoil the one that is shown.
  const draft = `${claim.jobId}-${claim.token}.webp`;
  const unfinished = images.draftPath(draft);
  const favour = parts.favourOf(claim);
  try {
    const result = await parts.engine.run({
      imagePath,
      sha256: claim.imageSha256,
      // What is said is kept for the picture like every other result.
      options: favour.length === 0 ? SUGGESTION_SETTINGS : { ...SUGGESTION_SETTINGS, favour },
      thumbnailPath: unfinished,
      readIn: parts.readIn(claim),
      signal,
    });
    engineIsFree();
    parts.condition.wentWell();
    // The worker gets its next picture first; only then is this one's end written, which waits for the disk.
    await yieldToEventLoop();
    const said = captionOf(result);
    parts.finisher.keepResult(claim, said);
    const texts = await untilAborted(parts.finisher.textsOf(claim, said), signal);
    finish(parts, claim, { result: said, texts, unfinished, traceparent });
  } catch (error) {
    await images.removeDrafts(draft);
    throw error;
  }
}

/** What this model said about this image before: it would say the same again. */
function knownResult(parts: CaptionJobParts, claim: Claim): CaptionResult | null {
  const { model } = parts.engine.state();
  return model === null ? null : parts.resultsOf(claim.siteId).get(claim.imageSha256, modelKey(model));
}

function finish(
  parts: CaptionJobParts,
  claim: Claim,
  work: { result: CaptionResult; texts: SuggestedTexts; unfinished: string; traceparent: string | null },
): void {
  const thumbnail = statSync(work.unfinished, { throwIfNoEntry: false });
  const draft = thumbnail === undefined ? null : { file: work.unfinished, bytes: thumbnail.size };
  const { result, texts, traceparent } = work;
  parts.finisher.finish(claim, { result, texts, thumbnail: draft, traceparent });
}

/** Stores what became of the attempt; while the disk takes nothing, again and again, as long as the job is ours. */
async function settle(
  parts: CaptionJobParts,
  claim: Claim,
  attempt: Omit<Attempt, 'engineIsFree'> & { thrown: unknown; lost: AbortSignal },
): Promise<JobOutcome> {
  const { thrown, stopping, lost, logger } = attempt;
  const { registry, machine } = parts;
  const error = whatFailed(parts, claim, thrown);
  const isOurs = error.code !== 'LEASE_LOST' && !stopping.aborted;
  registry.ended(machine.key, isOurs ? 'failed' : 'given back', error.code);
  if (error.code === 'LEASE_LOST') return 'lost';
  logger.warn({ err: error, code: error.code }, 'attempt failed');
  const blame = isOurs ? await blameFor(parts, claim, error) : 'nobody';
  if (claim.work.reply !== undefined) parts.replies.failed(claim, error);
  for (;;) {
    try {
      if (!stopping.aborted)
        return parts.queue.fail(claim, error, { machine: machine.name, process: machine.key, blame });
      parts.queue.release(claim);
      return 'released';
    } catch (failure) {
      // Not stored means nothing is lost either: the lease runs out and the job is handed out again.
      if (stopping.aborted || lost.aborted || isLeaseLost(failure)) return 'lost';
      logger.error({ err: failure }, 'job outcome not stored yet');
      await pause(STORE_AGAIN_MS);
    }
  }
}

function whatFailed(parts: CaptionJobParts, claim: Claim, thrown: unknown): AppError {
  const error = parts.translate(thrown) ?? toAppError(thrown);
  const isMissed = error.code === 'IMAGE_UNKNOWN' && presenceFor(parts, claim) !== 'gone';
  // The worker process sees another disk than this one.
  return isMissed ? new AppError('STORAGE_UNAVAILABLE', {}, { cause: error }) : error;
}

function presenceFor(parts: CaptionJobParts, { jobId, siteId, imageSha256 }: Claim): Presence {
  if (parts.pictureOf(jobId) !== null) return 'here';
  try {
    return parts.imagesOf(siteId).presence(imageSha256);
  } catch {
    // The database does not answer for a moment: then nothing is known of the picture's folder either.
    return 'here';
  }
}

/** The picture's fault, or this machine's? The lease is kept meanwhile; who waits at a connection is told first. */
async function blameFor(parts: CaptionJobParts, claim: Claim, error: AppError): Promise<Blame> {
  const { condition } = parts;
  const presence = presenceFor(parts, claim);
  if (presence === 'away') {
    condition.notReached(claim.imageSha256, error);
    return 'nobody';
  }
  if (presence === 'gone' && error.code === 'IMAGE_UNKNOWN') return 'picture';
  const examined = condition.failed(claim.imageSha256, error);
  if (claim.work.reply === undefined || claim.subject.id !== 'caption') return examined;
  if (isOverload(error)) return 'nobody';
  return error.retryable ? 'unknown' : 'picture';
}

function isLeaseLost(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === 'LEASE_LOST';
}
