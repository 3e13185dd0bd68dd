import BetterSqlite3 from 'better-sqlite3';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { requireRoom } from './backup-room';
import { flush } from './data-folder';
import { storageProblem } from './sqlite-error';

/** A statement of the sidecar may be under way when the copy begins; the copy itself waits for nobody. */
const BUSY_TIMEOUT_MS = 10_000;
/** All of them in one step: SQLite's largest number. */
const ALL_PAGES = 0x7fff_ffff;
const DRAFT = /^\.altsmith-(\d+)\.part(-journal)?$/;
/** Process ids come again, and those of another container mean nothing here. A live draft is written to all the time. */
const STALE_MS = 3_600_000;

/**
 * Copies a live database to a file, page by page, as it is at one moment. The copy is one step of a connection of its own, so
 * it reads one snapshot of the write-ahead log however much is committed meanwhile; and it blocks this process, which must not
 * be the one that answers requests. The file appears whole or not at all.
 * Throws BACKUP_ROOM_MISSING when the disk would be full after it, STORAGE_FULL, STORAGE_UNAVAILABLE.
 */
export async function copyDatabase(database: string, target: string): Promise<void> {
  const folder = path.dirname(target);
  removeDrafts(folder);
  requireRoom({ database, folder });
  const draft = path.join(folder, `.altsmith-${process.pid}.part`);
  try {
    const db = new BetterSqlite3(database, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
    try {
      await db.backup(draft, { progress: () => ALL_PAGES });
    } finally {
      db.close();
    }
    flush(draft);
    renameSync(draft, target);
  } catch (error) {
    throw storageProblem(error) ?? error;
  } finally {
    for (const rest of ['', '-journal']) rmSync(draft + rest, { force: true });
  }
}

/** What copies left that were killed on the way. */
export function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid !== undefined && isStale(path.join(folder, name), Number(pid)))
      rmSync(path.join(folder, name), { force: true });
  }
}

function isStale(file: string, pid: number): boolean {
  const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - modified > STALE_MS) return true;
  try {
    process.kill(pid, 0);
    return pid === process.pid;
  } catch {
    return true;
  }
}
