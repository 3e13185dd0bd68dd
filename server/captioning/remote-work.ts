import { rmSync, writeFileSync } from 'node:fs';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { z } from 'zod';
import type {
  WorkerAnnouncement,
  WorkerAnnouncementReply,
  WorkerClaim,
  WorkerClaimRequest,
  WorkerFacts,
  WorkerFailure,
  WorkerFinish,
  WorkerStartRequest,
  WorkerTask,
} from '../contract/worker';
import { AppError, toAppError } from '../errors';
import type { ImageStore } from '../intake/image-store';
import { formatOf } from '../intake/sniff';
import type { Logger } from '../logger';
import { BULL_HOLDER, type LeaseStore } from '../queue/lease-store';
import type { Claim, ClaimRef, JobQueue } from '../queue/queue';
import type { Storage } from '../storage/database';
import type { JobFinisher } from './job-finisher';
import type { LooksUnderWay } from './looks-under-way';
import type { ModelMemory } from './model-memory';
import { failureOf } from './remote-failure';
import { holderMachine, machineOf, RemoteRuns, type RemoteMachine } from './remote-runs';
import type { ReplyFinisher } from './reply-finisher';
import { modelKey, type ResultStore } from './result-store';
import { workerClaim } from './worker-claim';
import type { Tracing } from '../tracing/tracing';
import { tasksOf, type WorkerRegistry } from './worker-registry';

export interface RemoteWorkParts {
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly leases: Pick<LeaseStore, 'held' | 'begun' | 'holderOf' | 'onInterruption'>;
  /** Where workers that can do these tasks take jobs from Bull; null without Bull. */
  readonly bullQueueFor: (tasks: readonly WorkerTask[]) => WorkerAnnouncementReply['queue'];
  /** Model of the sidecar's own workers; null without any. */
  readonly ownModel: () => WorkerFacts['model'] | null;
  readonly finisher: JobFinisher;
  readonly looks: Pick<LooksUnderWay, 'await'>;
  readonly model: Pick<ModelMemory, 'wroteElsewhere'>;
  readonly imagesOf: (siteId: string) => Pick<ImageStore, 'captionablePath' | 'hasBytes' | 'draftPath'>;
  /** Limit of pictures, for workers whose own may be lower, and the languages in which words in a picture are read. */
  readonly readIn: (claim: Claim) => readonly string[];
  readonly maxPixels: number;
  readonly resultsOf: (siteId: string) => Pick<ResultStore, 'get'>;
  readonly replies: Pick<ReplyFinisher, 'finish'>;
  readonly pictureOf: (jobId: string) => string | null;
  readonly registry: WorkerRegistry;
  readonly tracing: Tracing;
  readonly jobEnded: (outcome: string, seconds: number) => void;
  readonly logger: Logger;
}

/** How long a worker's call, which ends by itself after 30 seconds, waits for translations. */
const TRANSLATION_MS = 10_000;
const NO_CAPTION = { where: 'body.result', problem: 'is an answer, and the job wants a caption' };

/**
 * The jobs as workers on other machines see them. A worker is told of a job by `next` or by Bull, and begins it by fetching
 * its picture. The first result of any start counts; a failure counts from the newest start only.
 */
export class RemoteWork {
  #sendsTo: string | null = null;
  readonly #runs: RemoteRuns;

  constructor(private readonly parts: RemoteWorkParts) {
    this.#runs = new RemoteRuns(parts);
    parts.leases.onInterruption((interruption) => {
      this.#runs.interrupted(interruption);
    });
  }

  /** Notes that the worker is there. Returns where it takes jobs from Bull. */
  announce({ from_bull: isFromBull, ...facts }: WorkerAnnouncement): WorkerAnnouncementReply {
    const { tasks } = this.#noteWorker(facts, isFromBull);
    return { queue: this.parts.bullQueueFor(tasks), lease_seconds: this.parts.queue.leaseMs / 1000 };
  }

  /** The id of the job that the worker is to begin; null when none came in time. */
  async next(request: WorkerClaimRequest, signal: AbortSignal): Promise<string | null> {
    const { tasks } = this.#noteWorker(request);
    if (request.problem !== undefined) return null;
    const wish = { worker: request.worker, waitMs: request.wait * 1000, signal, tasks };
    const jobId = await this.parts.queue.next(wish);
    if (jobId === null || !signal.aborted) return jobId;
    this.parts.queue.takeBack(jobId);
    return null;
  }

