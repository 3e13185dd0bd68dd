import { rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors';
import type { Logger } from '../logger';
import { backupName } from './backup-folder';
import { runChild } from './child-report';
import { unmarkCleanStop, wasCleanStop } from './clean-stop';
import type { DataFolder } from './data-folder';
import type { Storage } from './database';
import { migrate } from './migrate';
import type { Preparation } from './prepare-process';
import { openUnprepared, orClose } from './soundness';
import { hasRoomForVacuum, keepsFreePages } from './vacuum';

export interface PreparationOptions {
  readonly logger: Logger;
  /** Migrate without a backup before it. */
  readonly withoutBackup?: boolean;
  readonly signal?: AbortSignal;
  /** Told before work that may take minutes. */
  readonly announce?: (line: string) => void;
}

const Progress = z.object({ step: z.enum(['check', 'backup', 'migrate', 'vacuum']), text: z.string() });
/** A line of the log for each of the steps would be thousands. */
const TELL_EVERY_MS = 5000;

/**
 * The database of a data folder, ready for a sidecar: looked at from end to end unless the last one stopped by itself, and
 * brought to this version's schema. Both happen in a process of its own, so that this one can answer meanwhile; after a clean
 * stop and without a new version nothing is left to do. The folder must be locked.
 * Throws UPDATE_ROOM_MISSING, DATABASE_DAMAGED, DATABASE_FOREIGN, DATABASE_NEWER, STORAGE_FULL, STORAGE_UNAVAILABLE, SHUTTING_DOWN.
 */
export async function openPrepared(data: DataFolder, options: PreparationOptions): Promise<Storage> {
  const isClean = wasCleanStop(data);
  const { storage, state } = openUnprepared(data);
  if (state === 'empty') return made(data, storage);
  // Whoever has no room for a copy, or no time, leaves this out too; it is asked again at the next start.
  const wantsVacuum = keepsFreePages(storage) && options.withoutBackup !== true && hasRoomForVacuum(data);
  if (state === 'current' && isClean && !wantsVacuum) return begun(data, storage);
  storage.close();
  const preparation: Preparation = {
    root: data.root,
    backups: data.backups,
    check: !isClean,
    migrate: state === 'behind',
    vacuum: wantsVacuum,
    backup: options.withoutBackup === true ? null : path.join(data.backups, backupName(new Date(), 'before-update')),
  };
  await prepare(preparation, options);
  const ready = openUnprepared(data);
  if (ready.state === 'current') return begun(data, ready.storage);
  ready.storage.close();
  throw new AppError('DATABASE_OLDER');
}

/** A new database with its tables. On a full disk nothing of it stays: half of them would pass for a database of an earlier version. */
function made(data: DataFolder, storage: Storage): Storage {
  try {
    return orClose(storage, () => {
      migrate(storage);
      return storage;
    });
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_FULL')
      for (const rest of ['', '-wal', '-shm']) rmSync(data.database + rest, { force: true });
    throw error;
  }
}

function begun(data: DataFolder, storage: Storage): Storage {
  return orClose(storage, () => {
    unmarkCleanStop(data);
    return storage;
  });
}

async function prepare(preparation: Preparation, { logger, signal, announce }: PreparationOptions): Promise<void> {
  const work = [
    ...(preparation.check ? ['checks the database, because the last sidecar did not stop by itself'] : []),
    ...(preparation.migrate ? ['updates the database'] : []),
    ...(preparation.vacuum ? ['writes its file anew, so that free space can go back to the disk'] : []),
  ].join(' and ');
  announce?.(`Altsmith ${work} …`);
  logger.info({ check: preparation.check, migrate: preparation.migrate }, 'database is being prepared');
  const started = performance.now();
  let toldAt = -Infinity;
  const hear = (message: unknown) => {
    const progress = Progress.safeParse(message);
    if (!progress.success || performance.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = performance.now();
    logger.info(progress.data, 'database preparation goes on');
  };
  const args = [JSON.stringify(preparation)];
  await runChild('prepare-process.js', args, signal === undefined ? { hear } : { hear, signal });
  logger.info({ ms: Math.round(performance.now() - started) }, 'database is prepared');
}
