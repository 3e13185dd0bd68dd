import type { Config } from '../config';
import { AuditStore } from '../sites/audit-store';
import { KeyStore } from '../sites/key-store';
import { SiteStore } from '../sites/site-store';
import { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { AppError } from '../errors';
import { markCleanStop, wasCleanStop } from '../storage/clean-stop';
import { lockFolder } from '../storage/folder-lock';
import { openData, openUnprepared } from '../storage/soundness';

export interface LiveData {
  readonly data: DataFolder;
  readonly storage: Storage;
  readonly sites: SiteStore;
  readonly keys: KeyStore;
  /** Keeps what the command did. Details hold no secret. */
  readonly record: (action: string, target: string, details?: object) => void;
}

/**
 * The database of the settings, for a command that does one small thing; a running sidecar may use it at the same time. It is
 * opened as it is: a command reads no more than it needs, and migrates nothing. Only a folder without a database gets one.
 * Closed when `work` ends. Throws DATABASE_OLDER, DATABASE_NEWER, and what opening can throw.
 */
export async function withData<Result>(
  config: Config,
  work: (live: LiveData) => Promise<Result> | Result,
): Promise<Result> {
  const data = new DataFolder(config.dataDir, config.backupDir);
  data.prepare();
  const wasClean = wasCleanStop(data);
  const storage = openCurrent(data);
  try {
    const audit = new AuditStore(storage);
    return await work({
      data,
      storage,
      sites: new SiteStore(storage),
      keys: new KeyStore(storage),
      record: (action, target, details = {}) => {
        audit.append({ keyId: null, action, target, details });
      },
    });
  } finally {
    storage.close();
    // No sidecar runs, and what changed the file was this command.
    if (wasClean) markCleanStop(data);
  }
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
