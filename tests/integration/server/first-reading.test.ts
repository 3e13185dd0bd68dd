import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InstanceStore } from '../../../server/sites/instance-store';
import { openDatabase } from '../../../server/storage/database';
import { migrate } from '../../../server/storage/migrate';

test('an installation that is not known yet reads although nothing can be written, and is made known later', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-first-reading-'));
  const storage = openDatabase(path.join(folder, 'a.db'));
  migrate(storage);
  storage.db.exec("INSERT INTO sites (id, name, created_at) VALUES ('site_a', 'a', 0)");
  const instances = new InstanceStore(storage, 'site_a');
  const introduction = (id: string, isReading: boolean) => ({ id, address: 'example.com', isReading });
  storage.db.pragma('query_only = ON');
  const before = instances.numberOf(introduction('inst_1', true));
  expect(() => instances.numberOf(introduction('inst_1', false))).toThrow(/readonly/);
  storage.db.pragma('query_only = OFF');
  const known = instances.numberOf(introduction('inst_1', true));
  // What it could have taken over it sees; where there is nothing to take over it sees nothing.
  expect([known, -2]).toContain(before);
  storage.db.pragma('query_only = ON');
  expect(instances.numberOf(introduction('inst_2', true))).toBe(-2);
  expect(instances.numberOf(introduction('inst_1', true))).toBe(known);
  storage.close();
  rmSync(folder, { recursive: true });
});
