import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownedEntries, ownedName } from './owned-name';

/** Waits until what was written to a file is on the disk. Throws what the file system throws. */
export function flushFile(file: string): void {
  // Only Windows asks for the right to write, which a licence copied from a checkpoint need not give.
  const handle = openSync(file, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Waits until the names in a folder are on the disk. Windows and some network disks cannot, and write them in time by themselves. */
export function flushNames(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // EISDIR, EPERM or EINVAL: such a system has no call for it.
  }
}

/** Waits until the files of a folder and of those in it are on the disk, and their names. */
export function flushFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) flushFolder(inside);
    else flushFile(inside);
  }
  flushNames(folder);
}

/**
 * Gives a small file other contents as one act: after a crash, or on a full disk, it holds the old text or the new one. Throws what the
 * file system throws.
 */
export function replaceFile(file: string, text: string | Uint8Array): void {
  const folder = path.dirname(file);
  for (const { path: left, stem, isInUse } of ownedEntries(folder)) {
    if (stem === path.basename(file) && !isInUse) rmSync(left, { force: true });
  }
  const draft = ownedName(file);
  try {
    writeFileSync(draft, text);
    flushFile(draft);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  flushNames(folder);
}
