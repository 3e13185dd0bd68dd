import { closeSync, fchmodSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { Storage } from '../storage/database';
import type { KeyStore } from './key-store';
import type { SiteStore } from './site-store';

/**
 * On the very first start: a site called "default" and a key for it, written to `file` (readable by the owner only;
 * the key stands alone on the last line). Null on every later start.
 */
export function makeFirstKey(storage: Storage, sites: SiteStore, keys: KeyStore, file: string): string | null {
  if (sites.list().length > 0 || keys.count() > 0) return null;
  return storage.transaction(() => {
    const site = sites.create('default');
    const key = keys.create({ scope: 'site', siteId: site.id, name: 'first key' });
    // Before the commit: a key that nobody can read would be worse than a file whose key is not stored.
    writePrivately(
      file,
      `# The first site key of this sidecar. Put it into the plugin's settings, then delete this file.\n${key.text}\n`,
    );
    return key.text;
  });
}

function writePrivately(file: string, text: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
