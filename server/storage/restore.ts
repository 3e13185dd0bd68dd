import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { AppError } from '../errors';
import type { DataFolder } from './data-folder';
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
    copyFileSync(file, draft);
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

/** The write-ahead log belongs to the file it was written for, so it moves along. */
function swap(database: string, draft: string): string | null {
  const aside = `${database}.before-${new Date().toISOString().replace(/[-:.]/g, '')}`;
  const existed = existsSync(database);
  for (const rest of ['', '-wal', '-shm']) {
    if (existsSync(database + rest)) renameSync(database + rest, aside + rest);
  }
  renameSync(draft, database);
  return existed ? aside : null;
}
