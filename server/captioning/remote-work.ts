import { renameSync, writeFileSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { z } from 'zod';
import type { WorkerClaim, WorkerClaimRequest, WorkerFailure, WorkerFinish } from '../contract/worker';
import { AppError, isErrorCode } from '../errors';
import type { ImageStore } from '../intake/image-store';
import { formatOf } from '../intake/sniff';
import type { Logger } from '../logger';
import type { LeaseStore } from '../queue/lease-store';
import type { Claim, ClaimRef, JobQueue } from '../queue/queue';
import type { JobFinisher } from './job-finisher';
import type { ModelMemory } from './model-memory';
import { modelKey, type ResultStore } from './result-store';
import { SUGGESTION_SETTINGS } from './settings';

export interface RemoteWorkParts {
  readonly queue: JobQueue;
  readonly leases: Pick<LeaseStore, 'held'>;
  readonly finisher: JobFinisher;
  readonly model: Pick<ModelMemory, 'remember'>;
  readonly imagesOf: (siteId: string) => Pick<ImageStore, 'originalPath' | 'hasBytes' | 'thumbnailPath' | 'draftPath'>;
  readonly resultsOf: (siteId: string) => Pick<ResultStore, 'get'>;
  readonly logger: Logger;
}

/** The jobs as workers on other machines see them. Every call names the claim's token, and an old one is refused. */
export class RemoteWork {
  #sendsTo: string | null = null;

  constructor(private readonly parts: RemoteWorkParts) {}

  /** A job for the worker, or null when none came in time. What its model has said before is not asked again. */
  async claim(request: WorkerClaimRequest, signal: AbortSignal): Promise<WorkerClaim | null> {
    const until = performance.now() + request.wait * 1000;
    // Said before it is given a picture.
    this.#sendsTo = request.model.address ?? this.#sendsTo;
    const { queue, resultsOf, logger } = this.parts;
    const worker = `remote-${request.worker}`;
    for (;;) {
      const claim = await queue.claim({ worker, waitMs: Math.max(0, until - performance.now()), signal });
      if (claim === null) return null;
      if (signal.aborted) {
        queue.release(claim);
        return null;
      }
      const known = resultsOf(claim.siteId).get(claim.imageSha256, modelKey(request.model));
      if (known === null) {
        logger.info({ job_id: claim.jobId, worker, attempt: claim.attempt }, 'job handed to a remote worker');
        return this.#wire(claim);
      }
      this.parts.finisher.finish(claim, known, false);
      // Requests get their turn between two of perhaps thousands of known results.
      await breathe();
    }
  }

  /** The server that a worker here since the start sends its pictures on to; null: none does. */
  get sendsTo(): string | null {
    return this.#sendsTo;
  }

  #wire(claim: Claim): WorkerClaim {
    return {
      job_id: claim.jobId,
      token: claim.token,
      image_sha256: claim.imageSha256,
      lease_seconds: this.parts.queue.leaseMs / 1000,
      options: SUGGESTION_SETTINGS,
    };
  }

  /** Path of the picture's bytes. Throws LEASE_LOST, IMAGE_UNKNOWN. */
  image(ref: ClaimRef): string {
    const claim = this.#held(ref);
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
    if (body.thumbnail !== undefined) this.#keepThumbnail(claim, Buffer.from(body.thumbnail, 'base64'));
    this.parts.finisher.finish(claim, body.result, body.thumbnail !== undefined);
    this.parts.model.remember(body.result.model);
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

  /** What becomes of the job is decided here, by the catalogue: a worker cannot make an error retryable. */
  fail(jobId: string, { token, code, signal }: z.infer<typeof WorkerFailure>): 'waiting' | 'failed' {
    const known = isErrorCode(code) ? code : 'INTERNAL';
    const error = new AppError(known, signal === undefined ? {} : { signal });
    this.parts.logger.warn({ job_id: jobId, code }, 'attempt failed on a remote worker');
    if (error.status !== 503) return this.parts.queue.fail({ jobId, token }, error);
    // The worker's model or disk was not there: nothing is held against the job.
    this.release({ jobId, token });
    return 'waiting';
  }

  /** Throws LEASE_LOST. */
  release(ref: ClaimRef): void {
    this.#held(ref);
    this.parts.queue.release(ref);
  }

  #held(ref: ClaimRef): Claim {
    const claim = this.parts.leases.held(ref);
    if (claim === null) throw new AppError('LEASE_LOST');
    return claim;
  }
}
