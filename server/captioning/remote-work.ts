import { renameSync, writeFileSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { z } from 'zod';
import type { WorkerClaim, WorkerClaimRequest, WorkerFailure, WorkerFinish } from '../contract/worker';
import { AppError, isErrorCode, type ErrorCode } from '../errors';
import type { ImageStore } from '../intake/image-store';
import { formatOf } from '../intake/sniff';
import type { Logger } from '../logger';
import type { LeaseStore } from '../queue/lease-store';
import type { Claim, ClaimRef, JobQueue } from '../queue/queue';
import type { JobFinisher } from './job-finisher';
import type { ModelMemory } from './model-memory';
import { engineOptions } from './reply';
import type { ReplyFinisher } from './reply-finisher';
import { modelKey, type ResultStore } from './result-store';
import { SUGGESTION_SETTINGS } from './settings';
import { tasksOf, type WorkerRegistry } from './worker-registry';

export interface RemoteWorkParts {
  readonly queue: JobQueue;
  readonly leases: Pick<LeaseStore, 'held' | 'holderOf'>;
  readonly finisher: JobFinisher;
  readonly model: Pick<ModelMemory, 'remember'>;
  readonly imagesOf: (siteId: string) => Pick<ImageStore, 'originalPath' | 'hasBytes' | 'thumbnailPath' | 'draftPath'>;
  readonly resultsOf: (siteId: string) => Pick<ResultStore, 'get'>;
  readonly replies: Pick<ReplyFinisher, 'finish'>;
  readonly pictureOf: (jobId: string) => string | null;
  readonly registry: WorkerRegistry;
  readonly jobEnded: (outcome: string, seconds: number) => void;
  readonly logger: Logger;
}

interface RemoteRun {
  readonly machine: string;
  readonly startedAt: number;
}

const NO_CAPTION = { where: 'body.result', problem: 'is an answer, and the job wants a caption' };
/** Pictures that the median of `secondsPerImage` is taken over. */
const REMEMBERED = 21;
/** Runs that are remembered; those of workers that vanished are forgotten, oldest first. */
const MOST_RUNS = 10_000;

/** The jobs as workers on other machines see them. Every call names the claim's token, and an old one is refused. */
export class RemoteWork {
  #sendsTo: string | null = null;
  readonly #seconds: number[] = [];
  readonly #runs = new Map<string, RemoteRun>();

  constructor(private readonly parts: RemoteWorkParts) {}

  /** A job for the worker, or null when none came in time. What its model has said before is not asked again. */
  async claim(request: WorkerClaimRequest, signal: AbortSignal): Promise<WorkerClaim | null> {
    const until = performance.now() + request.wait * 1000;
    const machine = this.#hear(request);
    if (request.problem !== undefined) return null;
    const tasks = tasksOf(request.model);
    // Said before it is given a picture.
    this.#sendsTo = request.model.address ?? this.#sendsTo;
    const { queue, resultsOf, logger } = this.parts;
    const worker = `remote-${request.worker}`;
    for (;;) {
      const claim = await queue.claim({ worker, waitMs: Math.max(0, until - performance.now()), signal, tasks });
      if (claim === null) return null;
      if (signal.aborted) {
        queue.release(claim);
        return null;
      }
      const isReply = claim.work.reply !== undefined;
      const known = isReply ? null : resultsOf(claim.siteId).get(claim.imageSha256, modelKey(request.model));
      if (known === null) {
        logger.info({ job_id: claim.jobId, worker, attempt: claim.attempt }, 'job handed to a remote worker');
        this.#began(claim, machine);
        return this.#wire(claim);
      }
      this.parts.finisher.finish(claim, known, null);
      // Requests get their turn between two of perhaps thousands of known results.
      await breathe();
    }
  }

  /** Notes who asks. Returns the name of its machine. */
  #hear(request: WorkerClaimRequest): string {
    const { registry } = this.parts;
    const machine = request.machine ?? request.worker.replace(/-\d+$/, '');
    const { model, slots = 1, problem = null } = request;
    registry.seen(machine, { model, tasks: tasksOf(model), slots, problem });
    if (request.well === true) registry.wasWell(machine);
    return machine;
  }

  #began({ jobId, token }: ClaimRef, machine: string): void {
    this.#runs.set(`${jobId} ${token}`, { machine, startedAt: performance.now() });
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    this.parts.registry.started(machine);
  }

  /** A run ended; null when it began before the sidecar did. */
  #ended({ jobId, token }: ClaimRef, outcome: string, code: ErrorCode | null = null): void {
    const run = this.#runs.get(`${jobId} ${token}`);
    this.#runs.delete(`${jobId} ${token}`);
    this.parts.jobEnded(outcome, run === undefined ? 0 : (performance.now() - run.startedAt) / 1000);
    const how = outcome === 'done' ? 'done' : code === null ? 'given back' : 'failed';
    if (run !== undefined) this.parts.registry.ended(run.machine, how, code);
  }

  /** The server that a worker here since the start sends its pictures on to; null: none does. */
  get sendsTo(): string | null {
    return this.#sendsTo;
  }

  /** Median seconds that workers elsewhere took for a picture lately; null before the first. */
  get secondsPerImage(): number | null {
    const sorted = [...this.#seconds].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }

  #wire(claim: Claim): WorkerClaim {
    const { reply } = claim.work;
    return {
      job_id: claim.jobId,
      token: claim.token,
      image_sha256: claim.imageSha256,
      lease_seconds: this.parts.queue.leaseMs / 1000,
      options: reply === undefined ? SUGGESTION_SETTINGS : engineOptions(reply),
      ...(reply?.question === undefined ? {} : { question: reply.question }),
      thumbnail: reply === undefined,
    };
  }

  /** Path of the picture's bytes. Throws LEASE_LOST, IMAGE_UNKNOWN. */
  image(ref: ClaimRef): string {
    const claim = this.#held(ref);
    const own = this.parts.pictureOf(claim.jobId);
    if (own !== null) return own;
    const images = this.parts.imagesOf(claim.siteId);
    if (!images.hasBytes(claim.imageSha256)) throw new AppError('IMAGE_UNKNOWN');
    return images.originalPath(claim.imageSha256);
  }

  /** Throws LEASE_LOST. */
  heartbeat(ref: ClaimRef): void {
    if (!this.parts.queue.renew(ref)) throw new AppError('LEASE_LOST');
  }

  /** Throws LEASE_LOST, and BAD_REQUEST for a thumbnail that is no WebP. */
  finish(jobId: string, body: z.infer<typeof WorkerFinish>): void {
    const claim = this.#held({ jobId, token: body.token });
    const { result, thumbnail } = body;
    if (claim.work.reply !== undefined) {
      const whole = 'answer' in result ? { ...result, caption: null, readings: null } : { ...result, answer: null };
      this.parts.replies.finish(claim, whole);
    } else {
      if ('answer' in result) throw new AppError('BAD_REQUEST', { problems: [NO_CAPTION] });
      const picture = thumbnail === undefined ? null : Buffer.from(thumbnail, 'base64');
      if (picture !== null) this.#keepThumbnail(claim, picture);
      this.parts.finisher.finish(claim, result, picture?.length ?? null);
    }
    this.parts.model.remember(result.model);
    this.#seconds.push(result.timingsMs.total / 1000);
    if (this.#seconds.length > REMEMBERED) this.#seconds.shift();
    this.#ended(claim, 'done');
  }

  #keepThumbnail(claim: Claim, bytes: Buffer): void {
    if (formatOf(bytes) !== 'webp') {
      throw new AppError('BAD_REQUEST', { problems: [{ where: 'body.thumbnail', problem: 'is no WebP' }] });
    }
    const images = this.parts.imagesOf(claim.siteId);
    const draft = images.draftPath(`${claim.jobId}-${claim.token}.webp`);
    writeFileSync(draft, bytes);
    renameSync(draft, images.thumbnailPath(claim.imageSha256));
  }

  /**
   * What becomes of the job is decided here, by the catalogue: a worker cannot make an error retryable. One that may pass
   * counts only once it is known to be the picture's.
   */
  fail(jobId: string, { token, code, signal, well }: z.infer<typeof WorkerFailure>): 'waiting' | 'failed' {
    const { logger, leases, registry, queue } = this.parts;
    const known = isErrorCode(code) ? code : 'INTERNAL';
    const error = new AppError(known, signal === undefined ? {} : { signal });
    const ref = { jobId, token };
    const machine =
      this.#runs.get(`${jobId} ${token}`)?.machine ?? leases.holderOf(ref)?.replace(/^remote-|-\d+$/g, '');
    logger.warn({ job_id: jobId, code, machine }, 'attempt failed on a remote worker');
    if (well === true && machine !== undefined) registry.wasWell(machine);
    const outcome = queue.fail(ref, error, { machine: machine ?? 'unknown', isPicture: well === true });
    this.#ended(ref, outcome, known);
    return outcome;
  }

  /** Throws LEASE_LOST. */
  release(ref: ClaimRef): void {
    this.#held(ref);
    this.parts.queue.release(ref);
    this.#ended(ref, 'released');
  }

  #held(ref: ClaimRef): Claim {
    const claim = this.parts.leases.held(ref);
    if (claim === null) throw new AppError('LEASE_LOST');
    return claim;
  }
}
