import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ModelInfo } from '../../models/captioner';
import { sharedAbortController, withAnySignal } from '../any-signal';
import { guarded } from '../background';
import type { CaptionEngine } from '../captioning/engine';
import { tasksOf } from '../captioning/worker-registry';
import type { WorkerCondition } from '../captioning/worker-condition';
import { Id } from '../contract/primitives';
import type { WorkerFacts } from '../contract/worker';
import type { Logger } from '../logger';
import type { RedisLink } from '../queue/redis-link';
import type { WorkerApi } from './api-client';
import { BullSource } from './bull-source';
import { RemoteRun } from './remote-run';
import { Slots } from './slots';

export interface RemoteWorkerParts {
  readonly api: WorkerApi;
  readonly engine: CaptionEngine;
  readonly condition: WorkerCondition;
  /** Redis, if this machine has been told of one; without it the sidecar is asked for every job. */
  readonly link: RedisLink | null;
  readonly name: string;
  /** Where pictures lie while they are captioned. */
  readonly folder: string;
  readonly logger: Logger;
}

const NOT_READY_MS = 250;
/** How long the sidecar may take to answer a question for the next job; less than the usual time-out of proxies. */
const LONG_POLL_SECONDS = 20;
/** The sidecar counts on a worker for a minute after it has heard of it. */
const ANNOUNCE_EVERY_MS = 15_000;
/** The same while the sidecar names no queue: it may not have noticed yet that Redis is back. */
const QUEUE_AWAITED_MS = 3000;
/** How often it is looked whether Redis brings the jobs. */
const LOOK_MS = 500;
/** Pause of a slot whose job was refused: the sidecar may put it before this worker again. */
const REFUSED_MS = 100;
const FIRST_TROUBLE_MS = 500;
const LONGEST_TROUBLE_MS = 15_000;

/** Does jobs of a sidecar on another machine, which Bull or the sidecar itself tells it of. */
export class RemoteWorker {
  readonly #stopTaking = sharedAbortController();
  readonly #abandon = sharedAbortController();
  #loops: Promise<void>[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #bull: BullSource | null = null;
  #slots = new Slots(0);
  #slotCount = 1;
  /** Other workers may have the same name. */
  readonly #process = randomUUID();
  #trouble = 0;
  #wasWell = false;
  /** What the sidecar was told last about Redis. */
  #saidFromBull: boolean | null = null;
  /** It could take jobs from Redis, and the sidecar named no queue. */
  #isQueueAwaited = false;
  readonly #run: RemoteRun;

