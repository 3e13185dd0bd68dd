import { fork } from 'node:child_process';
import path from 'node:path';
import { guarded } from '../background';
import { compiledFile } from '../compiled-file';
import { AppError, isErrorCode } from '../errors';

interface Failure {
  readonly failure: {
    readonly code: string;
    readonly details: Readonly<Record<string, unknown>>;
    readonly text: string;
  };
}

/** For the main of a child process: runs it, and tells the parent what it failed with. */
export function reportTo(child: NodeJS.Process, main: () => Promise<void> | void): void {
  // The parent has gone: nobody is left who could use the outcome.
  child.on('disconnect', () => child.exit(1));
  Promise.resolve()
    .then(main)
    .then(
      () => child.exit(0),
      (error: unknown) => {
        const { code, details } = error instanceof AppError ? error : { code: 'INTERNAL', details: {} };
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        const said: Failure = { failure: { code, details, text } };
        if (child.send === undefined) {
          child.stderr.write(`${text}\n`);
          child.exit(1);
        } else child.send(said, () => child.exit(1));
      },
    );
}

/**
 * Runs a script of this folder in a process of its own until it ends. `hear` gets what it sends meanwhile. Throws the error of the
 * catalogue that it ended with, INTERNAL for any other, and SHUTTING_DOWN when `signal` ended it.
 */
export function runChild(
  script: string,
  args: readonly string[],
  { signal, hear }: { signal?: AbortSignal; hear?: (message: unknown) => void } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AppError('SHUTTING_DOWN'));
      return;
    }
    const child = fork(compiledFile(__dirname, script), [...args], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let failure: Failure['failure'] | null = null;
    const kill = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', kill);
    const listen = (message: unknown) => {
      if (isFailure(message)) failure = message.failure;
      else hear?.(message);
    };
    const end = (code: number | null, killedBy: NodeJS.Signals | null) => {
      signal?.removeEventListener('abort', kill);
      if (code === 0) resolve();
      else if (signal?.aborted === true) reject(new AppError('SHUTTING_DOWN'));
      else reject(errorOf(failure, path.basename(script), killedBy ?? code));
    };
    child.on('message', guarded(listen, reject));
    child.on('error', reject);
    child.on('exit', guarded(end, reject));
  });
}

function errorOf(failure: Failure['failure'] | null, script: string, end: unknown): AppError {
  const cause = new Error(failure?.text ?? `${script} ended with ${String(end)}`);
  const code = failure !== null && isErrorCode(failure.code) ? failure.code : 'INTERNAL';
  return new AppError(code, failure?.details ?? {}, { cause });
}

function isFailure(message: unknown): message is Failure {
  return typeof message === 'object' && message !== null && 'failure' in message;
}
