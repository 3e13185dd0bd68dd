import path from 'node:path';
import { guarded } from '../background';
import { EngineOptions } from '../contract/engine-options';
import { AppError, isErrorCode } from '../errors';
import type { CaptionEngine, EngineRequest, EngineResult, EngineState } from './engine';
import type { ModelSource } from './model-source';
import { usualThreads } from './worker-count';
import type { LifetimeLimits } from './worker-lifetime';
import { WorkerSlot, type Problem, type Task } from './worker-slot';

const DEADLINE_MS = 60_000;
/** Long enough for the largest model from a slow disk, its checksums included; whatever takes longer hangs. */
const LOAD_DEADLINE_MS = 5 * 60_000;
/** What decoding and sending may take beside the wait for another server's answer, which ends by itself. */
const BESIDE_SERVER_MS = 30_000;
const MAX_WAITING = 200;
/** Pictures that the median of `secondsPerImage` is taken over. */
const REMEMBERED = 21;

export type PoolOptions = ModelSource & {
  /** Worker processes; default 1. */
  readonly workers?: number | null;
  /** Threads of each; default all cores shared out, as many as the container may use. */
  readonly threads?: number | null;
  readonly maxPixels: number;
  /** Folder of the languages in which words in pictures are read; absent: none are read. */
  readonly ocrFolder?: string;
  /** Longest time for one picture, from the moment a worker has it. */
  readonly deadlineMs?: number;
  /** Longest time until a worker has its model. */
  readonly loadDeadlineMs?: number;
  /** Requests that may wait; more are refused as QUEUE_FULL. */
  readonly maxWaiting?: number;
  /** When a worker process is replaced although it works. */
  readonly lifetime?: LifetimeLimits;
  /** The program of the worker process; only tests change it. */
  readonly workerFile?: string;
};

/** Supervises the worker processes and shares the requests out among them, first come, first served. */
export class WorkerPool implements CaptionEngine {
  private readonly slots: readonly WorkerSlot[];
  private readonly waiting: Task[] = [];
  private readonly seconds: number[] = [];
  private readonly maxWaiting: number;
  private readonly sendsTo: string | null;
  private settled: (() => void)[] = [];
  private stopped = false;

  constructor(options: PoolOptions) {
    const workers = Math.max(1, options.workers ?? 1);
    const threads = options.threads ?? usualThreads(workers);
    this.maxWaiting = options.maxWaiting ?? MAX_WAITING;
    const isRemote = 'modelServer' in options;
    const source = isRemote ? { modelServer: options.modelServer } : { modelFolder: options.modelFolder };
    const deadlineMs = isRemote ? options.modelServer.timeoutMs + BESIDE_SERVER_MS : DEADLINE_MS;
    this.sendsTo = isRemote ? options.modelServer.address : null;
    const { maxPixels, ocrFolder } = options;
    const settings = { source, threads, maxPixels, ...(ocrFolder === undefined ? {} : { ocrFolder }) };
    const slot = {
      workerFile: options.workerFile ?? path.join(__dirname, 'worker-process.js'),
      settings,
      deadlineMs: options.deadlineMs ?? deadlineMs,
      loadDeadlineMs: options.loadDeadlineMs ?? LOAD_DEADLINE_MS,
      ...(options.lifetime === undefined ? {} : { lifetime: options.lifetime }),
      changed: () => this.share(),
    };
    this.slots = Array.from({ length: workers }, () => new WorkerSlot(slot));
  }

  /** Starts the workers; resolves when one has loaded its model, or could not. Look at `state()`. */
  start(): Promise<void> {
    const settled = new Promise<void>((resolve) => this.settled.push(resolve));
    for (const slot of this.slots) slot.start();
    return settled;
  }

