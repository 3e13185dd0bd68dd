import { fork, type ChildProcess } from 'node:child_process';
import type { ModelInfo } from '../../models/captioner';
import { guarded, inBackground } from '../background';
import { AppError, isErrorCode } from '../errors';
import type { EngineRequest, EngineResult } from './engine';
import { USUAL_LIFETIME, WorkerLifetime, type LifetimeLimits } from './worker-lifetime';
import { FromWorker, type ToWorker, type WorkerSettings } from './worker-messages';

/** Pauses before a process that could not load its model is started again. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface Problem {
  readonly code: string;
  readonly message: string;
}

/**
 * glibc keeps what is freed for the next picture. By default it maps each large array anew, and faulting 42 MB in costs 10 to
 * 25 ms a picture (tests/bench/models); the peak does not rise, since every picture takes the same. Weights lie in huge pages where the
 * system gives them to who asks (glibc 2.35; older ones pass the word over): a step of the text reads all of them.
 */
const KEEP_FREED_MEMORY =
  'glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=4294967295:glibc.malloc.hugetlb=1';

/**
 * Young objects are collected after each megabyte of them. By default pixels and answers of many pictures wait for it, 30 to 60 MB.
 */
const FEW_LEFTOVERS = '--max-semi-space-size=1';

/** A request with the two ways it can end. */
export interface Task {
  readonly request: EngineRequest;
  readonly resolve: (result: EngineResult) => void;
  readonly reject: (error: Error) => void;
}

export interface SlotOptions {
  readonly workerFile: string;
  readonly settings: WorkerSettings;
  readonly deadlineMs: number;
  /** Longest time until a fresh process has its model. */
  readonly loadDeadlineMs: number;
  /** When a process is replaced although it works. */
  readonly lifetime?: LifetimeLimits;
  /** Called whenever the slot became ready, free or troubled. */
  readonly changed: () => void;
}

interface Running extends Task {
  readonly id: number;
  readonly deadline: NodeJS.Timeout;
}

/** One place for a worker process: starts it, gives it one task at a time, and replaces it when it dies or hangs. */
export class WorkerSlot {
  /** The picture this process looked at last; null when it is fresh. */
  picture: string | null = null;
  private child: ChildProcess | null = null;
  private running: Running | null = null;
  private restart: NodeJS.Timeout | null = null;
  private loadDeadline: NodeJS.Timeout | undefined;
  private stopping = false;
  /** Killed, but not gone yet: it must not be given another task. */
  private dying = false;
  private loading = false;
  private lifetime = new WorkerLifetime(USUAL_LIFETIME);
  /** It has done enough: between two pictures a fresh process takes its place, and the model counts as there meanwhile. */
  private isOld = false;
  /** Processes that ended without a single result, one after the other. */
  private failedLoads = 0;
  private nextId = 1;
  model: ModelInfo | null = null;
  problem: Problem | null = null;

  constructor(private readonly options: SlotOptions) {}

  /** Process id of the worker, or null between two processes. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get free(): boolean {
    return this.model !== null && this.running === null && !this.stopping && !this.dying && !this.loading;
  }

  start(): void {
    this.restart = null;
    this.dying = false;
    this.loading = true;
    this.isOld = false;
    this.lifetime = new WorkerLifetime(this.options.lifetime ?? USUAL_LIFETIME);
    // Standard output belongs to whoever started the parent; native libraries complain on standard error.
    const child = fork(this.options.workerFile, [], {
      env: childEnvironment(this.options.settings),
      execArgv: [FEW_LEFTOVERS],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child = child;
    const hear = (message: unknown) => {
      if (this.child === child) this.receive(message);
    };
    child.on('message', guarded(hear, this.troubled));
    child.on('error', (error) => {
      this.troubled(error);
      // Without a process there is no exit either, for instance when the system has no room for another one.
      if (child.pid === undefined) inBackground(() => this.ended(child), this.troubled);
    });
    child.on(
      'exit',
      guarded((_code: number | null, signal: NodeJS.Signals | null) => this.ended(child, signal), this.troubled),
    );
    this.startLoadDeadline();
    this.tell({ type: 'load', settings: this.options.settings });
  }

  private startLoadDeadline(): void {
    clearTimeout(this.loadDeadline);
    this.loadDeadline = setTimeout(
      guarded(() => this.neverLoads(), this.troubled),
      this.options.loadDeadlineMs,
    );
  }

  private startAfter(pauseMs: number): void {
    const failed = (error: unknown) => {
      this.troubled(error);
      this.startAfter(LONGEST_PAUSE_MS);
    };
    this.restart = setTimeout(
      guarded(() => this.start(), failed),
      pauseMs,
    );
  }

  private readonly troubled = (error: unknown): void => {
    this.problem = { code: 'MODEL_UNAVAILABLE', message: error instanceof Error ? error.message : String(error) };
  };

  /** Gives the worker a task. Only when `free`. */
  run(task: Task): void {
    const id = this.nextId++;
    const deadline = setTimeout(
      guarded(() => this.giveUp('CAPTION_TIMEOUT'), this.troubled),
      this.options.deadlineMs,
    );
    this.running = { ...task, id, deadline };
    const { imagePath, options, question, thumbnailPath, readIn, maxPixels, signal } = task.request;
    this.picture = task.request.sha256 ?? null;
    signal?.addEventListener(
      'abort',
      guarded(() => this.tell({ type: 'cancel', id }), this.troubled),
      { once: true },
    );
    this.tell({
      type: 'run',
      id,
      imagePath,
      options,
      ...(question === undefined ? {} : { question }),
      ...(thumbnailPath === undefined ? {} : { thumbnailPath }),
      ...(readIn === undefined ? {} : { readIn }),
      ...(maxPixels === undefined ? {} : { maxPixels }),
    });
  }

