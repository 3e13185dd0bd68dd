import { setImmediate as breathe } from 'node:timers/promises';
import { guarded } from '../background';
import type { Logger } from '../logger';
import { KEPT_BACKUPS, rotateBackups } from '../storage/backup';
import { BackupCheck } from '../storage/backup-check';
import type { DataFolder } from '../storage/data-folder';
import type { Stores } from './stores';

const RETENTION_EVERY_MS = 5000;
const BACKUP_EVERY_MS = 3_600_000;
/** Known results are forgotten after this long; a picture that old is simply looked at again. */
const RESULTS_KEPT_MS = 180 * 86_400_000;
const RESULTS_AT_ONCE = 500;

export interface Upkeep {
  start(): void;
  /** What the daily look at a whole backup found. */
  isDatabaseDamaged(): boolean;
  /** Waits for a backup that is under way. */
  stop(): Promise<void>;
}

/** In pieces of some milliseconds, between which requests are answered. */
async function forgetOldResults(stores: Stores): Promise<void> {
  while (stores.forgetResults(Date.now() - RESULTS_KEPT_MS, RESULTS_AT_ONCE) === RESULTS_AT_ONCE) await breathe();
}

/** What is done by the clock: originals go, backups are made and checked, old results are forgotten. */
export function buildUpkeep(stores: Stores, data: DataFolder, logger: Logger): Upkeep {
  const timers: NodeJS.Timeout[] = [];
  const soundness = new BackupCheck(() => performance.now());
  let working: Promise<unknown> = Promise.resolve();
  // One task after the other; each failure is told and the next turn tries again.
  const failed = (name: string) => (error: unknown) => {
    logger.error({ err: error, task: name }, 'upkeep failed');
  };
  const run = (name: string, task: () => unknown) => {
    working = working.then(task).catch(failed(name));
  };
  const every = (ms: number, name: string, task: () => unknown) =>
    setInterval(
      guarded(() => run(name, task), failed(name)),
      ms,
    );
  const backUp = async () => {
    const file = await rotateBackups(stores.storage, data.backups, soundness.isDamaged ? Infinity : KEPT_BACKUPS);
    if (soundness.isDue && (await soundness.check(file)) === 'damaged')
      logger.error({ code: 'DATABASE_DAMAGED', file }, 'the database is damaged; no backup is removed from now on');
  };
  return {
    isDatabaseDamaged: () => soundness.isDamaged,
    start: () => {
      run('strays', () => stores.retention.removeStrays());
      timers.push(
        every(RETENTION_EVERY_MS, 'retention', () => stores.retention.sweep(Date.now())),
        every(BACKUP_EVERY_MS, 'backup', backUp),
        every(BACKUP_EVERY_MS, 'results', () => forgetOldResults(stores)),
      );
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await working;
    },
  };
}
