import path from 'node:path';
import { KeyStore } from '../../server/sites/key-store';
import type { Scope } from '../../server/sites/key';
import { openDatabase } from '../../server/storage/database';

/** A key of a scope without a site for the sidecar with this data folder, made beside it as the command line would. */
export function makeKey(dataDir: string, scope: Exclude<Scope, 'site'>): string {
  const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
  try {
    return new KeyStore(storage).create({ scope, siteId: null, name: scope }).text;
  } finally {
    storage.close();
  }
}

/** An administrator's key. */
export const makeAdminKey = (dataDir: string): string => makeKey(dataDir, 'admin');
