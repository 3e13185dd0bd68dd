import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { keptBackups, type BackupPlan } from './backup-plan';
import { diskOf } from './backup-room';

const NAME = /^altsmith-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.db$/;
const BEFORE_UPDATE = /^altsmith-\d{8}T\d{6}Z\.before-update\.db$/;
/** Of the copies made before a migration; they also end with the longest of the others, or after a month. */
const KEPT_BEFORE_UPDATE = 2;
const DAY_MS = 86_400_000;
export const BEFORE_UPDATE_KEPT_MS = 30 * DAY_MS;
/** Where nobody has said how many are kept, all of them together take this share of their disk at most. */
const SHARE_OF_DISK = 0.25;

/** Whether a copy of this name was made before a migration. */
export function isBeforeUpdate(name: string): boolean {
  return BEFORE_UPDATE.test(name);
}

/** What a restore set aside, beside the database; kept like the copies made before a migration. */
const BEFORE_RESTORE = /^altsmith\.db\.before-(\d{8}T\d{6})\d{3}Z$/;

/** The databases that a restore replaced, oldest first. */
export function listBeforeRestore(dataFolder: string): string[] {
  return readdirSync(dataFolder)
    .filter((name) => BEFORE_RESTORE.test(name))
    .sort();
}

/** When a restore set a database aside, by its name. */
export function restoreTime(name: string): number {
  return backupTime(`altsmith-${BEFORE_RESTORE.exec(name)?.[1] ?? ''}Z.db`) ?? 0;
}

/** Removes all but the newest two, and those over a month old. */
export function pruneBeforeRestore(dataFolder: string, now: number): void {
  const names = listBeforeRestore(dataFolder);
  for (const [index, name] of names.entries()) {
    if (index >= names.length - KEPT_BEFORE_UPDATE && now - restoreTime(name) <= BEFORE_UPDATE_KEPT_MS) continue;
    for (const rest of ['', '-wal', '-shm']) rmSync(path.join(dataFolder, name + rest), { force: true });
  }
}

/** When the oldest copy of the database was made that lies in the folder of the backups or beside the database; null for none. */
export function oldestCopy({ root, backups }: { root: string; backups: string }): number | null {
  const copies = readdirSync(backups).filter((name) => name.endsWith('.db'));
  const times = [
    // One with a name of somebody's own tells its time as a file.
    ...copies.map(
      (name) => backupTime(name.replace('.before-update', '')) ?? statSync(path.join(backups, name)).mtimeMs,
    ),
    ...listBeforeRestore(root).map(restoreTime),
  ];
  return times.length === 0 ? null : Math.min(...times);
}

/** `altsmith-20260301T120000Z.db`: sorts by time. */
export function backupName(at: Date, kind: 'usual' | 'before-update' = 'usual'): string {
  const time = at.toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `altsmith-${time}Z${kind === 'usual' ? '' : '.before-update'}.db`;
}

/** When a backup was made, by its name; null for any other file. */
export function backupTime(name: string): number | null {
  const parts = NAME.exec(name)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The backups of a folder, oldest first. */
export function listBackups(folder: string): string[] {
  return backupsAmong(readdirSync(folder));
}

/** The names of backups among names of files, oldest first. */
export function backupsAmong(names: readonly string[]): string[] {
  return names.filter((name) => NAME.test(name)).sort();
}

/** When the newest of these backups was made; null when there is none. One with a time in the future was named by a wrong clock and is ignored. */
export function newestBackup(names: readonly string[], now: number): number | null {
  const times = backupsAmong(names).map((name) => backupTime(name) ?? 0);
  return times.findLast((time) => time <= now) ?? null;
}

/**
 * Removes what the plan does not keep, and with `isUsual` more where the disk is small. What is named by a time to come takes no
 * place of the plan, and goes once there is another of the last day. Gives the names that went.
 */
export function pruneBackups(
  folder: string,
  plan: BackupPlan,
  { isUsual, now }: { isUsual: boolean; now: number },
): string[] {
  const byTime = new Map(listBackups(folder).map((name) => [backupTime(name) ?? 0, name]));
  const past = [...byTime.keys()].filter((time) => time <= now);
  const kept = keptBackups(past, plan);
  const isFresh = now - (past.at(-1) ?? 0) < DAY_MS;
  const gone = [...byTime].filter(([time]) => (time <= now ? !kept.includes(time) : isFresh)).map(([, name]) => name);
  if (isUsual) gone.push(...tooManyForDisk(folder, kept, byTime));
  for (const name of gone) rmSync(path.join(folder, name), { force: true });
  return [...gone, ...pruneBeforeUpdate(folder, now)];
}

/** Of the copies made before a migration, removes all but the newest two, and those over a month old. Gives the names that went. */
export function pruneBeforeUpdate(folder: string, now: number): string[] {
  const gone = oldUpdates(folder, now);
  for (const name of gone) rmSync(path.join(folder, name), { force: true });
  return gone;
}

function tooManyForDisk(folder: string, kept: readonly number[], byTime: ReadonlyMap<number, string>): string[] {
  const bytesOf = (name: string) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  const names = kept.map((time) => byTime.get(time) ?? '').filter(Boolean);
  let bytes = names.reduce((sum, name) => sum + bytesOf(name), 0);
  const most = diskOf(folder).bytes * SHARE_OF_DISK;
  const gone: string[] = [];
  // The newest stays in any case.
  for (const name of names.slice(0, -1)) {
    if (bytes <= most) break;
    bytes -= bytesOf(name);
    gone.push(name);
  }
  return gone;
}

function oldUpdates(folder: string, now: number): string[] {
  const names = readdirSync(folder)
    .filter((name) => BEFORE_UPDATE.test(name))
    .sort();
  const isOld = (name: string) => now - (backupTime(name.replace('.before-update', '')) ?? 0) > BEFORE_UPDATE_KEPT_MS;
  return names.filter((name, index) => index < names.length - KEPT_BEFORE_UPDATE || isOld(name));
}
