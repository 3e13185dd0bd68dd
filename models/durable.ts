import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Waits until what was written to a file is on the disk. Throws what the file system throws. */
export function flushFile(file: string): void {
  const handle = openSync(file, 'r+');
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

/** Waits until the files of a folder are on the disk, and their names. */
export function flushFolder(folder: string): void {
  for (const name of readdirSync(folder)) flushFile(path.join(folder, name));
  flushNames(folder);
}