  constructor(private readonly parts: RemoteWorkerParts) {
    const failed = (error: unknown) => {
      parts.logger.error({ err: error }, 'the check of this machine could not be ended');
    };
    this.#abandon.signal.addEventListener(
      'abort',
      guarded(() => parts.condition.stop(), failed),
    );
    this.#run = new RemoteRun({ ...parts, abandoned: this.#abandon.signal });
  }

  start(concurrency: number): void {
    const { link, logger } = this.parts;
    this.#slotCount = concurrency;
    this.#slots = new Slots(concurrency);
    if (link !== null) {
      const work = (id: string, isLocked: () => Promise<boolean>) => this.#workFromBull(id, isLocked);
      this.#bull = new BullSource({ link, work, slots: concurrency, logger });
    }
    this.#loops = Array.from({ length: concurrency }, (_, index) => this.#loop(`${this.parts.name}-${index + 1}`));
    if (link !== null) this.#loops.push(this.#keepAnnouncing());
  }

  /** Takes nothing more; what is under way has `graceMs` to end and goes back otherwise. */
  async stop(graceMs: number): Promise<void> {
    this.#stopTaking.abort();
    this.#bull?.pause();
    const timer = setTimeout(() => this.#abandon.abort(), graceMs);
    await Promise.all(this.#loops);
    await Promise.all(this.#underWay);
    clearTimeout(timer);
    this.parts.condition.stop();
    await this.#bull?.close();
  }

  /** True while the sidecar answers. */
  isConnected(): boolean {
    return this.#trouble === 0;
  }

  /** A picture of this machine's own went well: said with the next call. */
  wasWell(): void {
    this.#wasWell = true;
  }

  /** Asks the sidecar for jobs, one at a time, as long as Redis brings none. */
  async #loop(worker: string): Promise<void> {
    const { signal } = this.#stopTaking;
    while (!signal.aborted) {
      const isUnhealthy = this.parts.condition.problem() !== null;
      const waitMs = isUnhealthy ? await this.#waitWhileUnhealthy(worker, signal) : await this.#step(worker, signal);
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Says what is wrong, once, and waits until it is over. */
  async #waitWhileUnhealthy(worker: string, signal: AbortSignal): Promise<number> {
    const { api, condition } = this.parts;
    const problem = condition.problem()?.code;
    const model = this.#model();
    this.#bull?.pause();
    // Whether it is heard changes nothing.
    if (model !== null && problem !== undefined)
      await this.#report(worker, model, (facts) => api.next({ ...facts, problem, wait: 0 }, signal)).catch(() => null);
    await condition.untilWell(signal);
    if (signal.aborted) return 0;
    this.#bull?.resume();
    // Announced anew, so that the sidecar counts on this machine again.
    this.#saidFromBull = null;
    return 0;
  }

  async #step(worker: string, signal: AbortSignal): Promise<number> {
    const model = this.#model();
    if (model === null || this.#isUndecided()) return NOT_READY_MS;
    if (this.#bull?.isTaking() === true) return LOOK_MS;
    return this.#slots.use(() =>
      this.#tryToWork(signal, async () => {
        const id = await this.#next(worker, model, signal);
        const request = { ...this.#facts(worker, model), from_bull: false };
        if (id !== null) await this.#run.work({ id, request, isLocked: () => Promise.resolve(false) });
      }),
    );
  }

  /** Milliseconds to wait before the next try. */
  async #tryToWork(signal: AbortSignal, work: () => Promise<void>): Promise<number> {
    try {
      await work();
      this.#trouble = 0;
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#trouble += 1;
      this.parts.logger.warn({ err: error }, 'the sidecar cannot be reached');
      return Math.min(FIRST_TROUBLE_MS * 2 ** (this.#trouble - 1), LONGEST_TROUBLE_MS);
    }
  }

  async #next(worker: string, model: ModelInfo, signal: AbortSignal): Promise<string | null> {
    const bull = this.#bull;
    const unwanted = new AbortController();
    const look = () => {
      if (bull?.isTaking() === true || this.parts.condition.problem() !== null) unwanted.abort();
    };
    const looking = setInterval(
      guarded(look, () => undefined),
      LOOK_MS,
    );
    try {
      const next = (own: AbortSignal) =>
        this.#report(worker, model, (facts) => this.parts.api.next({ ...facts, wait: LONG_POLL_SECONDS }, own));
      return await withAnySignal([signal, unwanted.signal], next);
    } catch (error) {
      if (unwanted.signal.aborted) return null;
      throw error;
    } finally {
      clearInterval(looking);
    }
  }

  /** A job that Bull hands out. One that could not be begun is put into Redis again by the sidecar. */
  async #workFromBull(id: string, isLocked: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#stopTaking;
    const model = this.#model();
    const isOurs = Id.safeParse(id).success;
    if (!isOurs || signal.aborted || model === null || this.parts.condition.problem() !== null) return;
    const done = this.#slots.use(async () => {
      const request = { ...this.#facts(this.parts.name, model), from_bull: true };
      const waitMs = await this.#tryToWork(signal, async () => {
        if (!(await this.#run.work({ id, request, isLocked }))) await this.#afterRefusal(signal);
      });
      if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    });
    this.#underWay.add(done);
    await done.finally(() => this.#underWay.delete(done));
  }

  /** The job has ended, or waits; or this model may not do it any more, which the answer to an announcement tells. */
  async #afterRefusal(signal: AbortSignal): Promise<void> {
    this.#saidFromBull = null;
    await pause(REFUSED_MS, undefined, { signal }).catch(() => undefined);
  }

  /** The sidecar puts jobs into Redis only for workers that it has heard of lately, and that can reach Redis. */
  async #keepAnnouncing(): Promise<void> {
    const { signal } = this.#stopTaking;
    let dueAt = 0;
    while (!signal.aborted) {
      const isNews = this.#saidFromBull !== this.#isFromBull() || this.#wasWell;
      const waitMs = isNews || performance.now() >= dueAt ? await this.#tryToWork(signal, () => this.#announce()) : 0;
      if (isNews || performance.now() >= dueAt)
        dueAt = performance.now() + (this.#isQueueAwaited ? QUEUE_AWAITED_MS : ANNOUNCE_EVERY_MS);
      await pause(Math.max(waitMs, LOOK_MS), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Before the first answer to an announcement it is not known whether Redis brings the jobs. */
  #isUndecided(): boolean {
    return this.#saidFromBull === null && this.#isFromBull() && this.#trouble === 0;
  }

  #isFromBull(): boolean {
    return this.parts.link?.problem() === null && this.parts.condition.problem() === null && this.#model() !== null;
  }

  async #announce(): Promise<void> {
    const model = this.#model();
    const problem = this.parts.condition.problem()?.code;
    if (model === null) return;
    const isFromBull = this.#isFromBull();
    const more = { from_bull: isFromBull, ...(problem === undefined ? {} : { problem }) };
    const reply = await this.#report(this.parts.name, model, (facts) => this.parts.api.announce({ ...facts, ...more }));
    await this.#bull?.follow(reply);
    this.#saidFromBull = isFromBull;
    this.#isQueueAwaited = isFromBull && reply.queue === null;
  }

  /** The model, once it can do anything. */
  #model(): ModelInfo | null {
    const { ready, model } = this.parts.engine.state();
    return ready && tasksOf(model).length > 0 ? model : null;
  }

  #facts(worker: string, model: ModelInfo) {
    return { worker, machine: this.parts.name, process: this.#process, slots: this.#slotCount, model: { ...model } };
  }

  /** A call that also says that a picture of the machine's own went well, until one has been heard. */
  async #report<Reply>(worker: string, model: ModelInfo, call: (facts: WorkerFacts) => Promise<Reply>): Promise<Reply> {
    const wasWell = this.#wasWell;
    this.#wasWell = false;
    try {
      return await call({ ...this.#facts(worker, model), ...(wasWell ? { well: true } : {}) });
    } catch (error) {
      this.#wasWell ||= wasWell;
      throw error;
    }
  }
}
