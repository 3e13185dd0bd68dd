import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { backupTime, isBeforeUpdate, listBeforeRestore, restoreTime } from './backup-folder';
import type { DataFolder } from './data-folder';

/** The copies of a database that lie in the folder of the backups and beside the database. */
export interface HeldCopies {
  readonly copies: number;
  /** When the oldest was made, in ms; null for none. */
  readonly oldest: number | null;
  /** All of them were made before an update or a restore, and so go after a while, whatever the plan says. */
  readonly areAllPassing: boolean;
}

/** How long somebody waits for the folder of the backups. */
const PATIENCE_MS = 2000;

/**
 * Knows which copies there are. The folder may be on another machine that does not answer: one look at a time is under way, and
 * after a while what the look before found is told.
 */
export class CopyWatch {
  #found: HeldCopies = { copies: 0, oldest: null, areAllPassing: true };
  #looking: Promise<void> | null = null;

  constructor(private readonly data: Pick<DataFolder, 'root' | 'backups'>) {}

  async look(): Promise<HeldCopies> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    await withinPatience(this.#looking);
    return this.#found;
  }

  async #look(): Promise<void> {
    const { root, backups } = this.data;
    const asides = listBeforeRestore(root);
    const names = (await readdir(backups)).filter((name) => name.endsWith('.db'));
    const times = await Promise.all(names.map((name) => timeOf(path.join(backups, name))));
    const all = [...times, ...asides.map(restoreTime)];
    this.#found = {
      copies: all.length,
      oldest: all.length === 0 ? null : Math.min(...all),
      areAllPassing: names.every(isBeforeUpdate),
    };
  }
}

/** One with a name of somebody's own tells its time as a file. */
async function timeOf(file: string): Promise<number> {
  return backupTime(path.basename(file).replace('.before-update', '')) ?? (await stat(file)).mtimeMs;
}

/** Resolves when the work has ended, well or not, or after PATIENCE_MS. */
export function withinPatience(work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}
