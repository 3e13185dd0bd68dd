import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { heldByBackups } from '../../../../server/composition/erasing';
import type { AppError } from '../../../../server/errors';
import { copyDatabase } from '../../../../server/storage/backup';
import { BackupCheck } from '../../../../server/storage/backup-check';
import type { BackupPlan } from '../../../../server/storage/backup-plan';
import { diskOf, requireUpdateRoom } from '../../../../server/storage/backup-room';
import { Backups } from '../../../../server/storage/backups';
import { DataFolder } from '../../../../server/storage/data-folder';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { CopyWatch } from '../../../../server/storage/held-copies';
import { checkBackup } from '../../../../server/storage/soundness';
import { altsmith } from '../../../support/altsmith-command';
import { SmallDisk, testWithDisk } from '../../../support/small-disk';
import { makeUsedDatabase } from '../../../support/used-database';
import { waitFor } from '../../../support/wait-for';

const CHECK = path.resolve(__dirname, '../../../../build/server/storage/backup-check-process.js');
const NOW = Date.parse('2026-03-01T12:00:00Z');

let root: string;
beforeEach(() => (root = mkdtempSync(path.join(os.tmpdir(), 'altsmith-backups-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const backupsOf = (data: DataFolder, plan: BackupPlan | 'off' | null, now = () => NOW) =>
  new Backups({ data, plan, now, check: new BackupCheck(() => 0, CHECK), logger: pino({ level: 'silent' }) });

/** Commits without a pause, two rows at a time, while `work` is under way. Gives the number of commits. */
async function whileCommitting(file: string, work: () => Promise<unknown>): Promise<number> {
  const storage = openDatabase(file);
  storage.db.exec('CREATE TABLE one (n); CREATE TABLE other (n)');
  let commits = 0;
  let next: NodeJS.Immediate | undefined;
  const commit = () => {
    storage.transaction(() => {
      storage.db.exec('INSERT INTO one VALUES (1); INSERT INTO other VALUES (1)');
    });
    commits += 1;
    next = setImmediate(commit);
  };
  commit();
  try {
    await work();
  } finally {
    clearImmediate(next);
    storage.close();
  }
  return commits;
}

const rowsOf = (file: string, table: string) => {
  const storage: Storage = openDatabase(file);
  try {
    return storage.db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  } finally {
    storage.close();
  }
};

test('a backup of a database that is written to all the time ends, and holds one moment of it', async () => {
  makeUsedDatabase(root, { megabytes: 60 });
  const data = new DataFolder(root);
  let made = '';
  const commits = await whileCommitting(data.database, async () => {
    made = await backupsOf(data, { hourly: 2, daily: 0, weekly: 0 }).make();
  });
  expect(commits).toBeGreaterThan(20);
  checkBackup(made);
  expect(rowsOf(made, 'ballast')).toBe(60);
  expect(rowsOf(made, 'one')).toBe(rowsOf(made, 'other'));
  expect(readdirSync(data.backups)).toEqual([path.basename(made)]);
}, 120_000);

test('so does the command', async () => {
  makeUsedDatabase(root, { megabytes: 60 });
  const target = path.join(root, 'mine.db');
  await whileCommitting(path.join(root, 'altsmith.db'), async () => {
    expect(await altsmith(root, ['backup', target])).toMatchObject({ code: 0 });
  });
  expect(rowsOf(target, 'one')).toBe(rowsOf(target, 'other'));
}, 120_000);

test('one is made when it is due, by the time of the newest in the folder, and never with "off"', async () => {
  makeUsedDatabase(root);
  const elsewhere = path.join(root, 'elsewhere');
  const data = new DataFolder(path.join(root), elsewhere);
  data.prepare();
  let now = NOW;
  const backups = backupsOf(data, { hourly: 0, daily: 2, weekly: 0 }, () => now);
  await backups.makeIfDue();
  now += 23 * 3_600_000;
  await backups.makeIfDue();
  expect(readdirSync(elsewhere)).toEqual(['altsmith-20260301T120000Z.db']);
  for (let day = 0; day < 3; day += 1) {
    now += 24 * 3_600_000;
    await backups.makeIfDue();
  }
  expect(readdirSync(elsewhere).sort()).toEqual(['altsmith-20260304T110000Z.db', 'altsmith-20260305T110000Z.db']);
  now += 24 * 3_600_000;
  await backupsOf(data, 'off', () => now).makeIfDue();
  expect(readdirSync(elsewhere)).toHaveLength(2);
}, 120_000);

test('a stop ends the check of a backup, which stays due', async () => {
  makeUsedDatabase(root);
  const started = path.join(root, 'started');
  const endless = path.join(root, 'endless.js');
  writeFileSync(
    endless,
    `require('node:fs').writeFileSync(${JSON.stringify(started)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const check = new BackupCheck(() => 0, endless);
  const logger = pino({ level: 'silent' });
  const backups = new Backups({ data: new DataFolder(root), plan: null, now: () => NOW, check, logger });
  const making = backups.make();
  making.catch(() => undefined);
  const pid = Number(await waitFor('the check to run', () => existsSync(started) && readFileSync(started, 'utf8')));
  try {
    backups.stop();
    await expect(making).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await waitFor('the check to end', () => spawnSync('kill', ['-0', String(pid)]).status !== 0);
  } finally {
    spawnSync('kill', ['-9', String(pid)]);
  }
  expect(check).toMatchObject({ isDue: true, isDamaged: false });
}, 30_000);

test('backups that a clock ahead of time named are not followed by a copy a minute, and go', async () => {
  makeUsedDatabase(root);
  const data = new DataFolder(root);
  const ahead = ['altsmith-20260302T120000Z.db', 'altsmith-20260302T130000Z.db'];
  for (const name of ahead) writeFileSync(path.join(data.backups, name), 'a backup');
  let now = NOW;
  const backups = backupsOf(data, { hourly: 2, daily: 0, weekly: 0 }, () => now);
  for (let look = 0; look < 3; look += 1) {
    await backups.makeIfDue();
    now += 60_000;
  }
  expect(readdirSync(data.backups)).toEqual(['altsmith-20260301T120000Z.db']);
}, 120_000);

test('what restores set aside counts as held, and goes like the copies before an update', async () => {
  makeUsedDatabase(root);
  const data = new DataFolder(root);
  const names = ['20260101T120000000Z', '20260227T120000000Z', '20260228T120000000Z', '20260301T110000000Z'].map(
    (time) => `altsmith.db.before-${time}`,
  );
  for (const name of names) for (const rest of ['', '-wal']) writeFileSync(path.join(root, name + rest), 'a database');
  expect(await heldByBackups(new CopyWatch(data), null)(NOW)).toMatchObject({ backups: 4, until: expect.any(Number) });
  await backupsOf(data, null).make();
  const left = readdirSync(root).filter((name) => name.includes('before'));
  expect(left).toEqual(names.slice(2).flatMap((name) => [name, `${name}-wal`]));
}, 120_000);

test('with "off" the copies made before an update or a restore go all the same, and their end is told', async () => {
  makeUsedDatabase(root);
  const data = new DataFolder(root);
  data.prepare();
  const old = path.join(data.backups, 'altsmith-20260129T120000Z.before-update.db');
  const young = path.join(data.backups, 'altsmith-20260228T120000Z.before-update.db');
  const aside = path.join(root, 'altsmith.db.before-20260128T120000000Z');
  for (const file of [old, young, aside]) writeFileSync(file, 'a database');
  const held = heldByBackups(new CopyWatch(data), 'off');
  expect(await held(NOW)).toEqual({ backups: 3, until: NOW + 30 * 86_400_000 });
  await backupsOf(data, 'off').removeOld();
  expect([old, young, aside].map((file) => existsSync(file))).toEqual([false, true, false]);
  // What somebody made by hand stays until somebody removes it.
  writeFileSync(path.join(data.backups, 'altsmith-20260228T130000Z.db'), 'a database');
  expect(await held(NOW)).toEqual({ backups: 2, until: null });
}, 120_000);

testWithDisk('an update asks for its copy and its growth together where both are on one disk', () => {
  const data = new DataFolder(path.join(disk!.folder, 'data'), path.join(disk!.folder, 'elsewhere'));
  data.prepare();
  const bytes = 8_000_000;
  // A sparse file: it has a size and takes no disk space.
  writeFileSync(data.database, '');
  truncateSync(data.database, bytes);
  const need = (growth: number, backup: string | null) => {
    try {
      requireUpdateRoom(data, growth, backup);
      return 0;
    } catch (error) {
      return (error as AppError).details['needed_bytes'] as number;
    }
  };
  const copy = path.join(data.backups, 'copy.db');
  const { freeBytes } = diskOf(disk!.folder);
  const alone = freeBytes - (need(1e12, null) - 1e12) - bytes / 2;
  expect(need(alone, null)).toBe(0);
  expect(need(0, copy)).toBe(0);
  expect(need(alone, copy)).toBeGreaterThan(freeBytes);
  rmSync(data.root, { recursive: true });
});

test('what killed copies left is removed, and the draft of one under way stays', async () => {
  makeUsedDatabase(root);
  const target = path.join(root, 'backups', 'mine.db');
  const gone = [
    '.altsmith-999999999.part',
    '.altsmith-999999999.part-journal',
    `.altsmith-${process.ppid}.part-journal`,
  ];
  const live = `.altsmith-${process.ppid}.part`;
  for (const name of [...gone, live]) writeFileSync(path.join(root, 'backups', name), 'half a copy');
  utimesSync(path.join(root, 'backups', gone[2]!), 1000, 1000);
  await copyDatabase(path.join(root, 'altsmith.db'), target);
  expect(readdirSync(path.join(root, 'backups')).sort()).toEqual([live, 'mine.db']);
});

const disk = SmallDisk.forFile(128);
afterAll(() => disk?.remove());

testWithDisk(
  'none is made where it would fill the disk; without a plan of the owner’s a small disk keeps fewer',
  async () => {
    const data = new DataFolder(path.join(disk!.folder, 'data'));
    makeUsedDatabase(data.root, { megabytes: 9 });
    let now = NOW;
    const backups = backupsOf(data, null, () => now);
    for (let hour = 0; hour < 5; hour += 1) {
      await backups.make();
      now += 3_600_000;
    }
    // A quarter of 128 MB holds three of 9 MB.
    expect(readdirSync(data.backups)).toEqual([
      'altsmith-20260301T140000Z.db',
      'altsmith-20260301T150000Z.db',
      'altsmith-20260301T160000Z.db',
    ]);
    const giveBack = disk!.fill(50_000_000);
    await expect(backups.make()).rejects.toMatchObject({
      code: 'BACKUP_ROOM_MISSING',
      details: { needed_bytes: expect.any(Number), free_bytes: expect.any(Number) },
    });
    const { code, stderr } = await altsmith(data.root, ['backup']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/BACKUP_ROOM_MISSING\) [\d,]+ bytes are needed, [\d,]+ are free/);
    expect(readdirSync(data.backups)).toHaveLength(3);
    giveBack();
    expect(existsSync(await backups.make())).toBe(true);
  },
  120_000,
);
