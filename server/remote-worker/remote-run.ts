import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withAnySignal } from '../any-signal';
import { guarded } from '../background';
import type { Answer } from '../../models/captioner';
import type { CaptionEngine, EngineResult } from '../captioning/engine';
import { captionOf, type CaptionResult } from '../captioning/engine-result';
import type { WorkerCondition } from '../captioning/worker-condition';
import type { WorkerAnswer, WorkerClaim, WorkerResult, WorkerStartRequest } from '../contract/worker';
import { AppError, toAppError } from '../errors';
import type { Logger } from '../logger';
import { storageProblem } from '../storage/sqlite-error';
import { isUnreachable, type Hold, type WorkerApi } from './api-client';

export interface RemoteRunParts {
  readonly api: WorkerApi;
  readonly engine: Pick<CaptionEngine, 'run'>;
  readonly condition: Pick<WorkerCondition, 'failed' | 'wentWell'>;
  /** Where pictures lie while they are captioned. */
  readonly folder: string;
  /** Aborts when what is under way has to be given back. */
  readonly abandoned: AbortSignal;
  readonly logger: Logger;
}

const HEARTBEATS_A_LEASE = 4;
/** An outcome is handed over again and again for this long, so that a restart of the sidecar costs no caption. */
const HAND_OVER_MS = 10 * 60_000;
/** The same for a job that is given back because the worker stops. */
const GIVE_BACK_MS = 5000;
const FIRST_AGAIN_MS = 500;
const LONGEST_AGAIN_MS = 5000;

/** A job that the worker was told of. */
export interface ToldJob {
  readonly id: string;
  readonly request: WorkerStartRequest;
  /** Whether Bull's lock in Redis keeps the job ours; without it heartbeats to the sidecar do. */
  readonly isLocked: () => Promise<boolean>;
}

/** One job from start to end. */
export class RemoteRun {
  constructor(private readonly parts: RemoteRunParts) {}

  /** False when the sidecar lets nobody begin it now. Rejects when it could not be asked, or the outcome could not be told. */
  async work(told: ToldJob): Promise<boolean> {
    const { api, logger, abandoned, folder } = this.parts;
    const begun = await api.start(told.id, told.request);
    if (begun === null) return false;
    const { claim, picture } = begun;
    const hold = { jobId: claim.job_id, token: claim.token };
    const lost = new AbortController();
    const notHeard = (error: unknown) => {
      // Only the sidecar's answer ends the work; a heartbeat that was not delivered does not.
      if (error instanceof AppError && error.code === 'LEASE_LOST') lost.abort();
    };
    const keep = async () => {
      if (!(await told.isLocked())) await api.heartbeat(hold);
    };
    const beat = setInterval(guarded(keep, notHeard), (claim.lease_seconds * 1000) / HEARTBEATS_A_LEASE);
    const file = path.join(folder, `${claim.job_id}-${randomUUID()}`);
    try {
      await withAnySignal([lost.signal, abandoned], async (signal) => {
        await api.save(picture, { file, sha256: claim.image_sha256 }, signal);
        await this.#caption(claim, { file, signal });
      });
      logger.info({ job_id: claim.job_id }, 'job done');
    } catch (thrown) {
      if (lost.signal.aborted || (thrown instanceof AppError && thrown.code === 'LEASE_LOST')) {
        logger.warn({ job_id: claim.job_id }, 'job lost to another worker');
        return true;
      }
      await this.#settle(claim, thrown);
    } finally {
      clearInterval(beat);
      await Promise.all([rm(file, { force: true }), rm(`${file}.webp`, { force: true })]);
    }
    return true;
  }

  async #caption(claim: WorkerClaim, { file, signal }: { file: string; signal: AbortSignal }): Promise<void> {
    const { api, engine, condition } = this.parts;
    const hold = { jobId: claim.job_id, token: claim.token };
    const thumbnailPath = `${file}.webp`;
    const { options, question, max_pixels: maxPixels, read_in: readIn } = claim;
    const result = await engine.run({
      imagePath: file,
      options,
      ...(question === undefined ? {} : { question }),
      ...(claim.thumbnail ? { thumbnailPath } : {}),
      ...(readIn === undefined ? {} : { readIn }),
      ...(maxPixels === undefined ? {} : { maxPixels }),
      signal,
    });
    condition.wentWell();
    const said = result.answer === null ? wireOf(captionOf(result)) : answerOf(result, result.answer);
    const thumbnail = await readFile(thumbnailPath).catch(() => null);
    await this.#handOver(hold, signal, () => api.finish(hold, said, thumbnail));
  }

  /** The sidecar may be restarting: what came of the job is not thrown away for that. */
  async #handOver(hold: Hold, signal: AbortSignal, send: () => Promise<void>): Promise<void> {
    const until = performance.now() + HAND_OVER_MS;
    for (let times = 0; ; times += 1) {
      try {
        await send();
        return;
      } catch (thrown) {
        if (!isUnreachable(thrown) || signal.aborted || performance.now() > until) throw thrown;
        this.parts.logger.warn({ err: thrown, job_id: hold.jobId }, 'outcome not handed over yet');
        await pause(Math.min(FIRST_AGAIN_MS * 2 ** times, LONGEST_AGAIN_MS), undefined, { signal });
      }
    }
  }

  async #settle(claim: WorkerClaim, thrown: unknown): Promise<void> {
    const { api, logger, condition, abandoned } = this.parts;
    const hold = { jobId: claim.job_id, token: claim.token };
    if (abandoned.aborted) {
      await this.#handOver(hold, AbortSignal.timeout(GIVE_BACK_MS), () => api.release(hold));
      return;
    }
    const error = whatFailed(thrown);
    logger.warn({ err: error, job_id: hold.jobId, code: error.code }, 'attempt failed');
    // The picture's fault, or this machine's? The lease is kept meanwhile.
    const isPicture = (await condition.failed(claim.image_sha256, error)) === 'picture';
    await this.#handOver(hold, abandoned, () => api.fail(hold, error, isPicture));
  }
}

/** The picture came and is not there any more: something has removed it from this machine's folder. */
function whatFailed(thrown: unknown): AppError {
  const error = storageProblem(thrown) ?? toAppError(thrown);
  return error.code === 'IMAGE_UNKNOWN' ? new AppError('IMAGE_TRANSFER_FAILED', {}, { cause: error }) : error;
}

function answerOf({ model, image, timingsMs }: EngineResult, answer: Answer): WorkerAnswer {
  return { model: { ...model }, image, answer: { ...answer, tokens: [...answer.tokens] }, timingsMs };
}

function wireOf({ model, image, caption, readings, words, timingsMs }: CaptionResult): WorkerResult {
  const [best, ...others] = caption.candidates.map((one) => ({
    ...one,
    tokens: [...one.tokens],
    logProbs: [...one.logProbs],
  }));
  if (best === undefined) throw new AppError('INTERNAL', { reason: 'the engine gave no sentence' });
  return {
    model: { ...model },
    image,
    caption: { ...caption, candidates: [best, ...others], labels: [...caption.labels] },
    readings,
    ...(words === undefined ? {} : { words }),
    timingsMs,
  };
}
