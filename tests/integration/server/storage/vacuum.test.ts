import { createLogger } from '../../../../server/logger';
import { openPrepared } from '../../../../server/storage/preparation';
import { DataFolder } from '../../../../server/storage/data-folder';
import { giveBackPages } from '../../../../server/storage/free-pages';
import { openData } from '../../../../server/storage/soundness';
import { markCleanStop } from '../../../../server/storage/clean-stop';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

test('a database from an early version is written anew once, and gives free pages back from then on', async () => {
  const data = new DataFolder(mkdtempSync(path.join(os.tmpdir(), 'altsmith-vacuum-')));
  data.prepare();
  const old = openData(data);
  old.db.exec("INSERT INTO sites (id, name, created_at) VALUES ('site_a', 'kept', 0)");
  old.db.exec(
    'INSERT INTO facts WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT i, hex(zeroblob(4000)) FROM n',
  );
  old.db.pragma('auto_vacuum = NONE');
  old.db.exec('VACUUM');
  expect(giveBackPages(old)).toBe(false);
  old.close();
  markCleanStop(data);
  const logger = createLogger('silent');
  const announced: string[] = [];
  const options = { logger, announce: (line: string) => announced.push(line) };
  // Whoever is in a hurry, or has no room, starts without it.
  (await openPrepared(data, { ...options, withoutBackup: true })).close();
  markCleanStop(data);
  expect(announced).toEqual([]);
  const storage = await openPrepared(data, options);
  expect(announced).toEqual([expect.stringContaining('writes its file anew')]);
  expect(storage.db.prepare('SELECT name FROM sites').pluck().all()).toEqual(['kept']);
  const before = statSync(data.database).size;
  storage.db.exec('DELETE FROM facts WHERE length(value) > 1000');
  while (giveBackPages(storage));
  storage.db.pragma('wal_checkpoint(TRUNCATE)');
  expect(statSync(data.database).size).toBeLessThan(before / 3);
  storage.close();
  markCleanStop(data);
  (await openPrepared(data, options)).close();
  expect(announced).toHaveLength(1);
  rmSync(data.root, { recursive: true });
});
