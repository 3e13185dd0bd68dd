import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { BackupCheck } from '../../../server/storage/backup-check';
import { backupName } from '../../../server/storage/backup-folder';
import { Backups } from '../../../server/storage/backups';
import { DataFolder } from '../../../server/storage/data-folder';
import { openDatabase } from '../../../server/storage/database';
import { mirrorThumbnails } from '../../../server/storage/thumbnail-mirror';
import { altsmith } from '../../support/altsmith-command';
import { samplePng, type SampleImage } from '../../support/sample-image';
import { SmallDisk, testWithDisk } from '../../support/small-disk';
import { TestSidecar } from '../../support/test-sidecar';

let root: string;
let data: DataFolder;
let sidecar: TestSidecar;

const start = async () => {
  const env = { ALTSMITH_BACKUP_DIR: data.backups };
  sidecar = await TestSidecar.start({ dataDir: data.root, env });
};
const command = (...args: string[]) => altsmith(data.root, args, { ALTSMITH_BACKUP_DIR: data.backups });

beforeEach(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'altsmith-thumbnails-'));
  data = new DataFolder(path.join(root, 'data'), path.join(root, 'backups'));
  mkdirSync(data.root);
  await start();
});
afterEach(async () => {
  await sidecar.stop();
  rmSync(root, { recursive: true, force: true });
});

const filesOf = (folder: string): string[] =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));

const thumbnailOf = async ({ sha256 }: SampleImage) => {
  const answer = await sidecar.call('GET', `/v1/images/${sha256}/thumbnail`);
  return answer.status === 200 ? answer.body : null;
};
const mirrored = ({ sha256 }: SampleImage) =>
  filesOf(data.thumbnailBackups).find((file) => path.basename(file).startsWith(sha256));

/** As a broken disk does it: nothing is left of the data folder. Gives the backup. The key is written down elsewhere. */
async function loseEverything(): Promise<string> {
  const { code, json } = await command('backup', '--json');
  expect(code).toBe(0);
  await sidecar.stop();
  const key = readFileSync(data.firstKey);
  rmSync(data.root, { recursive: true });
  mkdirSync(data.root);
  writeFileSync(data.firstKey, key);
  return json.file;
}

test('a restore brings back the thumbnails, and the review shows them', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  const before = await thumbnailOf(image);
  const backup = await loseEverything();
  const { code, json, stderr } = await command('restore', backup, '--json');
  expect({ code, stderr, thumbnails: json?.thumbnails }).toMatchObject({ code: 0, thumbnails: 1 });
  await start();
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toHaveLength(1);
  expect(before).not.toBeNull();
  expect(await thumbnailOf(image)).toBe(before);
}, 120_000);

test('from a folder that the backups were copied to as well', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  const backup = await loseEverything();
  const elsewhere = path.join(root, 'elsewhere');
  cpSync(data.backups, elsewhere, { recursive: true });
  rmSync(data.backups, { recursive: true });
  const { json } = await command('restore', path.join(elsewhere, path.basename(backup)), '--json');
  expect(json.thumbnails).toBe(1);
  await start();
  expect(filesOf(data.thumbnails).map((file) => path.basename(file))).toEqual([`${image.sha256}.webp`]);
}, 120_000);

test('they are links where the disk is the same, and cost no room', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  expect(mirrorThumbnails(data, true)).toEqual({ added: 1, removed: 0 });
  expect(mirrorThumbnails(data, true)).toEqual({ added: 0, removed: 0 });
  expect(statSync(mirrored(image) ?? '').nlink).toBe(2);
});

test('a backup of a running sidecar takes them along in a process of its own', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  const check = new BackupCheck(
    () => 0,
    path.resolve(__dirname, '../../../build/server/storage/backup-check-process.js'),
  );
  const logger = pino({ level: 'silent' });
  await new Backups({ data, plan: null, check, now: Date.now, logger }).make();
  expect(mirrored(image)).toBeDefined();
}, 60_000);

