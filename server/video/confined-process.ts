import { spawn, type ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { guarded } from '../background';
import { AppError } from '../errors';
import { lowerPriority } from '../own-priority';

/** What a program may use before it is stopped. */
export interface Bounds {
  readonly wallMs: number;
  readonly cpuSeconds: number;
  /** Of address space; what is really in memory is less. */
  readonly memoryBytes: number;
  /** All outputs together. */
  readonly outputBytes: number;
}

export interface ConfinedCommand {
  /** Program and arguments; the program's path is absolute. */
  readonly command: readonly string[];
  /** Runs another command without any network, bound to this process; may be empty. */
  readonly confinement: readonly string[];
  /** An empty one, in which the program starts. */
  readonly folder: string;
  readonly bounds: Bounds;
  /** Read standard output, and file descriptors 3 and up. */
  readonly readers: readonly ((chunks: AsyncIterable<Buffer>) => Promise<void>)[];
  readonly signal?: AbortSignal | undefined;
}

export interface Ending {
  readonly code: number | null;
  /** Which bound stopped the program; `aborted` where the caller did; null where it ended by itself. */
  readonly stopped: 'time' | 'output' | 'aborted' | null;
  /** The end of what it wrote to standard error. */
  readonly complaint: string;
}

const SHELL = '/bin/sh';
/** It can write no byte into a file, open few, and leave no core behind. macOS has no limit of memory. The shell becomes the program. */
const LIMITED =
  'ulimit -c 0; ulimit -f 0; ulimit -n 64; ulimit -t "$1"; ulimit -v "$2" 2>/dev/null; shift 2; exec "$@"';
const MOST_COMPLAINT = 4000;
const SIGNALLED = 128;
/** The exit code of ffmpeg after SIGXCPU, which it catches. */
const ENDED_BY_SIGNAL = 255;

function start({ command, confinement, folder, bounds, readers }: ConfinedCommand): ChildProcess {
  const limits = [String(Math.ceil(bounds.cpuSeconds)), String(Math.ceil(bounds.memoryBytes / 1024))];
  const [program = SHELL, ...args] = [...confinement, SHELL, '-c', LIMITED, 'sh', ...limits, ...command];
  const outputs = readers.slice(1).map(() => 'pipe' as const);
  const child = spawn(program, args, { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe', ...outputs] });
  if (child.pid !== undefined) lowerPriority(child.pid);
  return child;
}

/** Collects the end of a text that may be endless. */
async function lastOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text = (text + chunk.toString('latin1')).slice(-MOST_COMPLAINT);
  return text;
}

/** Ends a program for good; the first reason counts. */
class Stop {
  reason: Ending['stopped'] = null;

  constructor(private readonly child: ChildProcess) {}

  now(reason: Ending['stopped']): void {
    this.reason ??= reason;
    this.child.kill('SIGKILL');
  }
}

async function* upTo(bytes: { left: number }, chunks: AsyncIterable<Buffer>, stop: Stop): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    bytes.left -= chunk.length;
    if (bytes.left < 0) {
      stop.now('output');
      return;
    }
    yield chunk;
  }
}

/**
 * Runs a program that reads what a stranger made: no network, no environment, no file written, bounded in time, memory and output,
 * and after the requests and the website. When the promise settles the program has ended. Rejects with what a reader
 * rejects with, and with AppError VIDEO_DECODER_MISSING where the system cannot start it.
 */
export async function runConfined(job: ConfinedCommand): Promise<Ending> {
  if (job.signal?.aborted === true) return { code: null, stopped: 'aborted', complaint: '' };
  const child = start(job);
  const stop = new Stop(child);
  const kill = () => child.kill('SIGKILL');
  const abort = guarded(() => stop.now('aborted'), kill);
  job.signal?.addEventListener('abort', abort);
  const late = new AbortController();
  late.signal.addEventListener(
    'abort',
    guarded(() => stop.now('time'), kill),
  );
  const clock = setTimeout(() => late.abort(), job.bounds.wallMs);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new AppError('VIDEO_DECODER_MISSING', {}, { cause })));
    child.once('exit', (code, signal) => resolve(signal === 'SIGXCPU' || signal === 'SIGKILL' ? SIGNALLED : code));
  });
  const [, output, errors, ...more] = child.stdio;
  const outputs = [output, ...more].filter((stream) => stream instanceof Readable);
  const bytes = { left: job.bounds.outputBytes };
  const readings = job.readers.map(async (read, index) => {
    const stream = outputs[index];
    if (stream === undefined) return;
    try {
      await read(upTo(bytes, stream, stop));
    } catch (error) {
      stop.now('aborted');
      throw error;
    }
  });
  try {
    const complaint = errors instanceof Readable ? lastOf(errors) : Promise.resolve('');
    const [code, text, ...read] = await Promise.allSettled([ended, complaint, ...readings]);
    for (const one of [code, ...read]) if (one.status === 'rejected') throw one.reason;
    const number = code.status === 'fulfilled' ? code.value : null;
    // The limit of processor time ends a program from outside.
    const isCut = number === SIGNALLED || number === ENDED_BY_SIGNAL;
    return {
      code: number,
      stopped: stop.reason ?? (isCut ? 'time' : null),
      complaint: text.status === 'fulfilled' ? text.value : '',
    };
  } finally {
    clearTimeout(clock);
    job.signal?.removeEventListener('abort', abort);
  }
}
