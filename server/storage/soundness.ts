import { AppError } from '../errors';
import { storageProblem } from './sqlite-error';
import { APPLICATION_ID, openDatabase, type Storage } from './database';

/**
 * Throws DATABASE_DAMAGED unless SQLite finds the file sound. `quick` leaves out the indexes: milliseconds instead of
 * seconds on a large file, for every start.
 */
export function checkSound({ db }: Storage, kind: 'quick' | 'full'): void {
  let found: unknown;
  try {
    found = db.pragma(kind === 'quick' ? 'quick_check(1)' : 'integrity_check(1)', { simple: true });
  } catch (cause) {
    throw new AppError('DATABASE_DAMAGED', {}, { cause });
  }
  if (found !== 'ok') throw new AppError('DATABASE_DAMAGED', {}, { cause: new Error(String(found)) });
}

/** Opens a database that SQLite can read. Opening alone proves nothing: damage shows at the first look inside. */
export function openSound(file: string): Storage {
  let storage: Storage;
  try {
    storage = openDatabase(file);
  } catch (cause) {
    throw storageFault(cause) ?? new AppError('DATABASE_DAMAGED', {}, { cause });
  }
  try {
    checkSound(storage, 'quick');
  } catch (error) {
    storage.close();
    throw error;
  }
  return storage;
}

/** A disk that cannot be written to is no damage of the file. */
function storageFault(cause: unknown): AppError | null {
  const problem = storageProblem(cause);
  const isDamage = cause instanceof Error && 'code' in cause && /NOTADB|CORRUPT/.test(String(cause.code));
  return isDamage ? null : problem;
}

/** Throws DATABASE_FOREIGN or DATABASE_DAMAGED unless the file is a sound database of ours. Leaves it as it is. */
export function checkBackup(file: string): void {
  const storage = openSound(file);
  try {
    checkSound(storage, 'full');
    if (storage.db.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      throw new AppError('DATABASE_FOREIGN');
  } finally {
    storage.close();
  }
}