  /**
   * The worker fetches the picture: that begins the job. Throws START_REFUSED, also when the job ends at once: done from
   * the stored result of this model, or failed because the picture is gone.
   */
  async start(jobId: string, request: WorkerStartRequest): Promise<{ claim: WorkerClaim; path: string }> {
    const { from_bull: isFromBull, ...facts } = request;
    const { machine, tasks } = this.#noteWorker(facts, isFromBull);
    const worker = `${isFromBull ? BULL_HOLDER : 'remote-'}${request.worker}`;
    const claim = this.parts.queue.begin(jobId, { worker, tasks, isFromBull });
    if ('state' in claim) throw new AppError('START_REFUSED', { state: claim.state });
    if (await this.#finishFromStored(claim, request.model)) throw new AppError('START_REFUSED', { state: 'done' });
    this.#began(claim, machine, worker);
    try {
      return { claim: this.#wireOf(claim), path: this.image(claim) };
    } catch (thrown) {
      const error = toAppError(thrown);
      const blame = error.retryable ? 'nobody' : 'picture';
      const outcome = this.parts.queue.fail(claim, error, { machine: machine.name, process: machine.key, blame });
      this.#runs.ended(claim, outcome, error.code);
      throw new AppError('START_REFUSED', { state: outcome });
    }
  }

  /** `next` and `start` in one, for workers of earlier versions, which fetch the picture afterwards. */
  async claim(request: WorkerClaimRequest, signal: AbortSignal): Promise<WorkerClaim | null> {
    const until = performance.now() + request.wait * 1000;
    const { machine, tasks } = this.#noteWorker(request);
    if (request.problem !== undefined) return null;
    const worker = `remote-${request.worker}`;
    const { queue } = this.parts;
    for (;;) {
      const claim = await queue.claim({ worker, waitMs: Math.max(0, until - performance.now()), signal, tasks });
      if (claim === null) return null;
      if (signal.aborted) {
        queue.release(claim);
        return null;
      }
      if (!(await this.#finishFromStored(claim, request.model))) {
        this.#began(claim, machine, worker);
        return this.#wireOf(claim);
      }
      // Requests get their turn between two of perhaps thousands of known results.
      await yieldToEventLoop();
    }
  }

  /** Finishes the job with the stored result of the same model for the same picture. False when there is none. */
  async #finishFromStored(claim: Claim, model: WorkerFacts['model']): Promise<boolean> {
    if (claim.work.reply !== undefined) return false;
    const { resultsOf, storage, finisher, looks } = this.parts;
    const known = await looks.await(claim, () => resultsOf(claim.siteId).get(claim.imageSha256, modelKey(model)));
    if (known === null) return false;
    const traceparent = claim.work.traceparent ?? null;
    const texts = await finisher.textsOf(claim, known, TRANSLATION_MS);
    await storage.together(() => finisher.finish(claim, { result: known, texts, thumbnail: null, traceparent }));
    return true;
  }

  /** Notes the worker in the registry. */
  #noteWorker(request: WorkerFacts, isFromBull = false) {
    const { registry } = this.parts;
    const machine = machineOf(request.machine ?? request.worker.replace(/-\d+$/, ''), request.process);
    const { model, slots = 1 } = request;
    const tasks = this.#tasksFor(model);
    const problem = request.problem ?? (tasks.length === 0 ? 'DEMONSTRATION_NOT_USED' : null);
    registry.seen(machine.key, { name: machine.name, model, tasks, slots, problem, isFromBull });
    if (request.well === true) registry.wasWell(machine.key);
    // Noted before the worker is given a picture.
    this.#sendsTo = model.address ?? this.#sendsTo;
    return { machine, tasks };
  }

  /** A demonstration model captions nothing while a machine with a real one is here, as in a change of model. */
  #tasksFor(model: WorkerFacts['model']): readonly WorkerTask[] {
    const { registry, ownModel } = this.parts;
    const tasks = tasksOf(model);
    const own = ownModel();
    const isRealHere = (own?.demonstration === false && own.canCaption !== false) || registry.hasRealCaptioner();
    return model.demonstration && isRealHere ? tasks.filter((task) => task === 'answer') : tasks;
  }

