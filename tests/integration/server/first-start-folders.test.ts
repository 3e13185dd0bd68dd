import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RetentionStore } from '../../../server/intake/retention-store';
import { openDatabase } from '../../../server/storage/database';
import { migrate } from '../../../server/storage/migrate';
import { TestSidecar } from '../../support/test-sidecar';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'altsmith-first-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const one of folders.splice(0)) rmSync(one, { recursive: true });
});

test('a first start takes folders in which a disk, or another program, has left something', async () => {
  const [dataDir, backups] = [folder(), folder()];
  for (const place of [backups, path.join(dataDir, 'images'), path.join(dataDir, 'thumbnails')])
    mkdirSync(path.join(place, 'lost+found'), { recursive: true });
  writeFileSync(path.join(backups, 'holiday.zip'), 'of somebody else');
  const sidecar = await TestSidecar.start({ dataDir, env: { ALTSMITH_BACKUP_DIR: backups } });
  expect((await sidecar.call('GET', '/readyz')).status).toBe(200);
  await sidecar.stop();
});

test.each(['images/site_a', 'thumbnails/site_a'])(
  '%s says that a sidecar has worked here: the database is lost',
  async (place) => {
    const dataDir = folder();
    mkdirSync(path.join(dataDir, place), { recursive: true });
    await expect(TestSidecar.start({ dataDir })).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' });
  },
);

test('a backup says so too', async () => {
  const backups = folder();
  writeFileSync(path.join(backups, 'altsmith-20260301T120000Z.db'), '');
  const env = { ALTSMITH_BACKUP_DIR: backups };
  await expect(TestSidecar.start({ dataDir: folder(), env })).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' });
});

test('the look for files that no row knows steps over what is not ours', async () => {
  const images = folder();
  const storage = openDatabase(path.join(folder(), 'altsmith.db'));
  migrate(storage);
  mkdirSync(path.join(images, 'lost+found'));
  writeFileSync(path.join(images, 'stray'), '');
  expect(await new RetentionStore(storage, images, 0).removeOrphans()).toBe(0);
  storage.close();
});
