import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { CATALOGUE } from '../../../server/errors';
import { DataFolder } from '../../../server/storage/data-folder';
import { openDatabase } from '../../../server/storage/database';
import { lockFolder } from '../../../server/storage/folder-lock';
import { migrate } from '../../../server/storage/migrate';
import { readMigrations } from '../../../server/storage/migration-files';
import { altsmith } from '../../support/altsmith-command';
import { freePort } from '../../support/free-port';
import { RedisServer } from '../../support/redis-server';
import { QUICK_SERVE, SidecarProcess } from '../../support/sidecar-process';
import { describeWithDisk, SmallDisk } from '../../support/small-disk';
import { makeUsedDatabase } from '../../support/used-database';
import { waitFor } from '../../support/wait-for';

let sidecar: SidecarProcess;
const PREPARED = 'database is being prepared';
const ask = async (route: string) => {
  const answer = await fetch(sidecar.url + route);
  return { status: answer.status, body: (await answer.json()) as unknown };
};

/** Stops the process that looks at the database as soon as there is one. */
async function freezeLook(): Promise<number> {
  const isLook = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('prepare-process');
  const pid = await waitFor('the process that looks', () => sidecar.workerPids.find(isLook), { everyMs: 1 });
  process.kill(pid, 'SIGSTOP');
  return pid;
}

describe('a sidecar that did not stop by itself', () => {
  beforeAll(async () => (sidecar = await SidecarProcess.start({}, QUICK_SERVE)));
  afterAll(() => sidecar.remove());

  test('has its database looked at by another process, behind a door that says so', async () => {
    expect(sidecar.output).not.toContain(PREPARED);
    await sidecar.stop('SIGKILL');
    sidecar.launch();
    const child = await freezeLook();
    expect(await ask('/livez')).toEqual({ status: 200, body: { alive: true } });
    expect(await ask('/readyz')).toEqual({ status: 503, body: { ready: false } });
    expect(await ask('/v1/status')).toMatchObject({
      status: 503,
      body: { error: { code: 'STARTING', retryable: true } },
    });
    process.kill(child, 'SIGCONT');
    await sidecar.ready();
    expect(sidecar.output).toContain(PREPARED);
  });

  test('is looked at no more after a clean stop, also when a command has written since', async () => {
    await sidecar.stop();
    expect(await altsmith(sidecar.dataDir, ['keys', 'create'])).toMatchObject({ code: 0 });
    const from = sidecar.output.length;
    await sidecar.start();
    expect(sidecar.output.slice(from)).not.toContain(PREPARED);
  });

  test('stops at once when it is told to while its database is prepared', async () => {
    await sidecar.stop('SIGKILL');
    sidecar.launch();
    const child = await freezeLook();
    await waitFor('it to listen', async () => (await ask('/livez')).status === 200);
    await sidecar.stop();
    expect(() => process.kill(child, 0)).toThrow();
    await sidecar.start();
  });
});

test('a start that fails ends with a sentence and a code, and leaves neither its port nor its folder taken', async () => {
  const redis = await RedisServer.start(['--maxmemory-policy', 'allkeys-lru']);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-failed-'));
  const port = await freePort();
  try {
    const wrong = { ALTSMITH_QUEUE: 'bull', ALTSMITH_REDIS_URL: redis.url, ALTSMITH_PORT: String(port) };
    for (const command of [
      ['serve'],
      ['start'],
      ['worker', '--api', 'http://127.0.0.1:9', '--key', 'k', '--port', String(port)],
    ]) {
      const { code, stderr } = await altsmith(dataDir, command, wrong);
      expect({ command, code, stderr }).toEqual({ command, code: 1, stderr: expect.stringContaining('REDIS_EVICTS') });
    }
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    const { code, stderr } = await altsmith(dataDir, ['serve'], { ALTSMITH_PORT: String(port) });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`),
    });
    taken.close();
    const unlock = lockFolder(new DataFolder(dataDir));
    unlock();
  } finally {
    await redis.remove();
    rmSync(dataDir, { recursive: true });
  }
}, 120_000);

test('a database of a newer version is left alone, and one sentence says what to do', async () => {
  const older = await SidecarProcess.create({}, QUICK_SERVE);
  const file = path.join(older.dataDir, 'altsmith.db');
  const storage = openDatabase(file);
  const hash = 'x';
  migrate(storage, [...readMigrations(), { number: 900000, name: '900000_new.sql', hash, sql: 'SELECT 1' }]);
  storage.close();
  const before = readFileSync(file);
  try {
    const { code, stderr } = await altsmith(older.dataDir, ['serve'], { ALTSMITH_PORT: '0' });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${CATALOGUE.DATABASE_NEWER.message} (DATABASE_NEWER)`),
    ]);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(readFileSync(file).equals(before)).toBe(true);
  } finally {
    await older.remove();
  }
});

