import { constants, copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import { flush, type DataFolder } from './data-folder';
import { lockFolder } from './folder-lock';
import { openDatabase, type Storage } from './database';
import { migrate } from './migrate';
import { checkBackup } from './soundness';

/**
 * Puts a backup in the place of the database. What was there is kept beside it. Returns where.
 * `afterwards` runs on the restored file before anybody else sees it.
 * Throws DATA_DIR_IN_USE while a sidecar runs, DATABASE_DAMAGED, DATABASE_FOREIGN, DATABASE_NEWER, NOT_FOUND.
 */
export function restoreBackup(
  data: DataFolder,
  file: string,
  afterwards: (storage: Storage) => void,
): { keptAt: string | null } {
  if (!existsSync(file)) throw new AppError('NOT_FOUND');
  data.prepare();
  const unlock = lockFolder(data);
  const draft = `${data.database}.restoring`;
  try {
    // The copy is checked and migrated, not the backup: that one stays as it was made.
    for (const rest of ['', '-wal', '-shm']) rmSync(draft + rest, { force: true });
    copyWithLog(file, draft);
    checkBackup(draft);
    const storage = openDatabase(draft);
    try {
      migrate(storage);
      afterwards(storage);
      storage.db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      storage.close();
    }
    return { keptAt: swap(data.database, draft) };
  } finally {
    for (const rest of ['', '-wal', '-shm']) rmSync(draft + rest, { force: true });
    unlock();
  }
}

/**
 * Copies a database with its write-ahead log, in which the last commits stand after an unclean stop. Throws DATA_DIR_IN_USE
 * when somebody writes to it meanwhile: the two copies would not belong together.
 */
function copyWithLog(file: string, target: string): void {
  const stateOf = () =>
    ['', '-wal'].map((rest) => {
      const found = statSync(file + rest, { throwIfNoEntry: false });
      return found === undefined ? null : `${found.size} ${found.mtimeMs}`;
    });
  const before = stateOf();
  for (const rest of ['', '-wal']) {
    // On disks that can (btrfs, XFS) the copy shares the blocks.
    if (existsSync(file + rest)) copyFileSync(file + rest, target + rest, constants.COPYFILE_FICLONE);
  }
  if (stateOf().join() !== before.join()) throw new AppError('DATA_DIR_IN_USE');
}

/** At each moment there is a whole database under one of the two names, and never one with the log of another. */
function swap(database: string, draft: string): string | null {
  const aside = `${database}.before-${new Date().toISOString().replace(/[-:.]/g, '')}`;
  const existed = existsSync(database);
  for (const rest of ['', '-wal']) if (existsSync(database + rest)) keep(database + rest, aside + rest);
  // On disk before the log goes.
  flush(path.dirname(database));
  for (const rest of ['-wal', '-shm']) rmSync(database + rest, { force: true });
  renameSync(draft, database);
  flush(path.dirname(database));
  return existed ? aside : null;
}

/** The file under a second name; moved where the filesystem knows no second names. */
function keep(file: string, aside: string): void {
  try {
    linkSync(file, aside);
  } catch {
    renameSync(file, aside);
  }
}
