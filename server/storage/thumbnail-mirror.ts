import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import { oldestCopy } from './backup-folder';
import { requireRoom } from './backup-room';
import { removeDrafts } from './backup';
import { flush, type DataFolder } from './data-folder';
import type { Storage } from './database';
import { openReadable } from './soundness';
import { codeOf, storageProblem } from './sqlite-error';

/** Where the filesystem gives a file no second name: another disk, no support, not allowed, too many names. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);
const THUMBNAIL = /^[0-9a-f]{64}\.webp$/;

/**
 * Brings the mirror of the thumbnails beside the backups in step: new ones are hard-linked, or copied where the filesystem
 * refuses that; those that the database has let go leave it. A thumbnail that was only lost stays in the mirror. Blocks for as
 * long as it takes to list all thumbnails, so it belongs in a process of its own. `mayRemove` is false while the database is
 * damaged and its rows say nothing. Gives how many were added and removed.
 * Throws BACKUP_ROOM_MISSING when copies would fill the disk, STORAGE_FULL, STORAGE_UNAVAILABLE.
 */
export function mirrorThumbnails(data: DataFolder, mayRemove: boolean): { added: number; removed: number } {
  const mirror = data.thumbnailBackups;
  try {
    if (existsSync(mirror)) removeDrafts(mirror);
    const added = addAll(data.thumbnails, mirror);
    return { added, removed: mayRemove ? removeForgotten(data, mirror) : 0 };
  } catch (error) {
    throw storageProblem(error) ?? error;
  }
}

function addAll(from: string, mirror: string): number {
  let added = 0;
  for (const site of namesIn(from)) {
    for (const prefix of namesIn(path.join(from, site))) {
      const known = new Set(namesIn(path.join(mirror, site, prefix)));
      const names = namesIn(path.join(from, site, prefix)).filter((name) => THUMBNAIL.test(name) && !known.has(name));
      const below = (root: string) => names.map((name) => path.join(root, site, prefix, name));
      added += placeAll(below(from), below(mirror), mirror);
    }
  }
  return added;
}

/**
 * Gives each file a second place, as a link or a copy; what is gone meanwhile is left out. `root` is the folder above all
 * targets. Gives how many have one. Throws BACKUP_ROOM_MISSING before copies that would fill the disk.
 */
export function placeAll(files: readonly string[], targets: readonly string[], root: string): number {
  let placed = 0;
  let hasRoom = false;
  const makeRoom = (): void => {
    if (hasRoom) return;
    const more = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
    requireRoom({ database: null, folder: root, more });
    hasRoom = true;
  };
  for (const [index, file] of files.entries()) {
    const target = targets[index] ?? '';
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    if (!link(file, target)) {
      makeRoom();
      copy(file, target, root);
    }
    // Erased while it was copied: whoever erases removes the thumbnail first and what the mirror has of it afterwards.
    if (existsSync(file)) placed += 1;
    else rmSync(target, { force: true });
  }
  return placed;
}

/** False where it must be copied. */
function link(file: string, target: string): boolean {
  try {
    linkSync(file, target);
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (NO_LINK.has(code)) return false;
    // Gone meanwhile, or placed by a command at the same time.
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
  return true;
}

function copy(file: string, target: string, root: string): void {
  const draft = path.join(root, `.altsmith-${process.pid}.part`);
  try {
    copyFileSync(file, draft);
    flush(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** What no row has a thumbnail of any more leaves; a site that the database does not know stays as long as a backup that may know it. */
function removeForgotten(data: DataFolder, mirror: string): number {
  const storage = openReadable(data.database);
  try {
    const isSite = storage.prepare('SELECT 1 FROM sites WHERE id = ?');
    let removed = 0;
    for (const site of namesIn(mirror)) {
      const folder = path.join(mirror, site);
      if (isSite.get(site) === undefined) {
        removeUnknownSite(folder, oldestCopy(data));
        continue;
      }
      removed += removeOfSite(storage, { folder, site, thumbnails: path.join(data.thumbnails, site) });
      // When the site was last known.
      const now = new Date();
      utimesSync(folder, now, now);
    }
    return removed;
  } finally {
    storage.close();
  }
}

function removeOfSite(storage: Storage, of: { folder: string; site: string; thumbnails: string }): number {
  const { folder, site, thumbnails } = of;
  const row = storage.prepare('SELECT 1 FROM images WHERE site_id = ? AND sha256 = ? AND thumbnail = 1');
  let removed = 0;
  for (const prefix of namesIn(folder)) {
    const there = new Set(namesIn(path.join(thumbnails, prefix)));
    const forgotten = namesIn(path.join(folder, prefix)).filter(
      (name) => !there.has(name) && row.get(site, path.basename(name, '.webp')) === undefined,
    );
    for (const name of forgotten) rmSync(path.join(folder, prefix, name), { force: true });
    removed += forgotten.length;
  }
  return removed;
}

function removeUnknownSite(folder: string, oldest: number | null): void {
  const knownAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (oldest === null || knownAt < oldest) rmSync(folder, { recursive: true, force: true });
  else if (namesIn(folder).length === 0) rmdirSync(folder);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