  #began(claim: Claim, machine: RemoteMachine, worker: string): void {
    this.parts.logger.info({ job_id: claim.jobId, worker, attempt: claim.attempt }, 'job begun by a remote worker');
    this.#runs.began(claim, machine);
  }

  #wireOf(claim: Claim): WorkerClaim {
    return workerClaim(claim, { ...this.parts, leaseMs: this.parts.queue.leaseMs, readIn: this.parts.readIn(claim) });
  }

  /** The server that a worker here since the start sends its pictures on to; null: none does. */
  get sendsTo(): string | null {
    return this.#sendsTo;
  }

  /** Median seconds that workers elsewhere took for a picture lately; null before the first. */
  get secondsPerImage(): number | null {
    return this.#runs.secondsPerImage;
  }

  /** Path of the picture's bytes. Throws LEASE_LOST, IMAGE_UNKNOWN, STORAGE_UNAVAILABLE. */
  image(ref: ClaimRef): string {
    const claim = this.#held(ref);
    this.#noteMachine(ref);
    const own = this.parts.pictureOf(claim.jobId);
    return own ?? this.parts.imagesOf(claim.siteId).captionablePath(claim.imageSha256);
  }

  /** Throws LEASE_LOST. */
  heartbeat(ref: ClaimRef): void {
    if (!this.parts.queue.renew(ref)) throw this.#noted(ref, new AppError('LEASE_LOST'));
    this.#noteMachine(ref);
  }

  /** Notes the machine of an attempt in the registry: while its slots are busy it may ask for no job for minutes. */
  #noteMachine(ref: ClaimRef): void {
    const machine = this.#runs.machineOf(ref);
    if (machine !== null) this.parts.registry.seen(machine.key);
  }

  /**
   * Resolves once it is on disk, for several workers by one flush. Rejects with LEASE_LOST when the job has ended, and
   * BAD_REQUEST for a thumbnail that is no WebP.
   */
  async finish(jobId: string, body: z.infer<typeof WorkerFinish>): Promise<void> {
    const { storage, finisher, replies, model } = this.parts;
    const ref = { jobId, token: body.token };
    const claim = this.#ofThisPicture(ref);
    const { result, thumbnail } = body;
    if (claim.work.reply !== undefined) {
      const whole = 'answer' in result ? { ...result, caption: null, readings: null } : { ...result, answer: null };
      replies.finish(claim, whole);
    } else {
      if ('answer' in result) throw new AppError('BAD_REQUEST', { problems: [NO_CAPTION] });
      finisher.keepResult(claim, result);
      const texts = await finisher.textsOf(claim, result, TRANSLATION_MS);
      // The job may have got other bytes meanwhile.
      this.#ofThisPicture(ref);
      const draft = thumbnail === undefined ? null : this.#draft(claim, Buffer.from(thumbnail, 'base64'));
      const outcome = { result, texts, thumbnail: draft, traceparent: this.#runs.traceparentOf(claim) };
      try {
        await storage.together(() => finisher.finish(claim, outcome));
      } catch (error) {
        throw this.#noted(ref, error);
      } finally {
        // Where the result could not be stored, the draft is still there.
        if (draft !== null) rmSync(draft.file, { force: true });
      }
    }
    model.wroteElsewhere(result.model);
    this.#runs.ended(claim, 'done', null, result.timingsMs.total / 1000);
  }

  /** The claim that a result is of. Throws LEASE_LOST: what was begun with other bytes is no answer for the job now. */
  #ofThisPicture(ref: ClaimRef): Claim {
    const begun = this.parts.leases.begun(ref);
    const isOfThisPicture = begun?.isNewest === true || this.#runs.imageOf(ref) === begun?.claim.imageSha256;
    if (begun === null || !isOfThisPicture) throw this.#noted(ref, new AppError('LEASE_LOST'));
    return begun.claim;
  }

  #draft(claim: Claim, bytes: Buffer): { file: string; bytes: number } {
    if (formatOf(bytes) !== 'webp') {
      throw new AppError('BAD_REQUEST', { problems: [{ where: 'body.thumbnail', problem: 'is no WebP' }] });
    }
    const file = this.parts.imagesOf(claim.siteId).draftPath(`${claim.jobId}-${claim.token}.webp`);
    writeFileSync(file, bytes);
    return { file, bytes: bytes.length };
  }

  /** What becomes of the job is decided here. */
  fail(jobId: string, { token, ...told }: z.infer<typeof WorkerFailure>): 'waiting' | 'failed' {
    const { logger, leases, registry, queue, imagesOf, pictureOf } = this.parts;
    const ref = { jobId, token };
    const machine = this.#runs.machineOf(ref) ?? holderMachine(leases.holderOf(ref));
    logger.warn({ job_id: jobId, code: told.code, machine: machine.name }, 'attempt failed on a remote worker');
    const claim = leases.held(ref);
    const hasBytes =
      claim !== null && (pictureOf(jobId) !== null || imagesOf(claim.siteId).hasBytes(claim.imageSha256));
    const { error, blame } = failureOf(told, { hasBytes, didPictures: registry.wellAt(machine.key) !== null });
    try {
      const outcome = queue.fail(ref, error, { machine: machine.name, process: machine.key, blame });
      this.#runs.ended(ref, outcome, error.code);
      return outcome;
    } catch (problem) {
      throw this.#noted(ref, problem);
    }
  }

  /** Throws LEASE_LOST. */
  release(ref: ClaimRef): void {
    this.#held(ref);
    this.parts.queue.release(ref);
    this.#runs.ended(ref, 'released');
  }

  #held(ref: ClaimRef): Claim {
    const claim = this.parts.leases.held(ref);
    if (claim === null) throw this.#noted(ref, new AppError('LEASE_LOST'));
    return claim;
  }

  /** Gives the error as it is. A worker that hears of a lost lease drops the attempt. */
  #noted(ref: ClaimRef, error: unknown): unknown {
    if (error instanceof AppError && error.code === 'LEASE_LOST') this.#runs.takenAway(ref);
    return error;
  }
}
