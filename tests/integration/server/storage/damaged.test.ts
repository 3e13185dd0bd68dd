import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyDatabase } from '../../../../server/storage/backup';
import { BackupCheck } from '../../../../server/storage/backup-check';
import { beginEpoch } from '../../../../server/review/change-feed';
import { DataFolder } from '../../../../server/storage/data-folder';
import { openDatabase } from '../../../../server/storage/database';
import { restoreBackup } from '../../../../server/storage/restore';
import { checkSound } from '../../../../server/storage/soundness';
import { altsmith } from '../../../support/altsmith-command';
import { samplePng } from '../../../support/sample-image';
import { SmallDisk, testWithDisk } from '../../../support/small-disk';
import { breakIndex, DAMAGE } from '../../../support/storage-damage';
import { TestSidecar } from '../../../support/test-sidecar';

const CHECK = path.resolve(__dirname, '../../../../build/server/storage/backup-check-process.js');
const SUGGESTIONS = 40;

let whole: string;
let backup: string;
let folder: string;
const database = () => path.join(folder, 'altsmith.db');

beforeAll(async () => {
  const sidecar = await TestSidecar.start();
  whole = sidecar.dataDir;
  for (let seed = 1; seed <= SUGGESTIONS; seed += 1) await sidecar.suggest(samplePng(seed), String(seed));
  backup = path.join(whole, 'copy.db');
  expect((await altsmith(whole, ['backup', backup])).code).toBe(0);
  // A clean stop writes everything into the one file.
  await sidecar.stop();
});
afterAll(() => rmSync(whole, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-damaged-'));
  cpSync(whole, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const count = async (sidecar: TestSidecar) =>
  (await sidecar.call('GET', '/v1/suggestions?limit=200')).body.items.length as number;

test.each(Object.entries(DAMAGE))('%s: the start refuses, says so, and a backup heals it', async (_name, damage) => {
  damage(database());
  await expect(TestSidecar.start({ dataDir: folder })).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' });
  restoreBackup(new DataFolder(folder), backup, beginEpoch);
  const sidecar = await TestSidecar.start({ dataDir: folder });
  expect(await count(sidecar)).toBe(SUGGESTIONS);
  await sidecar.stop();
});

test('every command says it the same way, and names the way out', async () => {
  DAMAGE['no bytes at all']!(database());
  const { code, stderr } = await altsmith(folder, ['keys', 'list']);
  expect(code).toBe(1);
  expect(stderr).toContain('DATABASE_DAMAGED');
  expect(stderr).toContain('altsmith restore FILE');
});

/** The folder as a kill leaves it: five more suggestions stand in the write-ahead log only. Gives a reader's cursor. */
async function killed(): Promise<string> {
  const sidecar = await TestSidecar.start({ dataDir: folder });
  for (let seed = 101; seed <= 105; seed += 1) await sidecar.suggest(samplePng(seed), String(seed));
  const { next } = (await sidecar.call('GET', '/v1/changes?limit=500')).body;
  const image = `${folder}-image`;
  cpSync(folder, image, { recursive: true });
  await sidecar.stop();
  rmSync(folder, { recursive: true });
  renameSync(image, folder);
  return next as string;
}

test('a lost -shm file is made again, and nothing is missing', async () => {
  await killed();
  rmSync(`${database()}-shm`);
  const sidecar = await TestSidecar.start({ dataDir: folder });
  expect(await count(sidecar)).toBe(SUGGESTIONS + 5);
  await sidecar.stop();
});

test('a lost -wal file takes what only stood there with it; the rest is whole, and readers get it again', async () => {
  const cursor = await killed();
  rmSync(`${database()}-wal`);
  const sidecar = await TestSidecar.start({ dataDir: folder });
  expect(await count(sidecar)).toBe(SUGGESTIONS);
  const again = (await sidecar.call('GET', `/v1/changes?after=${cursor}&limit=500`)).body.items;
  expect(again.length).toBeGreaterThanOrEqual(SUGGESTIONS);
  await sidecar.stop();
});

test('a restore takes the write-ahead log along, of a file set aside and of the folder itself', async () => {
  await killed();
  const data = new DataFolder(folder);
  const { keptAt } = restoreBackup(data, backup, beginEpoch);
  expect(statSync(`${keptAt}-wal`).size).toBeGreaterThan(0);
  restoreBackup(data, keptAt!, beginEpoch);
  const sidecar = await TestSidecar.start({ dataDir: folder });
  expect(await count(sidecar)).toBe(SUGGESTIONS + 5);
  await sidecar.stop();
  await killed();
  restoreBackup(data, database(), beginEpoch);
  const again = await TestSidecar.start({ dataDir: folder });
  expect(await count(again)).toBe(SUGGESTIONS + 5);
  await again.stop();
});

test('a restore that breaks off at its last step leaves the database in its place', async () => {
  const draft = `${database()}.restoring`;
  const loseDraft = () => rmSync(draft);
  expect(() => restoreBackup(new DataFolder(folder), backup, loseDraft)).toThrow();
  expect(existsSync(database())).toBe(true);
  const sidecar = await TestSidecar.start({ dataDir: folder });
  expect(await count(sidecar)).toBe(SUGGESTIONS);
  await sidecar.stop();
});

const disk = SmallDisk.forFile(64);
afterAll(() => disk?.remove());
testWithDisk('a read-only folder is refused as that, and starts once it can be written', async () => {
  const data = path.join(disk!.folder, 'data');
  cpSync(whole, data, { recursive: true });
  const undo = disk!.protect(data);
  await expect(TestSidecar.start({ dataDir: data })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  expect(await altsmith(data, ['backup'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('STORAGE_UNAVAILABLE'),
  });
  undo();
  const sidecar = await TestSidecar.start({ dataDir: data });
  expect(await count(sidecar)).toBe(SUGGESTIONS);
  await sidecar.stop();
});

test('a byte in an index is missed by the quick check of the start, and found in the daily look at a backup', async () => {
  breakIndex(database(), 'sqlite_autoindex_suggestions_1');
  const storage = openDatabase(database());
  try {
    expect(() => checkSound(storage, 'quick')).not.toThrow();
    const backups = path.join(folder, 'backups');
    const check = new BackupCheck(() => 0, CHECK);
    expect(check.isDue).toBe(true);
    const copy = path.join(backups, 'altsmith-20260301T120000Z.db');
    await copyDatabase(database(), copy);
    expect(await check.check(copy)).toBe('damaged');
    expect(check).toMatchObject({ isDamaged: true, isDue: true });
    // The sound backup of before the damage clears it again.
    expect(await check.check(backup)).toBe('sound');
    expect(check).toMatchObject({ isDamaged: false, isDue: false });
    expect(readdirSync(backups)).toHaveLength(1);
    await expect(check.check(path.join(folder, 'no such file', 'x.db'))).rejects.toThrow('could not be checked');
  } finally {
    storage.close();
  }
});
