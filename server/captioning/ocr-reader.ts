import { Worker } from 'node:worker_threads';
import type { Picture } from '../../models/captioner';
import type { PageText } from '../../models/ocr/page-text';
import { guarded } from '../background';
import { compiledFile } from '../compiled-file';
import type { PictureWords } from '../contract/worker';
import { greyForReading } from './ocr-picture';
import type { OcrAnswer, OcrRequest } from './ocr-thread';

/** The densest page takes 3 seconds of a core, and a busy machine gives a tenth of one; whatever takes longer hangs. */
const DEADLINE_MS = 30_000;
/** Nobody has asked for so long: its memory, up to 150 MB, is given back. */
const IDLE_MS = 60_000;
/** Of the thread's own objects, in MB; Tesseract's memory lies outside of them. */
const MOST_HEAP_MB = 64;

interface Running {
  readonly id: number;
  readonly end: (page: PageText | null) => void;
}

interface ReaderOptions {
  /** Folder of fetched languages. */
  readonly folder: string;
  /** Told why a picture was not read; its caption does not suffer. */
  readonly failed: (reason: string) => void;
  readonly deadlineMs?: number;
  readonly idleMs?: number;
}

/** Reads the words of pictures in a thread of its own, one picture at a time. A thread that hangs or crashes is replaced. */
export class OcrReader {
  private thread: Worker | null = null;
  private running: Running | null = null;
  private nextId = 0;
  private idle: NodeJS.Timeout | undefined;
  /** The pictures before this one. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ReaderOptions) {}

  /**
   * Null where the picture was not read: no language is here, reading failed, or the signal aborted. Never rejects over a picture.
   */
  read(picture: Picture, languages: readonly string[], signal?: AbortSignal): Promise<PictureWords | null> {
    const reading = this.turn.then(() => this.readNow(picture, languages, signal));
    this.turn = reading;
    return reading;
  }

  private async readNow(
    picture: Picture,
    languages: readonly string[],
    signal?: AbortSignal,
  ): Promise<PictureWords | null> {
    try {
      const { grey, factor } = await greyForReading(picture);
      if (signal?.aborted === true) return null;
      const page = await this.ask({ id: this.nextId++, grey, languages }, signal);
      return page && wordsOf(page, factor);
    } catch (error) {
      this.options.failed(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  async close(): Promise<void> {
    const { thread } = this;
    this.forget(thread);
    await thread?.terminate();
  }

  private ask(request: OcrRequest, signal?: AbortSignal): Promise<PageText | null> {
    clearTimeout(this.idle);
    const thread = (this.thread ??= this.start());
    return new Promise((resolve) => {
      const deadline = setTimeout(
        guarded(() => {
          this.options.failed('reading the words took too long');
          this.giveUp(thread);
        }, this.troubled),
        this.options.deadlineMs ?? DEADLINE_MS,
      );
      // The next picture does not wait for one that nobody wants any more.
      const stop = guarded(() => this.giveUp(thread), this.troubled);
      signal?.addEventListener('abort', stop);
      const end = (page: PageText | null) => {
        clearTimeout(deadline);
        signal?.removeEventListener('abort', stop);
        this.running = null;
        this.idle = setTimeout(
          guarded(() => this.close(), this.troubled),
          this.options.idleMs ?? IDLE_MS,
        ).unref();
        resolve(page);
      };
      this.running = { id: request.id, end };
      thread.postMessage(request);
    });
  }

  private start(): Worker {
    const thread = new Worker(compiledFile(__dirname, 'ocr-thread.js'), {
      workerData: this.options.folder,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    thread.on(
      'message',
      guarded((answer: OcrAnswer) => this.hear(answer), this.troubled),
    );
    thread.on(
      'error',
      guarded(this.troubled, () => undefined),
    );
    thread.on(
      'exit',
      guarded(() => this.forget(thread), this.troubled),
    );
    // The process may end whatever the thread does.
    thread.unref();
    return thread;
  }

  private readonly troubled = (error: unknown): void => {
    this.options.failed(error instanceof Error ? error.message : String(error));
  };

  private hear(answer: OcrAnswer): void {
    if (this.running?.id !== answer.id) return;
    if ('problem' in answer) this.options.failed(answer.problem);
    this.running.end('page' in answer ? answer.page : null);
  }

  /** A computation that hangs cannot be interrupted, only ended with its thread. */
  private giveUp(thread: Worker): void {
    this.forget(thread);
    thread.terminate().catch(this.troubled);
  }

  private forget(thread: Worker | null): void {
    if (thread === null || this.thread !== thread) return;
    this.thread = null;
    clearTimeout(this.idle);
    this.running?.end(null);
  }
}

function wordsOf({ lines, ...page }: PageText, factor: number): PictureWords {
  const inPicture = lines.map(({ text, confidence, height, area }) => ({
    text,
    confidence: Math.round(confidence),
    height: Math.round((height / factor) * 10) / 10,
    area: Math.round(area * 10_000) / 10_000,
  }));
  return { ...page, lines: inPicture };
}
