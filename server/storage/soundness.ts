import { AppError } from '../errors';
import type { DataFolder } from './data-folder';
import { APPLICATION_ID, openDatabase, type Storage } from './database';
import { appliedSchema, isBehind, migrate } from './migrate';
import { readMigrations } from './migration-files';
import { codeOf, storageProblem } from './sqlite-error';

/** Of a process that does nothing else. */
const CACHE_KIB = 64_000;

/**
 * Throws DATABASE_DAMAGED unless SQLite finds the file sound. `quick` leaves out the indexes, and reads every page all the
 * same: seconds for each gigabyte. Never in a process that answers requests.
 */
export function checkSound({ db }: Storage, kind: 'quick' | 'full'): void {
  let found: unknown;
  try {
    // The trees of the indexes are walked in another order than that of the file: the usual 2 MB of cache read pages again and again.
    db.pragma(`cache_size = -${CACHE_KIB}`);
    found = db.pragma(kind === 'quick' ? 'quick_check(1)' : 'integrity_check(1)', { simple: true });
  } catch (cause) {
    throw new AppError('DATABASE_DAMAGED', {}, { cause });
  }
  if (found !== 'ok') throw new AppError('DATABASE_DAMAGED', {}, { cause: new Error(String(found)) });
}

/** Opens a database file. Throws DATABASE_DAMAGED where its beginning is not that of one, STORAGE_FULL, STORAGE_UNAVAILABLE. */
export function openReadable(file: string): Storage {
  try {
    return openDatabase(file);
  } catch (cause) {
    throw asDamage(cause) ?? storageProblem(cause) ?? new AppError('DATABASE_DAMAGED', {}, { cause });
  }
}

/** A file that SQLite cannot make sense of. */
function asDamage(cause: unknown): AppError | null {
  return /NOTADB|CORRUPT/.test(codeOf(cause) ?? '') ? new AppError('DATABASE_DAMAGED', {}, { cause }) : null;
}

/** Runs `work` on a storage that is closed if it throws; what it throws is put into the catalogue's words. */
export function orClose<Result>(storage: Storage, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    storage.close();
    throw asDamage(error) ?? storageProblem(error) ?? error;
  }
}

/** How the database of a data folder stands to this version. */
export type DataState = 'empty' | 'behind' | 'current';

/**
 * Opens the database of a data folder and says whether it needs a migration; reads a few pages and changes nothing.
 * Throws DATABASE_DAMAGED, DATABASE_FOREIGN, DATABASE_NEWER, STORAGE_FULL or STORAGE_UNAVAILABLE.
 */
export function openUnprepared(data: DataFolder): { storage: Storage; state: DataState } {
  const storage = openReadable(data.database);
  return orClose(storage, () => {
    // SQLite takes an empty or missing file for a new database. In a folder that has been worked in it is a lost one,
    // and starting afresh would hide that until the backups have rotated away.
    if (isEmpty(storage)) {
      if (data.holdsWork()) throw new AppError('DATABASE_DAMAGED');
      return { storage, state: 'empty' };
    }
    return { storage, state: isBehind(appliedSchema(storage), readMigrations()) ? 'behind' : 'current' };
  });
}

/**
 * The database of a data folder at this version's schema, made or migrated here and now. For a folder that nothing else
 * uses: a running sidecar prepares its own (preparation.ts).
 */
export function openData(data: DataFolder): Storage {
  const { storage, state } = openUnprepared(data);
  return orClose(storage, () => {
    if (state !== 'current') migrate(storage);
    return storage;
  });
}

function isEmpty({ db }: Storage): boolean {
  return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
}

/** Throws DATABASE_FOREIGN or DATABASE_DAMAGED unless the file is a sound database of ours. Leaves it as it is. */
export function checkBackup(file: string, kind: 'quick' | 'full' = 'full'): void {
  const storage = openReadable(file);
  try {
    checkSound(storage, kind);
    if (storage.db.pragma('application_id', { simple: true }) !== APPLICATION_ID)
      throw new AppError('DATABASE_FOREIGN');
  } finally {
    storage.close();
  }
}
