import { AppError } from '../../errors';
import { exitCodeOf } from '../exit-code';
import { sentenceOf } from './lines';

/** What a person or the system ends a command with; SIGHUP comes when the terminal is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code where whoever read the output has gone; shells give it for SIGPIPE, which Node.js does not know everywhere. */
const READER_GONE = 141;

/** Puts things back in order when the command ends, whether by itself or before its time. */
export class Ending {
  private readonly steps: (() => unknown)[] = [];
  private readonly early = new AbortController();
  private over: Promise<void> | null = null;

  /** Fires when the command ends before its time; from then on it says nothing more. */
  get signal(): AbortSignal {
    return this.early.signal;
  }

  /** Something to do at the end; what was added last comes first. */
  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Does all steps, once. One that fails keeps no other from its turn. */
  run(): Promise<void> {
    this.over ??= this.putInOrder();
    return this.over;
  }

  /** From now on a signal, and a reader of the output that has gone, end the process with all steps done. */
  watch(): void {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        // A second signal ends the program at once.
        if (this.signal.aborted) process.exit(exitCodeOf(signal));
        this.leave(exitCodeOf(signal));
      });
    }
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => this.lost(error));
    }
  }

  /** As in `altsmith caption … | head -1`, where nobody is told anything, or with a full disk. */
  private lost(error: NodeJS.ErrnoException): void {
    if (this.signal.aborted) return;
    const isFull = error.code === 'ENOSPC';
    if (isFull) process.stderr.write(`${sentenceOf(new AppError('STORAGE_FULL'))}\n`);
    this.leave(isFull ? 1 : READER_GONE);
  }

  private leave(code: number): void {
    this.early.abort();
    const leave = () => process.exit(code);
    this.run().then(leave, leave);
  }

  private async putInOrder(): Promise<void> {
    for (const step of this.steps.reverse()) await Promise.allSettled([Promise.resolve().then(step)]);
  }
}
