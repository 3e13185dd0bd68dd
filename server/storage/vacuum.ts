import { databaseBytes, requireRoom } from './backup-room';
import type { DataFolder } from './data-folder';
import type { Storage } from './database';
import { AppError } from '../errors';

/** SQLite's number for the mode in which free pages go when they are asked to. */
const INCREMENTAL = 2;
/** The new file as a temporary one, and again in the write-ahead log. */
const COPIES = 2;

/** Whether free pages of this file, made by an early version, can never go back to the disk unless it is written anew. */
export function keepsFreePages({ db }: Storage): boolean {
  return db.pragma('auto_vacuum', { simple: true }) !== INCREMENTAL;
}

/** Whether the disk has room for writing the file anew. */
export function hasRoomForVacuum(data: DataFolder): boolean {
  try {
    requireRoom({ database: null, folder: data.root, more: COPIES * databaseBytes(data.database) });
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/**
 * Writes the file anew, so that free pages can go back to the disk from then on. Seconds for each gigabyte, during which nobody
 * else can write; a kill leaves the file as it was. Throws what SQLite throws.
 */
export function vacuum({ db }: Storage, data: DataFolder): void {
  // SQLite would use /var/tmp, which may be small, or in memory.
  process.env['SQLITE_TMPDIR'] = data.temporary;
  db.pragma('auto_vacuum = INCREMENTAL');
  db.exec('VACUUM');
  db.pragma('wal_checkpoint(TRUNCATE)');
}
