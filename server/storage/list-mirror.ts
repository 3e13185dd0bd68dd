import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DataFolder } from './data-folder';
import { isMonthlyList } from './monthly-list';
import { codeOf } from './sqlite-error';

/**
 * Copies the lists that a restore needs to the folder of the backups, which may be on a disk that is away for a while: lines
 * that are missing there are added, and none goes. Never holds the event loop.
 */
export async function mirrorLists({ lists, backups }: Pick<DataFolder, 'lists' | 'backups'>): Promise<void> {
  for (const name of (await readdir(lists)).filter(isMonthlyList)) {
    const [ours, theirs] = await Promise.all([linesOf(path.join(lists, name)), linesOf(path.join(backups, name))]);
    const known = new Set(theirs);
    const missing = ours.filter((line) => !known.has(line));
    if (missing.length > 0) await replace(path.join(backups, name), [...theirs, ...missing]);
  }
}

async function linesOf(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The file is whole at each moment. */
async function replace(file: string, lines: readonly string[]): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(lines.map((line) => `${line}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
