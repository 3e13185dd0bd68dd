import { setTimeout as pause } from 'node:timers/promises';
import type { ModelInfo } from '../../models/captioner';
import { withAnySignal } from '../any-signal';
import type { CaptionEngine } from '../captioning/engine';
import { tasksOf } from '../captioning/worker-registry';
import type { WorkerCondition } from '../captioning/worker-condition';
import type { WorkerClaim } from '../contract/worker';
import type { Logger } from '../logger';
import type { BullBell } from '../queue/bull-bell';
import type { WorkerApi } from './api-client';
import { RemoteRun } from './remote-run';

export interface RemoteWorkerParts {
  readonly api: WorkerApi;
  readonly engine: CaptionEngine;
  readonly condition: WorkerCondition;
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

/** Does jobs of a sidecar on another machine: claims, fetches the picture, captions, hands the result over. */
export class RemoteWorker {
  readonly #stopClaiming = new AbortController();
  readonly #abandon = new AbortController();
  #loops: Promise<void>[] = [];
  #trouble = 0;
  #slots = 1;
  #wasWell = false;
  readonly #run: RemoteRun;

  constructor(private readonly parts: RemoteWorkerParts) {
    this.#abandon.signal.addEventListener('abort', () => {
      parts.condition.stop();
    });
    this.#run = new RemoteRun({ ...parts, abandoned: this.#abandon.signal });
  }

  start(concurrency: number): void {
    this.#slots = concurrency;
    this.#loops = Array.from({ length: concurrency }, (_, index) => this.#loop(`${this.parts.name}-${index + 1}`));
  }

  /** Claims nothing more; what is under way has `graceMs` to end and goes back otherwise. */
  async stop(graceMs: number): Promise<void> {
    this.#stopClaiming.abort();
    const timer = setTimeout(() => this.#abandon.abort(), graceMs);
    await Promise.all(this.#loops);
    clearTimeout(timer);
    this.parts.condition.stop();
  }

  /** True while the sidecar answers. */
  isConnected(): boolean {
    return this.#trouble === 0;
  }

  /** A picture of this machine's own went well: said with the next claim. */
  wasWell(): void {
    this.#wasWell = true;
  }

  async #loop(worker: string): Promise<void> {
    const { signal } = this.#stopClaiming;
    while (!signal.aborted) {
      const isSick = this.parts.condition.problem() !== null;
      const waitMs = isSick ? await this.#beSick(worker, signal) : await this.#step(worker, signal);
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Says what is wrong, once, and waits until it is over. */
  async #beSick(worker: string, signal: AbortSignal): Promise<number> {
    const { api, condition } = this.parts;
    const problem = condition.problem()?.code;
    const model = this.#model();
    // Whether it is heard changes nothing.
    if (model !== null && problem !== undefined)
      await api.claim({ ...this.#facts(worker, model), problem, wait: 0 }, signal).catch(() => null);
    await condition.untilWell(signal);
    return 0;
  }

  async #step(worker: string, signal: AbortSignal): Promise<number> {
    const { bell, logger } = this.parts;
    const model = this.#model();
    if (model === null) return NOT_READY_MS;
    try {
      const claim = await this.#claim(worker, model, signal);
      this.#trouble = 0;
      if (claim !== null) await this.#run.work(claim);
      else if (bell !== null) await bell.heard(TRUST_BELL_MS, signal);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#trouble += 1;
      logger.warn({ err: error }, 'the sidecar cannot be reached');
      return Math.min(FIRST_TROUBLE_MS * 2 ** (this.#trouble - 1), LONGEST_TROUBLE_MS);
    }
  }

  async #claim(worker: string, model: ModelInfo, signal: AbortSignal): Promise<WorkerClaim | null> {
    const wait = this.parts.bell === null ? LONG_POLL_SECONDS : 0;
    const well = this.#wasWell;
    const facts = { ...this.#facts(worker, model), wait, ...(well ? { well } : {}) };
    const claim = await withAnySignal([signal], (own) => this.parts.api.claim(facts, own));
    if (well) this.#wasWell = false;
    return claim;
  }

  /** The model, once it can do anything. */
  #model(): ModelInfo | null {
    const { ready, model } = this.parts.engine.state();
    return ready && tasksOf(model).length > 0 ? model : null;
  }

  #facts(worker: string, model: ModelInfo) {
    return { worker, machine: this.parts.name, slots: this.#slots, model: { ...model } };
  }
}
