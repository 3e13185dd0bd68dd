import path from 'node:path';
import { KeyStore } from '../../server/sites/key-store';
import { openDatabase } from '../../server/storage/database';

/** An administrator's key for the sidecar with this data folder, made beside it as the command line would. */
export function makeAdminKey(dataDir: string): string {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  try {
    return new KeyStore(storage).create({ scope: 'admin', siteId: null, name: 'administrator' }).text;
  } finally {
    storage.close();
  }
}