test('what is erased leaves the mirror at once, and an older backup does not bring it back', async () => {
  const gone = samplePng(1);
  const stays = samplePng(2);
  await sidecar.suggest(gone, '7');
  await sidecar.suggest(stays, '8');
  const bytes = 'what the erased picture looks like';
  writeFileSync(filesOf(data.thumbnails).find((file) => file.includes(gone.sha256)) ?? '', bytes);
  const backup = (await command('backup', '--json')).json.file;
  const holders = () => filesOf(root).filter((file) => readFileSync(file).includes(bytes));
  expect(holders()).toHaveLength(2);
  await sidecar.call('DELETE', '/v1/subjects/attachment/7');
  expect(holders()).toEqual([]);
  await sidecar.stop();
  rmSync(data.thumbnails, { recursive: true });
  expect((await command('restore', backup, '--json')).json.thumbnails).toBe(1);
  expect(holders()).toEqual([]);
  await start();
  expect([await thumbnailOf(gone), await thumbnailOf(stays)]).toEqual([null, expect.any(String)]);
}, 120_000);

test('nor does one that was copied elsewhere with its thumbnails before', async () => {
  const gone = samplePng(1);
  await sidecar.suggest(gone, '7');
  const backup = (await command('backup', '--json')).json.file;
  const elsewhere = path.join(root, 'elsewhere');
  cpSync(data.backups, elsewhere, { recursive: true });
  await sidecar.call('DELETE', `/v1/images/${gone.sha256}`);
  await sidecar.stop();
  expect((await command('restore', path.join(elsewhere, path.basename(backup)), '--json')).json.thumbnails).toBe(0);
  await start();
  expect([filesOf(data.thumbnails), filesOf(data.thumbnailBackups)]).toEqual([[], []]);
}, 120_000);

test('of an erased site nothing is left in the mirror', async () => {
  await sidecar.suggest(samplePng(1), '7');
  mirrorThumbnails(data, true);
  const site = readdirSync(data.thumbnailBackups)[0]!;
  expect((await command('erase', 'site', site)).code).toBe(0);
  expect(readdirSync(data.thumbnailBackups)).toEqual([]);
}, 60_000);

test('what ended leaves with the next backup, what was only lost stays, and so does all of a damaged database', async () => {
  const ended = samplePng(1);
  const lost = samplePng(2);
  await sidecar.suggest(ended, '7');
  await sidecar.suggest(lost, '8');
  mirrorThumbnails(data, true);
  rmSync(data.thumbnails, { recursive: true });
  const storage = openDatabase(data.database);
  storage.db.prepare('UPDATE images SET thumbnail = 0 WHERE sha256 = ?').run(ended.sha256);
  storage.close();
  expect(mirrorThumbnails(data, false)).toEqual({ added: 0, removed: 0 });
  expect(mirrorThumbnails(data, true)).toEqual({ added: 0, removed: 1 });
  expect([mirrored(ended), mirrored(lost)]).toEqual([undefined, expect.any(String)]);
});

test('a site that the database does not know stays as long as a backup that may know it', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  const backup = await loseEverything();
  // Somebody starts afresh, with the backups put aside, and brings them back later.
  const aside = path.join(root, 'aside');
  renameSync(data.backups, aside);
  rmSync(data.firstKey);
  await start();
  rmSync(data.backups, { recursive: true });
  renameSync(aside, data.backups);
  mirrorThumbnails(data, true);
  expect(mirrored(image)).toBeDefined();
  rmSync(backup);
  writeFileSync(path.join(data.backups, backupName(new Date(Date.now() + 60_000))), 'a later backup');
  mirrorThumbnails(data, true);
  expect(readdirSync(data.thumbnailBackups)).toEqual([]);
}, 60_000);

const disk = SmallDisk.forFile(64);
afterAll(() => disk?.remove());

testWithDisk('on another disk they are copied, but never until it is full', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  const elsewhere = new DataFolder(data.root, path.join(disk!.folder, 'backups'));
  mkdirSync(elsewhere.backups);
  const giveBack = disk!.fill(3_000_000);
  expect(() => mirrorThumbnails(elsewhere, true)).toThrow(/BACKUP_ROOM_MISSING/);
  expect(filesOf(elsewhere.backups)).toEqual([]);
  giveBack();
  expect(mirrorThumbnails(elsewhere, true).added).toBe(1);
  const [copy = ''] = filesOf(elsewhere.thumbnailBackups);
  expect(readFileSync(copy)).toEqual(readFileSync(filesOf(data.thumbnails)[0] ?? ''));
  expect(statSync(copy).nlink).toBe(1);
});
