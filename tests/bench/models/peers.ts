import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { WorkerPool as Pool } from '../../../server/captioning/worker-pool';

export interface Timing {
  readonly total: number;
  /** Of all its threads. */
  readonly processor?: number;
  readonly vision: number;
  readonly text: number;
  readonly tokens: readonly number[];
  /** Raw logits of each step, float32 in base64; only when asked for. */
  readonly logits?: readonly string[];
}

/** One way to caption: a live process that is asked again and again. */
export interface Peer {
  readonly name: string;
  /** Loads the model; gives the milliseconds it took. */
  start(): Promise<number>;
  ask(file: string, beams: number): Promise<Timing>;
  /** Peak resident memory of the process so far, in MB. */
  peakMegabytes(): number;
  /** Milliseconds that its threads have run on a processor. */
  processorMs(): number;
  stop(): Promise<void>;
}

/** What our workers have in their environment (server/captioning/worker-slot.ts). */
export const KEEP_FREED_MEMORY =
  'glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=4294967295:glibc.malloc.hugetlb=1';

/** A machine that others use as well may take minutes; what is too slow for a product is a figure for a bench. */
const DEADLINE_MS = 15 * 60_000;

/** Tokens that every peer must write; the end token is forbidden before. */
export const NEW_TOKENS = 10;
/** What a model that answers is asked, and asked after that: made-up words, as the vocabulary of random weights has them. */
export const QUESTION = 'w3000 w3001 w3002 w3003 w3004 w3005 w3006 w3007';
const OTHER_QUESTION = 'w4000 w4001 w4002 w4003 w4004 w4005 w4006 w4007';

/** What a second caption of a picture begins with. */
const PROMPT = 'a picture';

interface Wish {
  readonly beams: number;
  readonly minLength: number;
  readonly prompt?: string;
  readonly question?: string;
  readonly task?: string;
}

/**
 * What is asked about a picture that was just captioned: a caption that begins with other words, one with words beside the picture (which
 * are no part of the caption), another question, or another task.
 */
export type Second = 'prompt' | 'words beside' | 'question' | 'task';

function peakOf(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return Number.NaN;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Of the threads that are there now; those of a model stay. Unlike the clock it tells of no other program. */
function ranOf(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return Number.NaN;
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const file = `/proc/${pid}/task/${thread}/schedstat`;
    return sum + (existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6 : 0);
  }, 0);
}

/** Our own worker process, as the sidecar runs it. */
export class AltsmithPeer implements Peer {
  private pool: Pool | null = null;

  constructor(
    readonly name: string,
    private readonly root: string,
    private readonly settings: {
      readonly modelFolder: string;
      readonly threads?: number | null;
      readonly workers?: number | null;
      /** Null where there is no second request to make. */
      readonly second?: Second | null;
    },
  ) {}

  async start(): Promise<number> {
    const { WorkerPool } = await import(path.join(this.root, 'build/server/captioning/worker-pool.js'));
    const begin = performance.now();
    const pool: Pool = new WorkerPool({ ...this.settings, maxPixels: 50_000_000, deadlineMs: DEADLINE_MS });
    this.pool = pool;
    await pool.start();
    const { problem } = pool.state();
    if (problem !== null) throw new Error(problem.message);
    return performance.now() - begin;
  }

  ask(file: string, beams: number): Promise<Timing> {
    const isQuestion = this.settings.second === 'question';
    const wish = isQuestion ? { prompt: '', question: QUESTION } : {};
    return this.run(file, { beams, minLength: 1 + NEW_TOKENS, ...wish });
  }

  get asksAgain(): boolean {
    return this.settings.second !== null;
  }

  /** The second request about a picture. */
  askAgain(file: string): Promise<Timing> {
    const { second = 'prompt' } = this.settings;
    const common = { beams: 1, minLength: 1 + NEW_TOKENS };
    if (second === 'question') return this.run(file, { ...common, prompt: '', question: OTHER_QUESTION });
    if (second === 'words beside') return this.run(file, { ...common, prompt: PROMPT });
    if (second === 'task') return this.run(file, { ...common, task: 'detailed' });
    return this.run(file, { beams: 1, prompt: PROMPT, minLength: 1 + PROMPT.split(' ').length + NEW_TOKENS });
  }

  private async run(file: string, { question, ...wish }: Wish): Promise<Timing> {
    const options = { maxNewTokens: NEW_TOKENS, keepWordless: true, ...wish };
    const begin = performance.now();
    const { caption, answer, timingsMs } = await this.pool!.run({
      imagePath: file,
      options,
      ...(question === undefined ? {} : { question }),
    });
    const total = performance.now() - begin;
    const tokens = answer?.tokens ?? caption!.candidates[0].tokens;
    return { total, vision: timingsMs.vision, text: timingsMs.text, tokens };
  }

  peakMegabytes(): number {
    return this.pool!.workerPids().reduce((sum, pid) => sum + peakOf(pid), 0);
  }

  processorMs(): number {
    return this.pool!.workerPids().reduce((sum, pid) => sum + ranOf(pid), 0);
  }

  async stop(): Promise<void> {
    await this.pool?.stop();
  }
}

/** A program that reads requests and writes answers, one JSON line each (hf_peer.py, openvino-peer.cjs). */
export class LinePeer implements Peer {
  private child: ChildProcess | null = null;
  private lines: AsyncIterator<string> | null = null;
  private reader: Interface | null = null;

  constructor(
    readonly name: string,
    private readonly command: readonly [program: string, ...words: string[]],
    /** The end token: transformers keeps it where it is forced at the longest length, we never do. */
    private readonly end: number,
    /** On top of our own; without it the program runs as its users start it. */
    private readonly environment: NodeJS.ProcessEnv = {},
  ) {}

  async start(): Promise<number> {
    const [program, ...words] = this.command;
    const env = { ...process.env, ...this.environment };
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'], env });
    this.child = child;
    this.reader = createInterface({ input: child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
    return Number(JSON.parse(await this.next()).load);
  }

  async ask(file: string, beams: number, logits = false): Promise<Timing> {
    const request = { file, beams, tokens: NEW_TOKENS, question: QUESTION, logits };
    this.child!.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = JSON.parse(await this.next());
    const { total, vision, tokens } = answer;
    return {
      total,
      vision,
      text: total - vision,
      tokens: tokens.slice(1, tokens.at(-1) === this.end ? -1 : undefined),
      ...(logits ? { logits: answer.logits } : {}),
    };
  }

  peakMegabytes(): number {
    return peakOf(this.child?.pid);
  }

  processorMs(): number {
    return ranOf(this.child?.pid);
  }

  stop(): Promise<void> {
    this.reader?.close();
    return new Promise((resolve) => {
      if (this.child === null || this.child.exitCode !== null) resolve();
      this.child?.once('exit', () => resolve());
      this.child?.stdin?.end();
    });
  }

  private async next(): Promise<string> {
    const { done, value } = await this.lines!.next();
    if (done === true) throw new Error(`${this.name} has ended`);
    return value;
  }
}
