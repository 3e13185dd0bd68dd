import { closeSync, fchmodSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { InitialKeys } from '../key-settings';
import type { Storage } from '../storage/database';
import { AuditStore } from './audit-store';
import { keyOfText } from './key';
import type { KeyStore } from './key-store';
import type { SiteStore } from './site-store';

export interface FirstKeyPlace {
  readonly storage: Storage;
  readonly sites: SiteStore;
  readonly keys: KeyStore;
  /** Where a key that is made is written. */
  readonly file: string;
}

/**
 * On the very first start: a site called "default" and a key for it. The key is the given one; else it is made, written to
 * `file` (readable by the owner only; the key stands alone on the last line), and returned. The given admin key is stored as
 * well. Given keys also count later, while there is no key. Null when no key was made.
 */
export function makeFirstKeys({ storage, sites, keys, file }: FirstKeyPlace, given: InitialKeys): string | null {
  if (keys.count() > 0) return null;
  return storage.transaction(() => {
    const [site] = sites.list();
    const admin = keyOfText(given.admin ?? '');
    const keep = (key: { id: string }, details: { scope: 'site' | 'admin'; site_id?: string }) => {
      new AuditStore(storage).append({ keyId: null, action: 'start: keys create', target: key.id, details });
    };
    if (admin !== null) {
      keep(keys.create({ scope: 'admin', siteId: null, name: 'initial admin key' }, admin), { scope: 'admin' });
    }
    const chosen = keyOfText(given.site ?? '');
    if (chosen === null && site !== undefined) return null;
    const owner = { scope: 'site', siteId: (site ?? sites.create('default')).id } as const;
    if (chosen !== null) {
      keep(keys.create({ ...owner, name: 'initial key' }, chosen), { scope: 'site', site_id: owner.siteId });
      return null;
    }
    const made = keys.create({ ...owner, name: 'first key' });
    keep(made, { scope: 'site', site_id: owner.siteId });
    // Before the commit: a key that nobody can read would be worse than a file whose key is not stored.
    writePrivately(
      file,
      `# The first site key of this sidecar. Put it into the plugin's settings, then delete this file.\n${made.text}\n`,
    );
    return made.text;
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
