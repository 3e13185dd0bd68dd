import { Worker } from 'node:worker_threads';
import { guarded } from '../background';
import { compiledFile } from '../compiled-file';
import { AppError, type ErrorCode } from '../errors';
import type { ListScope } from '../storage/list-scopes';
import type { SuggestionFilter, SuggestionPage, Total } from './suggestion-list';

/** A page and its total are read at the same time. Each thread takes about 10 MB. */
const MOST_THREADS = 2;
/** Questions that may wait: a search of a million texts takes up to 0.1 s. */
const MOST_WAITING = 100;
const RETRY_AFTER_SECONDS = 2;
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

/** The lists of one site. Both throw BAD_REQUEST for a cursor that is none, SIDECAR_BUSY, and what the database throws. */
export interface SiteLists {
  readonly page: (filter: SuggestionFilter) => Promise<SuggestionPage>;
  readonly total: (filter: SuggestionFilter) => Promise<Total>;
}

interface Waiting {
  readonly question: ListQuestion;
  readonly resolve: (result: SuggestionPage | Total) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads lists of suggestions in threads with connections of their own: a search over a million texts would hold the event loop. */
export class ListReader {
  readonly #threads = new Set<ReadingThread>();
  readonly #waiting: Waiting[] = [];
  #isStopped = false;

  constructor(
    private readonly database: string,
    private readonly idleMs = IDLE_MS,
  ) {}

  ofSite(scope: ListScope): SiteLists {
    return {
      page: (filter) => this.#ask({ scope, kind: 'page', filter }) as Promise<SuggestionPage>,
      total: (filter) => this.#ask({ scope, kind: 'total', filter }) as Promise<Total>,
    };
  }

  /** Ends the threads; what still waits is refused with SHUTTING_DOWN. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new AppError('SHUTTING_DOWN'));
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  /** Threads that run now. */
  get threads(): number {
    return this.#threads.size;
  }

  #ask(question: ListQuestion): Promise<SuggestionPage | Total> {
    if (this.#isStopped) return Promise.reject(new AppError('SHUTTING_DOWN'));
    if (this.#waiting.length >= MOST_WAITING) {
      return Promise.reject(new AppError('SIDECAR_BUSY', { retry_after_seconds: RETRY_AFTER_SECONDS }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#handOut();
    });
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      const idle = [...this.#threads].find((thread) => thread.isIdle) ?? this.#another();
      const next = idle === null ? undefined : this.#waiting.shift();
      if (idle === null || next === undefined) return;
      idle.read(next);
    }
  }

  #another(): ReadingThread | null {
    if (this.#threads.size >= MOST_THREADS) return null;
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
    this.#worker.on('message', (answer: ListAnswer) => this.#answered(answer));
    this.#worker.on('error', (error) => this.#failed(error));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#isEnding = true;
        this.#failed(new Error(`the thread that reads lists ended with ${code}`));
        this.events.hasEnded();
        resolve();
      });
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
