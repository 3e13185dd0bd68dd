import { execFile } from 'node:child_process';
import path from 'node:path';
import { AppError } from '../errors';
import { DAMAGED } from './backup-check-process';

const EVERY_MS = 86_400_000;

/**
 * Once a day a fresh backup is read from end to end. A backup is a copy page by page, so what is broken in it is broken in
 * the database, also where the quick check at a start does not look.
 */
export class BackupCheck {
  #checkedAt: number | null = null;
  #isDamaged = false;

  constructor(
    private readonly now: () => number,
    private readonly script = path.join(__dirname, 'backup-check-process.js'),
  ) {}

  /** True from a check that found damage until one that finds none. Old backups must not be rotated away meanwhile. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  get isDue(): boolean {
    return this.#checkedAt === null || this.#isDamaged || this.now() - this.#checkedAt >= EVERY_MS;
  }

  /**
   * Reads the file in a process of its own, which `signal` ends. Rejects when that could not be done, SHUTTING_DOWN when it was
   * ended; damage is an answer, not a failure.
   */
  async check(file: string, signal?: AbortSignal): Promise<'sound' | 'damaged'> {
    const code = await exitCodeOf(this.script, file, signal);
    this.#checkedAt = this.now();
    this.#isDamaged = code === DAMAGED;
    return this.#isDamaged ? 'damaged' : 'sound';
  }
}

function exitCodeOf(script: string, file: string, signal: AbortSignal | undefined): Promise<0 | typeof DAMAGED> {
  return new Promise((resolve, reject) => {
    const options = { killSignal: 'SIGKILL', ...(signal === undefined ? {} : { signal }) } as const;
    const child = execFile(process.execPath, [script, file], options, (error, _stdout, stderr) => {
      if (error === null) resolve(0);
      else if (signal?.aborted === true) reject(new AppError('SHUTTING_DOWN', {}, { cause: error }));
      else if (child.exitCode === DAMAGED) resolve(DAMAGED);
      else reject(new Error(`the backup could not be checked: ${stderr.slice(0, 500)}`, { cause: error }));
    });
  });
}
