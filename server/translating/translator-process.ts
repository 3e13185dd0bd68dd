import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Translation, TranslateOptions, Translator, TranslatorInfo } from '../../models/translator';
import { guarded } from '../background';
import { usableCores } from '../captioning/cpu-quota';
import { AppError, isErrorCode, type ErrorCode } from '../errors';
import { FromTranslator, type ToTranslator } from './messages';

/** A text of 500 tokens with six beams takes some seconds on a slow machine. */
const DEADLINE_MS = 120_000;
const LOAD_DEADLINE_MS = 120_000;
/** A sentence is a few rows: more threads wait for each other. */
const MOST_THREADS = 2;
/** Half of the cores: a run into two languages has two translators, and two threads each on two cores took twice the time of one. */
const usualThreads = () => Math.max(1, Math.min(MOST_THREADS, Math.floor(usableCores() / 2)));

interface Waiting {
  readonly resolve: (translation: Translation) => void;
  readonly reject: (error: Error) => void;
  readonly deadline: NodeJS.Timeout;
}

function errorOf(code: string, message: string): AppError {
  const known: ErrorCode = isErrorCode(code) ? code : 'MODEL_UNAVAILABLE';
  return new AppError(known, {}, { cause: new Error(message) });
}

/** The process was gone before the text's turn came: another process may be asked. */
export class TranslatorGone extends Error {}

/** A translator in a process of its own, whose memory is all given back when it ends. */
export class TranslatorProcess implements Translator {
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private ended = false;
  /** The end of the text before. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly child: ChildProcess,
    readonly info: TranslatorInfo,
  ) {
    const kill = () => child.kill('SIGKILL');
    child.on(
      'message',
      guarded((words: unknown) => this.receive(words), kill),
    );
    child.once(
      'exit',
      guarded(() => this.end(), kill),
    );
  }

  /** `threads`: null for the usual number. Throws AppError where the model cannot be loaded. */
  static async start(
    folder: string,
    threads: number | null,
    workerFile = path.join(__dirname, 'worker-process.js'),
  ): Promise<TranslatorProcess> {
    const child = fork(workerFile, [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const load: ToTranslator = {
      type: 'load',
      folder,
      threads: threads ?? usualThreads(),
    };
    let deadline: NodeJS.Timeout | undefined;
    const loaded = new Promise<TranslatorInfo>((resolve, reject) => {
      const failed = (error: unknown) => {
        child.kill('SIGKILL');
        reject(errorOf('MODEL_UNAVAILABLE', error instanceof Error ? error.message : String(error)));
      };
      deadline = setTimeout(
        guarded(() => child.kill('SIGKILL'), reject),
        LOAD_DEADLINE_MS,
      );
      const hear = (words: unknown) => {
        const said = FromTranslator.parse(words);
        if (said.type === 'ready') resolve(said.info);
        else if (said.type === 'problem') reject(errorOf(said.code, said.message));
      };
      child.once('message', guarded(hear, failed));
      // There may be several: the system has no room for a process, and then nobody reads what is sent to it.
      child.on('error', guarded(failed, reject));
      child.once('exit', () => {
        reject(new AppError('MODEL_UNAVAILABLE', {}, { cause: new Error('The process ended while it loaded.') }));
      });
      child.send(load, () => undefined);
    });
    try {
      return new TranslatorProcess(child, await loaded);
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Calls back once, when the process is gone. */
  onEnd(told: () => void): void {
    if (this.ended) told();
    else
      this.child.once(
        'exit',
        guarded(told, () => undefined),
      );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Texts are told one after the other: only then does the time of each begin, however many wait. Rejects with TRANSLATOR_CRASHED
   * where the process ended while it had this text, TranslatorGone where it ended before, and with what the model throws.
   */
  translate(text: string, options: TranslateOptions = {}): Promise<Translation> {
    const result = this.turn.then(() => this.ask(text, options));
    this.turn = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill();
    await gone;
  }

  private ask(text: string, { signal, ...wishes }: TranslateOptions): Promise<Translation> {
    signal?.throwIfAborted();
    if (this.ended) return Promise.reject(new TranslatorGone());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => reject(error instanceof Error ? error : new Error(String(error)));
      const deadline = setTimeout(
        guarded(() => {
          this.child.kill('SIGKILL');
        }, failed),
        DEADLINE_MS,
      );
      this.waiting.set(id, { resolve, reject, deadline });
      const message: ToTranslator = { type: 'translate', id, text, wishes };
      // A process that is just ending hears nothing any more; its exit does the rest.
      this.child.send(message, () => undefined);
    });
  }

  /** Throws where it says what no translator says. */
  private receive(words: unknown): void {
    const message = FromTranslator.parse(words);
    if (message.type !== 'done' && message.type !== 'failed') return;
    const waiting = this.waiting.get(message.id);
    if (waiting === undefined) return;
    this.waiting.delete(message.id);
    clearTimeout(waiting.deadline);
    if (message.type === 'done') waiting.resolve(message.translation);
    else waiting.reject(errorOf(message.code, message.message));
  }

  private end(): void {
    this.ended = true;
    for (const { reject, deadline } of this.waiting.values()) {
      clearTimeout(deadline);
      reject(new AppError('TRANSLATOR_CRASHED'));
    }
    this.waiting.clear();
  }
}
