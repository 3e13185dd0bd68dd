import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DataFolder } from '../../server/storage/data-folder';
import { openDatabase } from '../../server/storage/database';
import { migrate } from '../../server/storage/migrate';
import { readMigrations } from '../../server/storage/migration-files';
import { KeyStore } from '../../server/sites/key-store';

/**
 * A data folder with a database of ours that has been used: one key, and `megabytes` of rows. With `withoutLast` it lacks the
 * newest migration of this version. Gives the key.
 */
export function makeUsedDatabase(root: string, { megabytes = 0, withoutLast = false } = {}): string {
  mkdirSync(root, { recursive: true });
  new DataFolder(root).prepare();
  const storage = openDatabase(path.join(root, 'altsmith.db'));
  try {
    migrate(storage, withoutLast ? readMigrations().slice(0, -1) : readMigrations());
    const { text } = new KeyStore(storage).create({ scope: 'admin', siteId: null, name: 'made by a test' });
    storage.db.exec('CREATE TABLE ballast (n INTEGER PRIMARY KEY, bytes BLOB)');
    const add = storage.db.prepare('INSERT INTO ballast (bytes) VALUES (randomblob(1000000))');
    for (let count = 0; count < megabytes; count += 1) add.run();
    return text;
  } finally {
    storage.close();
  }
}
