import { AppError } from '../errors';
import type { DataFolder } from './data-folder';
import { APPLICATION_ID, openDatabase, type Storage } from './database';
import { migrate } from './migrate';
import { codeOf, storageProblem } from './sqlite-error';

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

/**
 * The database of a data folder, sound and at this version's schema. Throws DATABASE_DAMAGED, DATABASE_FOREIGN,
 * DATABASE_NEWER, STORAGE_FULL or STORAGE_UNAVAILABLE.
 */
export function openData(data: DataFolder): Storage {
  const storage = openSound(data.database);
  try {
    // SQLite takes an empty or missing file for a new database. In a folder that has been worked in it is a lost one,
    // and starting afresh would hide that until the backups have rotated away.
    if (isEmpty(storage) && data.holdsWork()) throw new AppError('DATABASE_DAMAGED');
    migrate(storage);
    return storage;
  } catch (error) {
    storage.close();
    throw storageProblem(error) ?? error;
  }
}

function isEmpty({ db }: Storage): boolean {
  return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
}

/** A disk that cannot be written to is no damage of the file. */
function storageFault(cause: unknown): AppError | null {
  return /NOTADB|CORRUPT/.test(codeOf(cause) ?? '') ? null : storageProblem(cause);
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