  /** Ends the process; a task it holds is rejected as SHUTTING_DOWN. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.restart !== null) clearTimeout(this.restart);
    clearTimeout(this.loadDeadline);
    this.finish((task) => task.reject(new AppError('SHUTTING_DOWN')));
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  private tell(message: ToWorker): void {
    // A process that is just dying cannot be told anything; its exit event does the rest.
    if (this.child?.connected === true) this.child.send(message, () => undefined);
  }

  private receive(words: unknown): void {
    const parsed = FromWorker.safeParse(words);
    if (!parsed.success) {
      this.kill();
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'ready':
        clearTimeout(this.loadDeadline);
        this.model = message.model;
        this.problem = null;
        this.loading = false;
        break;
      case 'packing':
        // It has a deadline of its own, and a slow disk takes longer than loading ever may.
        if (this.loading && !this.stopping && !this.dying) this.startLoadDeadline();
        return;
      case 'problem':
        this.model = null;
        this.problem = { code: message.code, message: message.message };
        break;
      case 'memory':
        this.isOld = this.lifetime.isOver(message.heldBytes);
        return;
      case 'done':
        this.failedLoads = 0;
        if (this.running?.id === message.id) this.finish((task) => task.resolve(message.result));
        break;
      case 'failed':
        if (message.ends) this.modelIsGone(message);
        if (this.running?.id === message.id) {
          const code = isErrorCode(message.code) ? message.code : 'INTERNAL';
          const { retryAfterSeconds: wait } = message;
          const details = wait === undefined ? {} : { retry_after_seconds: wait };
          this.finish((task) => task.reject(new AppError(code, details, { cause: new Error(message.message) })));
        }
        break;
    }
    if (this.isOld && this.running === null) this.kill();
    this.options.changed();
  }

  /** The process ends by itself; the next one counts as one that could not load, and the pauses grow. */
  private modelIsGone({ code, message }: Problem): void {
    this.dying = true;
    this.model = null;
    this.problem = { code, message };
  }

  private finish(end: (task: Task) => void): void {
    const { running } = this;
    if (running === null) return;
    clearTimeout(running.deadline);
    this.running = null;
    end(running);
  }

  /** A hung native call cannot be interrupted, only ended with its process. */
  private giveUp(code: 'CAPTION_TIMEOUT'): void {
    this.finish((task) => task.reject(new AppError(code)));
    this.kill();
  }

  private neverLoads(): void {
    const seconds = Math.round(this.options.loadDeadlineMs / 1000);
    this.problem = { code: 'MODEL_UNAVAILABLE', message: `The model was not loaded within ${seconds} seconds.` };
    this.kill();
  }

  private kill(): void {
    this.dying = true;
    this.child?.kill('SIGKILL');
  }

  private ended(child: ChildProcess, signal: NodeJS.Signals | null = null): void {
    if (this.child !== child) return;
    clearTimeout(this.loadDeadline);
    const hadLoaded = this.model !== null && !this.loading;
    this.child = null;
    if (!this.isOld) this.model = null;
    this.picture = null;
    // Who was killed from outside did not die of its picture; the queue tells the two apart. What the slot killed itself said nonsense.
    const details = signal === null || this.dying ? {} : { signal };
    this.finish((task) => task.reject(new AppError('DECODE_CRASHED', details)));
    if (this.stopping) return;
    if (!hadLoaded) {
      this.failedLoads += 1;
      this.problem ??= { code: 'MODEL_UNAVAILABLE', message: 'The worker process ended while it loaded the model.' };
    }
    const pause = hadLoaded ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.failedLoads - 1), LONGEST_PAUSE_MS);
    this.startAfter(pause);
    this.options.changed();
  }
}

/** A model server may be behind a certificate authority or a proxy of the owner's; a proxy's address may hold a password. */
const FOR_A_MODEL_SERVER = [
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_ENV_PROXY',
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
] as const;

/**
 * Nothing secret reaches the process that decodes strangers' files, unless a model server needs it. Few malloc arenas keep its
 * memory from spreading.
 */
function childEnvironment({ source }: WorkerSettings): NodeJS.ProcessEnv {
  const names = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', ...('modelServer' in source ? FOR_A_MODEL_SERVER : [])];
  const kept: NodeJS.ProcessEnv = {};
  for (const name of names) if (process.env[name] !== undefined) kept[name] = process.env[name];
  return { ...kept, MALLOC_ARENA_MAX: '2', GLIBC_TUNABLES: KEEP_FREED_MEMORY };
}
