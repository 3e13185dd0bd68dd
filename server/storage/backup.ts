import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Storage } from './database';

/** Backups of a day, one an hour. */
export const KEPT_BACKUPS = 24;
/** Pages copied before the event loop gets its turn. */
const PAGES_AT_ONCE = 200;
const NAME = /^altsmith-\d{8}T\d{6}Z\.db$/;

/** `altsmith-20260301T120000Z.db`: sorts by time. */
export function backupName(at: Date): string {
  return `altsmith-${at.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z.db`;
}

/**
 * Copies the live database to a file, page by page, from the connection that writes: a copy from any other would begin
 * again at each write. The file appears whole or not at all.
 */
export async function backUp({ db }: Storage, target: string): Promise<void> {
  const draft = `${target}.part`;
  rmSync(draft, { force: true });
  try {
    await db.backup(draft, { progress: () => PAGES_AT_ONCE });
    const handle = openSync(draft, 'r');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The backups of a folder, oldest first. */
export async function listBackups(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NAME.test(name)).sort();
}

/** A new backup in the folder; the oldest beyond `keep` go, none with `keep` Infinity. Returns its path. */
export async function rotateBackups(storage: Storage, folder: string, keep = KEPT_BACKUPS): Promise<string> {
  const target = path.join(folder, backupName(new Date()));
  await backUp(storage, target);
  const names = await listBackups(folder);
  for (const name of names.slice(0, Math.max(0, names.length - keep))) await rm(path.join(folder, name));
  return target;
}
