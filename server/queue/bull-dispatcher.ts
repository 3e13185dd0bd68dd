import { setTimeout as pause } from 'node:timers/promises';
import type { WorkerTask } from '../contract/worker';
import type { Logger } from '../logger';
import type { BullWindow } from './bull-window';
import type { PickedJob } from './job-picker';
import type { LeaseStore } from './lease-store';
import type { Dispatcher } from './sqlite-queue';
import type { WindowStore } from './window-store';

/** Workers that can do the same tasks; each such group has a queue of its own in Redis. */
export interface Takers {
  readonly tasks: readonly WorkerTask[];
  /** Pictures that they do at a time, all together. */
  readonly slots: number;
}

export interface DispatcherParts {
  readonly window: Pick<BullWindow, 'start' | 'isUsable' | 'add' | 'look' | 'close'>;
  readonly leases: Pick<LeaseStore, 'pick'>;
  readonly rows: Pick<WindowStore, 'notEnded' | 'keep'>;
  /** The workers that take from Bull now. */
  readonly takers: () => readonly Takers[];
  readonly logger: Logger;
}

/** Jobs in Redis for each slot of the workers: one under way, and the next. */
const JOBS_A_SLOT = 2;
/** The same for jobs that a person waits for, which may go beyond it. */
const PEOPLE_A_SLOT = 3;
/** Jobs that are chosen without a pause: each choice reads past all of the window, in this thread. */
const PIECE = 25;
const RECONCILE_MS = 2000;

/** Name of the queue in Redis for workers that can do these tasks. */
export function queueNameFor(tasks: readonly WorkerTask[]): string {
  return [...tasks].sort().join('.');
}

/**
 * Feeds Bull a window of the jobs that are ready: about two for each slot, chosen by the turns of the sites. So no backlog
 * fills Redis, and pausing a run takes nothing back. What Redis has lost, or never got, is fed again.
 */
export class BullDispatcher implements Dispatcher {
  /** Jobs of the window, with the queue they are in and when they came to it. */
  readonly #jobs = new Map<string, { readonly seq: number; readonly queue: string; readonly since: number }>();
  readonly #stopping = new AbortController();
  #feeding: Promise<void> | null = null;
  #isWoken = false;
  #reconciling: Promise<void> = Promise.resolve();

  constructor(private readonly parts: DispatcherParts) {}

  /** Throws REDIS_EVICTS. */
  async start(): Promise<void> {
    await this.parts.window.start();
    this.#reconciling = this.#keepReconciling();
  }

  window(): number[] {
    return [...this.#jobs.values()].map(({ seq }) => seq);
  }

  wake(): void {
    this.#isWoken = true;
    // All wakes in one turn of the event loop lead to one feed.
    this.#feeding ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#feed())
      .catch(this.#failed)
      .finally(() => {
        this.#feeding = null;
        if (this.#isWoken && !this.#stopping.signal.aborted) this.wake();
      });
  }

  left(jobId: string): void {
    if (this.#jobs.delete(jobId)) this.wake();
  }

  readonly #failed = (error: unknown): void => {
    this.parts.logger.error({ err: error }, 'jobs could not be put into redis; it is tried again');
  };

  async #feed(): Promise<void> {
    this.#isWoken = false;
    for (const { tasks, slots } of this.parts.takers()) {
      while (await this.#feedPiece(tasks, slots));
    }
  }

  /** Whether there may be more to feed to these workers now. */
  async #feedPiece(tasks: readonly WorkerTask[], slots: number): Promise<boolean> {
    const { window } = this.parts;
    if (this.#stopping.signal.aborted || !window.isUsable()) return false;
    const queue = queueNameFor(tasks);
    const picked = this.#pick(queue, tasks, slots);
    if (picked.length === 0) return false;
    const since = performance.now();
    for (const { id, seq } of picked) this.#jobs.set(id, { seq, queue, since });
    if (await window.add(queue, picked)) return picked.length === PIECE;
    // What Redis has not taken is chosen again by a later feed. If Redis has it after all, reconciling puts it into the window.
    for (const { id } of picked) this.#jobs.delete(id);
    return false;
  }

  #pick(queue: string, tasks: readonly WorkerTask[], slots: number): PickedJob[] {
    const { leases } = this.parts;
    const inQueue = [...this.#jobs.values()].filter((one) => one.queue === queue).length;
    const except = this.window();
    const room = slots * JOBS_A_SLOT - inQueue;
    if (room > 0) return leases.pick(Math.min(room, PIECE), { tasks, except });
    const places = slots * PEOPLE_A_SLOT - inQueue;
    return places > 0 ? leases.pick(Math.min(places, PIECE), { tasks, except, peopleOnly: true }) : [];
  }

  async #keepReconciling(): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      await this.#reconcile().catch(this.#failed);
      await pause(RECONCILE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Compares the window with what Redis holds. */
  async #reconcile(): Promise<void> {
    const { window, rows, takers } = this.parts;
    const here = new Set(takers().map(({ tasks }) => queueNameFor(tasks)));
    const begin = performance.now();
    const found = await window.look();
    // The stop may have closed the database while Redis was asked.
    if (this.#stopping.signal.aborted) return;
    if (found === null) {
      // Workers elsewhere ask the sidecar meanwhile, for these jobs too.
      this.#jobs.clear();
      return;
    }
    rows.keep(found.locked);
    for (const [id, { queue, since }] of this.#jobs) {
      const isLost = since < begin && found.jobs.get(id) !== queue;
      if (isLost || !here.has(queue)) this.#jobs.delete(id);
    }
    const unknown = [...found.jobs.keys()].filter((id) => !this.#jobs.has(id) && here.has(found.jobs.get(id) ?? ''));
    for (const { id, seq } of rows.notEnded(unknown))
      this.#jobs.set(id, { seq, queue: found.jobs.get(id) ?? '', since: begin });
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#feeding, this.#reconciling]);
    await this.parts.window.close();
  }
}
