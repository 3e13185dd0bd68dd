import { existsSync } from 'node:fs';
import { AppError } from '../errors';
import { checkBackup } from './soundness';

/** Exit code for a file that SQLite finds damaged. */
export const DAMAGED = 3;

/** `node backup-check-process.js FILE`: reads every page and every index; that takes seconds, so it has a process of its own. */
function main(file: string): number {
  try {
    if (!existsSync(file)) throw new Error(`there is no file ${file}`);
    checkBackup(file);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof AppError && error.code === 'DATABASE_DAMAGED' ? DAMAGED : 1;
  }
}

if (require.main === module) process.exitCode = main(process.argv[2] ?? '');