const disk = SmallDisk.forFile(128);
afterAll(() => disk?.remove());

describeWithDisk('a database of an earlier version', () => {
  const dataDir = path.join(disk?.folder ?? '', 'older');
  const schemaOf = (file: string) => {
    const storage = openDatabase(file);
    try {
      return storage.db.pragma('user_version', { simple: true });
    } finally {
      storage.close();
    }
  };
  const [before, latest] = readMigrations().slice(-2);

  test('is left alone by commands, and updated by the sidecar after a backup', async () => {
    makeUsedDatabase(dataDir, { withoutLast: true });
    for (const command of [['keys', 'list'], ['sites', 'list'], ['requeue']]) {
      const { code, stderr } = await altsmith(dataDir, command);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('DATABASE_OLDER') });
    }
    expect(schemaOf(path.join(dataDir, 'altsmith.db'))).toBe(before!.number);
    const own = await SidecarProcess.start({ ALTSMITH_DATA_DIR: dataDir }, QUICK_SERVE);
    await own.stop();
    expect(schemaOf(path.join(dataDir, 'altsmith.db'))).toBe(latest!.number);
    const [backup, ...others] = readdirSync(path.join(dataDir, 'backups'));
    expect(others).toEqual([]);
    expect(backup).toMatch(/\.before-update\.db$/);
    expect(schemaOf(path.join(dataDir, 'backups', backup!))).toBe(before!.number);
    rmSync(dataDir, { recursive: true });
  }, 60_000);

  test('is not updated without room: the start ends with the bytes needed and a code, unless it may go without a backup', async () => {
    makeUsedDatabase(dataDir, { withoutLast: true, megabytes: 16 });
    const ALTSMITH_PORT = '0';
    // Beside what is always left free: room for the table that steps write anew, and none for a copy.
    const giveBack = disk!.fill(latest!.stepped === undefined ? 55_000_000 : 71_000_000);
    const { code, stderr } = await altsmith(dataDir, ['serve'], { ALTSMITH_PORT });
    expect(code).toBe(1);
    expect(stderr).toMatch(/--without-backup.*\(UPDATE_ROOM_MISSING\) [\d,]+ bytes are needed, [\d,]+ are free/);
    expect(schemaOf(path.join(dataDir, 'altsmith.db'))).toBe(before!.number);
    const program = [path.resolve(__dirname, '../../../server/cli/index.js'), 'serve', '--without-backup'];
    const own = await SidecarProcess.start({ ALTSMITH_DATA_DIR: dataDir }, program);
    await own.stop();
    expect(schemaOf(path.join(dataDir, 'altsmith.db'))).toBe(latest!.number);
    expect(readdirSync(path.join(dataDir, 'backups'))).toEqual([]);
    giveBack();
    rmSync(dataDir, { recursive: true });
  }, 60_000);
});

describeWithDisk('a start on a full disk', () => {
  test.each(['a clean stop', 'a kill'])(
    'after %s stays, answers writes with 503, and heals by itself',
    async (how) => {
      const dataDir = path.join(disk!.folder, how.replaceAll(' ', '-'));
      const own = await SidecarProcess.start({ ALTSMITH_DATA_DIR: dataDir, ALTSMITH_LEASE_SECONDS: '2' }, QUICK_SERVE);
      sidecar = own;
      const write = () => own.call('POST', '/v1/runs', { name: 'x'.repeat(200) });
      expect((await write()).status).toBe(201);
      await own.stop(how === 'a kill' ? 'SIGKILL' : 'SIGTERM');
      const giveBack = disk!.fill();
      own.launch();
      await waitFor('it to listen', async () => (await ask('/livez')).status === 200);
      const { pid } = own;
      await waitFor('writes to be refused for the disk', async () => {
        const { status, body } = await write();
        return status === 503 && body.error.code === 'STORAGE_FULL';
      });
      expect((await ask('/readyz')).status).toBe(503);
      // While the door still waits, reads are 503 as well.
      await waitFor('reads to be answered', async () => (await own.call('GET', '/v1/jobs')).status === 200);
      expect(own.pid).toBe(pid);
      giveBack();
      await own.ready();
      expect(own.pid).toBe(pid);
      expect((await write()).status).toBeLessThan(300);
      await own.stop();
      rmSync(dataDir, { recursive: true });
    },
    60_000,
  );
});
