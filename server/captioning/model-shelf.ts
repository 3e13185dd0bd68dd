import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ListedModel, ModelPull } from '../contract/model';
import { guarded, inBackground } from '../background';
import { AppError, CATALOGUE, isErrorCode } from '../errors';
import type { Logger } from '../logger';
import { modelLines } from './model-lines';
import { PULLED_MODELS } from './model-source';

const Progress = z.object({ step: z.string(), done: z.number(), total: z.number() });
const Refusal = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().optional(),
    /** A code of the network or the system, such as ENOTFOUND; HTTP_404 and WEB_PAGE for answers of the hub. */
    cause: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{1,60}$/)
      .optional()
      .catch(undefined),
  }),
});

/** Room for the one line of JSON that the process ends with. */
const MOST_OUTPUT = 65_536;
/** The end of what it wrote for a person, for the log. */
const MOST_COMPLAINTS = 4096;

interface End {
  readonly id: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly complaints: string;
  readonly isByItself: boolean;
}

export interface ShelfParts {
  readonly dataDir: string;
  /** The script that pulls: it is given the data folder, the model's id and options, and reports over its channel. */
  readonly script: string;
  readonly logger: Logger;
  /** Id of the model that captions here now. */
  readonly loaded: () => string | null;
}

/** The models there are, and the pulling of one at a time in a process of its own. */
export class ModelShelf {
  #current: { id: string; child: ChildProcess } | null = null;
  readonly #pulls = new Map<string, ModelPull>();
  readonly #folder: string;

  constructor(private readonly parts: ShelfParts) {
    this.#folder = path.join(parts.dataDir, PULLED_MODELS);
  }

  list(): ListedModel[] {
    const loaded = this.parts.loaded();
    return modelLines(this.#folder).map((line) => ({
      ...line,
      pull: this.#pulls.get(line.id) ?? null,
      loaded: line.id === loaded,
    }));
  }

  /** A download that is under way, or how the latest one ended; null where there was none, or where it was stopped. */
  pullOf(id: string): ModelPull | null {
    return this.#pulls.get(id) ?? null;
  }

  /** Whether that model is being pulled now; null: any. */
  isPulling(id: string | null): boolean {
    return this.#current !== null && (id === null || this.#current.id === id);
  }

  /**
   * Begins to pull. The same model again is the same pull. One that begins by itself is not compared with fp32, which takes gigabytes
   * of memory. Throws MODEL_UNKNOWN; PULL_NOT_POSSIBLE while another is pulled.
   */
  pull(id: string, { isByItself = false } = {}): ListedModel {
    const model = this.#need(id);
    if (this.#current !== null && this.#current.id !== id) throw new AppError('PULL_NOT_POSSIBLE', { running: true });
    if (model.download_bytes === 0) throw new AppError('PULL_NOT_POSSIBLE', { ships: true });
    if (this.#current === null) this.#start(model, isByItself);
    return this.#need(id);
  }

  /** Stops a pull. What was downloaded stays, and is not downloaded again. Throws MODEL_UNKNOWN. */
  cancel(id: string): ListedModel {
    this.#need(id);
    if (this.#current?.id === id) this.#current.child.kill();
    else this.#pulls.delete(id);
    return this.#need(id);
  }

  async stop(): Promise<void> {
    const child = this.#current?.child;
    // `close`, which ends a pull, comes later than `exit`: as long as a process of its own holds its output.
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  }

  #need(id: string): ListedModel {
    const found = this.list().find((model) => model.id === id);
    if (found === undefined) throw new AppError('MODEL_UNKNOWN');
    return found;
  }

  #start({ id, download_bytes: total }: ListedModel, isByItself: boolean): void {
    mkdirSync(this.#folder, { recursive: true });
    const options = isByItself ? ['--no-compare'] : [];
    const child = fork(this.parts.script, [this.parts.dataDir, id, ...options], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#current = { id, child };
    this.#pulls.set(id, { state: 'running', step: 'Starting', done_bytes: 0, total_bytes: total, error: null });
    const failed = (error: unknown) => {
      this.parts.logger.error({ err: error, model: id }, 'model pull failed');
    };
    child.on(
      'message',
      guarded((message: unknown) => this.#note(id, message), failed),
    );
    const said = { output: '', complaints: '' };
    child.stdout?.on('data', (chunk: Buffer) => (said.output = (said.output + chunk.toString()).slice(-MOST_OUTPUT)));
    child.stderr?.on('data', (chunk: Buffer) => {
      said.complaints = (said.complaints + chunk.toString()).slice(-MOST_COMPLAINTS);
    });
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      this.#end(child, { id, code, signal, ...said, isByItself });
    };
    child.on('error', (error) => {
      failed(error);
      // Without a process, as where too many files are open, `close` may never come.
      if (child.pid === undefined) inBackground(() => end(null, null), failed);
    });
    child.once('close', guarded(end, failed));
    this.parts.logger.info({ model: id }, 'model pull started');
  }

  #note(id: string, message: unknown): void {
    const progress = Progress.safeParse(message);
    if (!progress.success) return;
    const { step, done, total } = progress.data;
    this.#pulls.set(id, { state: 'running', step, done_bytes: done, total_bytes: total, error: null });
  }

  #end(child: ChildProcess, { id, code, signal, output, complaints, isByItself }: End): void {
    if (this.#current?.child !== child) return;
    this.#current = null;
    const { logger } = this.parts;
    if (signal !== null) this.#pulls.delete(id);
    else if (code === 0) this.#pulls.set(id, endedPull('done', null));
    else {
      const refusal = Refusal.safeParse(parseLastLine(output)).data?.error ?? null;
      this.#pulls.set(id, endedPull('failed', reasonOf(refusal)));
      const facts = { model: id, reason: refusal?.message ?? null, cause: refusal?.cause ?? null, complaints };
      // Of one that began by itself, whoever began it warns, with one sentence.
      logger[isByItself ? 'info' : 'warn'](facts, 'model pull failed');
    }
    logger.info({ model: id, code, signal }, 'model pull ended');
  }
}

function endedPull(state: 'done' | 'failed', error: ModelPull['error']): ModelPull {
  return { state, step: '', done_bytes: 0, total_bytes: 0, error };
}

/** The catalogue's sentence for the code that the process printed, and the cause; its own words may name folders of this machine. */
function reasonOf(refusal: z.infer<typeof Refusal>['error'] | null): NonNullable<ModelPull['error']> {
  const code = refusal !== null && isErrorCode(refusal.code) ? refusal.code : 'INTERNAL';
  const { message } = CATALOGUE[code];
  const cause = refusal?.cause === undefined ? '.' : ` (${causeInWords(refusal.cause)}).`;
  return { code, message: message.replace(/\.$/, cause) };
}

const CAUSES: Readonly<Record<string, string>> = {
  WEB_PAGE: "a web page came instead of the file, perhaps that of a proxy or of the network's login",
  HUB_ADDRESS: 'HF_ENDPOINT is no address of a hub',
  BAD_PORT: 'HTTP clients do not use this port',
};

function causeInWords(cause: string): string {
  const status = /^HTTP_(\d{3})$/.exec(cause)?.[1];
  return status === undefined ? (CAUSES[cause] ?? cause) : `it answers ${status}`;
}

function parseLastLine(output: string): unknown {
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '');
  } catch {
    // The process ended without a word: the code INTERNAL says that.
    return null;
  }
}