  state(): EngineState {
    const loaded = this.slots.find((slot) => slot.model !== null);
    const sorted = [...this.seconds].sort((a, b) => a - b);
    return {
      ready: loaded !== undefined && !this.stopped,
      model: loaded?.model ?? null,
      problem: loaded === undefined ? this.problem() : null,
      workers: this.slots.length,
      ...(this.sendsTo === null ? {} : { sendsTo: this.sendsTo }),
      secondsPerImage: sorted[sorted.length >> 1] ?? null,
    };
  }

  /** Throws AppError MODEL_FILE_MISSING, MODEL_FILE_DAMAGED or the like when no worker could load the model. */
  throwIfTroubled(): void {
    const { problem, ready } = this.state();
    if (!ready && problem !== null) throw problemError(problem);
  }

  /** Process ids of the workers that have loaded the model. */
  workerPids(): number[] {
    return this.slots.flatMap((slot) => (slot.model === null ? [] : (slot.pid ?? [])));
  }

  run(request: EngineRequest): Promise<EngineResult> {
    return new Promise<EngineResult>((resolve, reject) => {
      if (this.stopped) throw new AppError('SHUTTING_DOWN');
      request.signal?.throwIfAborted();
      if (this.waiting.length >= this.maxWaiting) throw new AppError('QUEUE_FULL');
      const { problem, ready } = this.state();
      if (!ready && problem !== null) throw taskError(problem);
      // A worker process refuses what it does not know by ending; here only the request fails.
      EngineOptions.parse(request.options);
      const task = { request, resolve, reject };
      request.signal?.addEventListener(
        'abort',
        guarded(() => this.forget(task), reject),
        { once: true },
      );
      this.waiting.push(task);
      this.share();
    }).then((result) => {
      this.remember(result);
      return result;
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const task of this.waiting.splice(0)) task.reject(new AppError('SHUTTING_DOWN'));
    await Promise.all(this.slots.map((slot) => slot.stop()));
  }

  private problem(): Problem | null {
    return this.slots.find((slot) => slot.problem !== null)?.problem ?? null;
  }

  private share(): void {
    const { ready, problem } = this.state();
    if (ready || problem !== null) {
      for (const settle of this.settled.splice(0)) settle();
    }
    if (!ready && problem !== null) {
      for (const task of this.waiting.splice(0)) task.reject(taskError(problem));
    }
    for (;;) {
      const [task] = this.waiting;
      const slot = task === undefined ? undefined : this.slotFor(task);
      if (task === undefined || slot === undefined) return;
      this.waiting.shift();
      slot.run(task);
    }
  }

  /** The free worker that looked at this picture last remembers it; else any free one. Nobody waits for a busy one. */
  private slotFor({ request }: Task): WorkerSlot | undefined {
    const free = this.slots.filter((slot) => slot.free);
    return free.find(({ picture }) => picture !== null && picture === request.sha256) ?? withLeastToLose(free);
  }

  /** The caller has lost interest: it is told at once; a worker that is busy with it stops at the next token. */
  private forget(task: Task): void {
    const place = this.waiting.indexOf(task);
    if (place >= 0) this.waiting.splice(place, 1);
    const reason: unknown = task.request.signal?.reason;
    task.reject(reason instanceof Error ? reason : new Error('The request was abandoned.'));
  }

  private remember(result: EngineResult): void {
    this.seconds.push(result.timingsMs.total / 1000);
    if (this.seconds.length > REMEMBERED) this.seconds.shift();
  }
}

/** A worker that remembers no picture, so that the others keep theirs; else the first. */
function withLeastToLose(free: readonly WorkerSlot[]): WorkerSlot | undefined {
  return free.find(({ picture }) => picture === null) ?? free[0];
}

function problemError({ code, message }: Problem): AppError {
  return new AppError(isErrorCode(code) ? code : 'MODEL_UNAVAILABLE', {}, { cause: new Error(message) });
}

/** Of a picture that no worker could look at: that there is no model says nothing about it, so it may be tried again. */
function taskError(problem: Problem): AppError {
  const error = problemError(problem);
  return error.retryable ? error : new AppError('MODEL_UNAVAILABLE', {}, { cause: error });
}
