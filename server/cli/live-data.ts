import type { Config } from '../config';
import { AuditStore } from '../sites/audit-store';
import { KeyStore } from '../sites/key-store';
import { SiteStore } from '../sites/site-store';
import { DataFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { openData } from '../storage/soundness';

export interface LiveData {
  readonly data: DataFolder;
  readonly storage: Storage;
  readonly sites: SiteStore;
  readonly keys: KeyStore;
  /** Keeps what the command did. Details hold no secret. */
  readonly record: (action: string, target: string, details?: object) => void;
}

/**
 * The database of the settings, for a command that does one small thing; a running sidecar may use it at the same time.
 * Closed when `work` ends.
 */
export async function withData<Result>(
  config: Config,
  work: (live: LiveData) => Promise<Result> | Result,
): Promise<Result> {
  const data = new DataFolder(config.dataDir);
  data.prepare();
  const storage = openData(data);
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
  }
}
