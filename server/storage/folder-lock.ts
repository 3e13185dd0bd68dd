import BetterSqlite3 from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { AppError } from '../errors';
import type { DataFolder } from './data-folder';
import { codeOf, storageProblem } from './sqlite-error';

/**
 * Holds the folder for one sidecar. The operating system lets go of it however the process ends, so there is no stale
 * lock after kill -9. Throws DATA_DIR_IN_USE, STORAGE_FULL or STORAGE_UNAVAILABLE.
 */
export function lockFolder(folder: DataFolder): () => void {
  let lock: BetterSqlite3.Database | null = null;
  try {
    lock = new BetterSqlite3(folder.lock, { timeout: 0 });
    // Nothing is ever written: no journal either, which a full disk would have no room for.
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock?.close();
    if (codeOf(cause) === 'SQLITE_BUSY') throw new AppError('DATA_DIR_IN_USE', {}, { cause });
    throw storageProblem(cause) ?? cause;
  }
  const held = lock;
  return () => {
    held.close();
  };
}

/** True while a sidecar holds the folder. Only looks: a start at the same moment is not refused for it. */
export function isHeld(folder: DataFolder): boolean {
  if (!existsSync(folder.lock)) return false;
  const lock = new BetterSqlite3(folder.lock, { readonly: true, timeout: 0 });
  try {
    lock.pragma('schema_version');
    return false;
  } catch (error) {
    return codeOf(error) === 'SQLITE_BUSY';
  } finally {
    lock.close();
  }
}
