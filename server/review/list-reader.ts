import { Worker } from 'node:worker_threads';
import { guarded } from '../background';
import { compiledFile } from '../compiled-file';
import { AppError, type ErrorCode } from '../errors';
import type { ListScope } from '../storage/list-scopes';
import type { SuggestionFilter, SuggestionPage, Total } from './suggestion-list';

/** A page and its total are read at the same time. Each thread takes about 10 MB. */
const MOST_THREADS = 2;
/** Questions of one site, and sites, that may wait: a search of a million texts takes up to 0.1 s. */
const MOST_OF_SITE = 32;
const MOST_SITES = 100;
const WAIT = { retry_after_seconds: 2 };
/** A thread that nobody needs ends after this time. */
const IDLE_MS = 60_000;

/** What a thread is asked. */
export interface ListQuestion {
  readonly scope: ListScope;
  readonly kind: 'page' | 'total';
  readonly filter: SuggestionFilter;
}

/** What it answers. */
export type ListAnswer =
  | { readonly result: SuggestionPage | Total }
  | {
      readonly failure: {
        readonly code: ErrorCode;
        readonly details: Readonly<Record<string, unknown>>;
        readonly text: string;
      };
    };

/**
 * The lists of one site. Both throw BAD_REQUEST for a cursor that is none, RATE_LIMITED, SIDECAR_BUSY, and what the database
 * throws. A question whose signal aborts before a thread has taken it is not read.
 */
export interface SiteLists {
  readonly page: (filter: SuggestionFilter, signal?: AbortSignal) => Promise<SuggestionPage>;
  readonly total: (filter: SuggestionFilter, signal?: AbortSignal) => Promise<Total>;
}

interface Waiting {
  readonly question: ListQuestion;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: SuggestionPage | Total) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads lists of suggestions in threads with connections of their own: a search over a million texts would hold the event loop. */
export class ListReader {
  readonly #threads = new Set<ReadingThread>();
  /** Of each site that waits; the first is the next to be served. */
  readonly #waiting = new Map<string, Waiting[]>();
  #isStopped = false;

  constructor(
    private readonly database: string,
    private readonly idleMs = IDLE_MS,
  ) {}

  ofSite(scope: ListScope): SiteLists {
    return {
      page: (filter, signal) => this.#ask({ scope, kind: 'page', filter }, signal) as Promise<SuggestionPage>,
      total: (filter, signal) => this.#ask({ scope, kind: 'total', filter }, signal) as Promise<Total>,
    };
  }

  /** Ends the threads; what still waits is refused with SHUTTING_DOWN. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#refuse(() => new AppError('SHUTTING_DOWN'));
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  /** Threads that run now. */
  get threads(): number {
    return this.#threads.size;
  }

  #ask(question: ListQuestion, signal: AbortSignal | undefined): Promise<SuggestionPage | Total> {
    if (this.#isStopped) return Promise.reject(new AppError('SHUTTING_DOWN'));
    const { siteId } = question.scope;
    const ofSite = (this.#waiting.get(siteId) ?? []).filter((one) => one.signal?.aborted !== true);
    if (ofSite.length >= MOST_OF_SITE) return Promise.reject(new AppError('RATE_LIMITED', WAIT));
    if (this.#waiting.size >= MOST_SITES) return Promise.reject(new AppError('SIDECAR_BUSY', WAIT));
    return new Promise((resolve, reject) => {
      this.#waiting.set(siteId, [...ofSite, { question, signal, resolve, reject }]);
      this.#handOut();
    });
  }

  #handOut(): void {
    while (this.#waiting.size > 0) {
      const idle = [...this.#threads].find((thread) => thread.isIdle) ?? this.#another();
      if (idle === null) return;
      const next = this.#next();
      if (next.signal?.aborted === true) next.reject(next.signal.reason);
      else idle.read(next);
    }
  }

  /** One of each site in turn. */
  #next(): Waiting {
    for (const [siteId, ofSite] of this.#waiting) {
      this.#waiting.delete(siteId);
      const [next, ...others] = ofSite;
      if (others.length > 0) this.#waiting.set(siteId, others);
      if (next !== undefined) return next;
    }
    throw new Error('no question waits');
  }

  /** Null where the threads there are have to do; where there are none, what waits is refused. */
  #another(): ReadingThread | null {
    if (this.#threads.size >= MOST_THREADS) return null;
    try {
      return this.#start();
    } catch (cause) {
      // The system has no room for another thread.
      if (this.#threads.size === 0) this.#refuse(() => new AppError('SIDECAR_BUSY', WAIT, { cause }));
      return null;
    }
  }

  #refuse(why: () => AppError): void {
    for (const { reject } of [...this.#waiting.values()].flat()) reject(why());
    this.#waiting.clear();
  }

  #start(): ReadingThread {
    const thread = new ReadingThread(this.database, this.idleMs, {
      isFree: () => this.#handOut(),
      hasEnded: () => {
        this.#threads.delete(thread);
        this.#handOut();
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}

interface ThreadEvents {
  readonly isFree: () => void;
  readonly hasEnded: () => void;
}

/** One thread, which reads one list at a time. */
class ReadingThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #reading: Waiting | null = null;
  #idle: NodeJS.Timeout | null = null;
  #isEnding = false;

  constructor(
    database: string,
    private readonly idleMs: number,
    private readonly events: ThreadEvents,
  ) {
    this.#worker = new Worker(compiledFile(__dirname, 'list-reader-thread.js'), { workerData: database });
    this.#worker.unref();
    const failed = (error: unknown) => this.#failed(error);
    this.#worker.on(
      'message',
      guarded((answer: ListAnswer) => this.#answered(answer), failed),
    );
    this.#worker.on(
      'error',
      guarded(failed, () => undefined),
    );
    this.#ended = new Promise((resolve) => {
      const end = (code: number) => {
        this.#isEnding = true;
        failed(new Error(`the thread that reads lists ended with ${code}`));
        resolve();
        this.events.hasEnded();
      };
      this.#worker.once('exit', guarded(end, failed));
    });
  }

  get isIdle(): boolean {
    return this.#reading === null && !this.#isEnding;
  }

  read(waiting: Waiting): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#reading = waiting;
    this.#worker.postMessage(waiting.question);
  }

  /** Ends after the list that is read now. */
  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#worker.postMessage(null);
    await this.#ended;
  }

  #answered(answer: ListAnswer): void {
    const reading = this.#reading;
    this.#reading = null;
    this.#idle = setTimeout(
      guarded(
        () => this.end(),
        () => undefined,
      ),
      this.idleMs,
    ).unref();
    if ('result' in answer) reading?.resolve(answer.result);
    else reading?.reject(errorOf(answer.failure));
    this.events.isFree();
  }

  #failed(error: unknown): void {
    const reading = this.#reading;
    this.#reading = null;
    reading?.reject(new AppError('INTERNAL', {}, { cause: error }));
  }
}

type Failure = Extract<ListAnswer, { failure: unknown }>['failure'];

const errorOf = ({ code, details, text }: Failure) => new AppError(code, details, { cause: new Error(text) });
