import { withAnySignal } from '../any-signal';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ModelInfo } from '../../models/captioner';
import { captioningModel, type CaptionEngine } from '../captioning/engine';
import { captionOf } from '../captioning/engine-result';
import type { WorkerClaim } from '../contract/worker';
import { guarded } from '../background';
import { AppError, toAppError } from '../errors';
import type { Logger } from '../logger';
import type { BullBell } from '../queue/bull-bell';
import type { WorkerApi } from './api-client';

export interface RemoteWorkerParts {
  readonly api: WorkerApi;
  readonly engine: CaptionEngine;
  /** Rung through Redis; null where there is none, and the sidecar is asked with patience instead. */
  readonly bell: BullBell | null;
  readonly name: string;
  /** Where pictures lie while they are captioned. */
  readonly folder: string;
  readonly logger: Logger;
}

const NOT_READY_MS = 250;
/** How long the sidecar holds a claim back when there is no bell; a little less than proxies allow. */
const LONG_POLL_SECONDS = 20;
/** With a bell: how long to trust its silence. Redis may have lost one. */
const TRUST_BELL_MS = 10_000;
const FIRST_TROUBLE_MS = 500;
const LONGEST_TROUBLE_MS = 15_000;
const HEARTBEATS_A_LEASE = 4;

/** Does jobs of a sidecar on another machine: claims, fetches the picture, captions, hands the result over. */
export class RemoteWorker {
  readonly #stopClaiming = new AbortController();
  readonly #abandon = new AbortController();
  #loops: Promise<void>[] = [];
  #trouble = 0;

  constructor(private readonly parts: RemoteWorkerParts) {}

  start(concurrency: number): void {
    this.#loops = Array.from({ length: concurrency }, (_, index) => this.#loop(`${this.parts.name}-${index + 1}`));
  }

  /** Claims nothing more; what is under way has `graceMs` to end and goes back otherwise. */
  async stop(graceMs: number): Promise<void> {
    this.#stopClaiming.abort();
    const timer = setTimeout(() => this.#abandon.abort(), graceMs);
    await Promise.all(this.#loops);
    clearTimeout(timer);
  }

  /** True while the sidecar answers. */
  isConnected(): boolean {
    return this.#trouble === 0;
  }

  async #loop(worker: string): Promise<void> {
    const { signal } = this.#stopClaiming;
    while (!signal.aborted) {
      const waitMs = await this.#step(worker, signal);
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #step(worker: string, signal: AbortSignal): Promise<number> {
    const { engine, bell, logger } = this.parts;
    const model = captioningModel(engine.state());
    if (model === null) return NOT_READY_MS;
    try {
      const claim = await this.#claim(worker, model, signal);
      this.#trouble = 0;
      if (claim !== null) await this.#work(claim);
      else if (bell !== null) await bell.heard(TRUST_BELL_MS, signal);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#trouble += 1;
      logger.warn({ err: error }, 'the sidecar cannot be reached');
      return Math.min(FIRST_TROUBLE_MS * 2 ** (this.#trouble - 1), LONGEST_TROUBLE_MS);
    }
  }

  #claim(worker: string, model: ModelInfo, signal: AbortSignal): Promise<WorkerClaim | null> {
    const wait = this.parts.bell === null ? LONG_POLL_SECONDS : 0;
    return withAnySignal([signal], (own) => this.parts.api.claim({ worker, model: { ...model }, wait }, own));
  }

  /** One claimed job from start to end. Rejects only when the outcome could not be told. */
  async #work(claim: WorkerClaim): Promise<void> {
    const { api, logger } = this.parts;
    const hold = { jobId: claim.job_id, token: claim.token };
    const lost = new AbortController();
    const notHeard = (error: unknown) => {
      // Only the sidecar's own word ends the work; a network that stutters does not.
      if (error instanceof AppError && error.code === 'LEASE_LOST') lost.abort();
    };
    const beat = setInterval(
      guarded(() => api.heartbeat(hold), notHeard),
      (claim.lease_seconds * 1000) / HEARTBEATS_A_LEASE,
    );
    const file = path.join(this.parts.folder, `${claim.job_id}-${claim.token}`);
    try {
      await withAnySignal([lost.signal, this.#abandon.signal], (signal) => this.#caption(claim, { file, signal }));
      logger.info({ job_id: claim.job_id }, 'job done');
    } catch (thrown) {
      if (lost.signal.aborted || (thrown instanceof AppError && thrown.code === 'LEASE_LOST')) {
        logger.warn({ job_id: claim.job_id }, 'job lost to another worker');
        return;
      }
      await this.#settle(hold, thrown);
    } finally {
      clearInterval(beat);
      await Promise.all([rm(file, { force: true }), rm(`${file}.webp`, { force: true })]);
    }
  }

  async #caption(claim: WorkerClaim, { file, signal }: { file: string; signal: AbortSignal }): Promise<void> {
    const { api, engine } = this.parts;
    const hold = { jobId: claim.job_id, token: claim.token };
    await api.fetchImage(hold, file, signal);
    const thumbnailPath = `${file}.webp`;
    const result = await engine.run({ imagePath: file, options: claim.options, thumbnailPath, signal });
    const { model, image, caption, readings, timingsMs } = captionOf(result);
    const [best, ...others] = caption.candidates.map((one) => ({
      ...one,
      tokens: [...one.tokens],
      logProbs: [...one.logProbs],
    }));
    if (best === undefined) throw new AppError('INTERNAL', { reason: 'the engine gave no sentence' });
    const said = {
      model: { ...model },
      image,
      caption: { ...caption, candidates: tuple(best, others), labels: [...caption.labels] },
      readings,
      timingsMs,
    };
    await api.finish(hold, said, await readFile(thumbnailPath).catch(() => null));
  }

  async #settle(hold: { jobId: string; token: number }, thrown: unknown): Promise<void> {
    const { api, logger } = this.parts;
    if (this.#abandon.signal.aborted) {
      await api.release(hold);
      return;
    }
    const error = toAppError(thrown);
    logger.warn({ err: error, job_id: hold.jobId, code: error.code }, 'attempt failed');
    await api.fail(hold, error);
  }
}

function tuple<Item>(first: Item, rest: Item[]): [Item, ...Item[]] {
  return [first, ...rest];
}
