import { existsSync, statSync } from 'node:fs';
import type { Config } from '../config';
import { AuditStore } from '../sites/audit-store';
import { keyEndList } from '../sites/key-ends';
import { KeyStore } from '../sites/key-store';
import { SiteStore } from '../sites/site-store';
import { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { AppError } from '../errors';
import { markCleanStop, wasCleanStop } from '../storage/clean-stop';
import { lockFolder } from '../storage/folder-lock';
import { storageProblem } from '../storage/sqlite-error';
import { openData, openUnprepared } from '../storage/soundness';

/** How long a command waits for the sidecar, or another command, to end a transaction. */
const BUSY_TIMEOUT_MS = 5000;

export interface LiveData {
  readonly data: DataFolder;
  readonly storage: Storage;
  readonly sites: SiteStore;
  readonly keys: KeyStore;
  /** Keeps what the command does, in the transaction that does it. Details hold no secret. */
  readonly record: (action: string, target: string, details?: object) => void;
  /** Keeps what the command does in several transactions: before the first, and how it ended. `details` tells of what it gave. */
  readonly recordAround: <Result>(
    event: { readonly action: string; readonly target: string },
    work: () => Promise<Result>,
    details: (result: Result) => object,
  ) => Promise<Result>;
}

/**
 * The database of the settings, for a command that does one small thing; a running sidecar may use it at the same time. It is
 * opened as it is: a command reads no more than it needs, and migrates nothing. Only with `mayMakeFolder` a folder without a
 * database gets one. Closed when `work` ends. Throws DATABASE_OLDER, DATABASE_NEWER, DATABASE_BUSY, what existingFolder
 * throws, and what opening can throw.
 */
export async function withData<Result>(
  config: Config,
  work: (live: LiveData) => Promise<Result> | Result,
  { mayMakeFolder = false }: { readonly mayMakeFolder?: boolean } = {},
): Promise<Result> {
  const data = mayMakeFolder ? new DataFolder(config.dataDir, config.backupDir) : existingFolder(config);
  data.prepare();
  const wasClean = wasCleanStop(data);
  const storage = openCurrent(data);
  // Nothing else waits in this process.
  storage.db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  try {
    const audit = new AuditStore(storage);
    return await work({
      data,
      storage,
      sites: new SiteStore(storage),
      keys: new KeyStore(storage, { ends: keyEndList(data.lists) }),
      record: (action, target, details = {}) => {
        audit.append({ keyId: null, action, target, details });
      },
      recordAround: async (event, deed, details) => {
        const begun = audit.begin({ keyId: null, ...event, details: {} });
        try {
          const result = await deed();
          begun.done(details(result));
          return result;
        } catch (error) {
          begun.failed(error);
          throw error;
        }
      },
    });
  } catch (error) {
    throw storageProblem(error) ?? error;
  } finally {
    storage.close();
    // No sidecar runs, and what changed the file was this command.
    if (wasClean) markCleanStop(data);
  }
}

/**
 * The data folder of the settings, for a command that has nothing to do in a new one: ALTSMITH_DATA_DIR may be relative, and
 * the command called in another folder than the sidecar. Makes nothing. Throws DATA_DIR_MISSING; DATABASE_DAMAGED where a
 * sidecar has left something and there is no database; STORAGE_UNAVAILABLE.
 */
export function existingFolder({ dataDir, backupDir }: Config): DataFolder {
  const data = new DataFolder(dataDir, backupDir);
  try {
    if (statSync(data.database, { throwIfNoEntry: false }) !== undefined) return data;
  } catch (error) {
    throw storageProblem(error) ?? error;
  }
  // Backups may lie elsewhere, where they say nothing about this folder.
  throw existsSync(dataDir) && data.holdsWork()
    ? new AppError('DATABASE_DAMAGED')
    : new AppError('DATA_DIR_MISSING', { data_dir: dataDir });
}

function openCurrent(data: DataFolder): Storage {
  const { storage, state } = openUnprepared(data);
  if (state === 'current') return storage;
  storage.close();
  if (state === 'behind') throw new AppError('DATABASE_OLDER');
  const unlock = lockFolder(data);
  try {
    return openData(data);
  } finally {
    unlock();
  }
}
