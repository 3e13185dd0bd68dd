import BetterSqlite3 from 'better-sqlite3';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import fs from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { lookAtDataFolder } from '../../../server/cli/doctor/data-folder';
import { lookAtDatabase } from '../../../server/cli/doctor/database';
import { lookAtFirstKey } from '../../../server/cli/doctor/first-key';
import { lookAtModel } from '../../../server/cli/doctor/model';
import { judgeNode, OLDEST_NODE } from '../../../server/cli/doctor/node-version';
import { lookAtPort } from '../../../server/cli/doctor/port';
import { lookAtRedis } from '../../../server/cli/doctor/redis';
import { lookAtVideos } from '../../../server/cli/doctor/videos';
import type { Ground, Look } from '../../../server/cli/doctor/check';
import { readConfig } from '../../../server/config';
import { DataFolder } from '../../../server/storage/data-folder';
import { altsmith } from '../../support/altsmith-command';
import { freePort } from '../../support/free-port';
import { RedisServer } from '../../support/redis-server';
import { SmallDisk, testWithDisk } from '../../support/small-disk';
import { DAMAGE } from '../../support/storage-damage';
import { TestSidecar } from '../../support/test-sidecar';

const ROOT = path.resolve(__dirname, '../../..');

let whole: string;
let folder: string;
beforeAll(async () => {
  const sidecar = await TestSidecar.start();
  await sidecar.stop();
  whole = sidecar.dataDir;
});
afterAll(() => rmSync(whole, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-doctor-'));
  cpSync(whole, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ground = (env: Record<string, string> = {}, dataDir = folder): Ground => {
  const config = readConfig({ ALTSMITH_DATA_DIR: dataDir, ...env });
  return { config, data: new DataFolder(dataDir), isRunning: false, env };
};
/** What a check says, a line a finding: `problem: …`. */
const says = async (look: Look, on: Ground) =>
  (await look(on)).map(({ state, sentence, advice }) => `${state}: ${sentence} ${advice ?? ''}`).join('\n');

describe('the command', () => {
  test('finds nothing wrong with a folder that is not there yet, and makes none', async () => {
    const fresh = path.join(folder, 'fresh');
    const { code, json } = await altsmith(fresh, ['doctor', '--json'], { ALTSMITH_PORT: String(await freePort()) });
    expect(json.findings.filter((found: any) => found.state === 'problem')).toEqual([]);
    expect(json.ok).toBe(true);
    expect(code).toBe(0);
    expect(fs.existsSync(fresh)).toBe(false);
  });

  test('finds nothing wrong with a sidecar that runs, and disturbs it in nothing', async () => {
    const sidecar = await TestSidecar.start({ dataDir: folder });
    const { code, stdout } = await altsmith(folder, ['doctor'], { ALTSMITH_PORT: new URL(sidecar.url).port });
    expect(stdout).toContain('The sidecar answers on port');
    expect(stdout).toContain('a sidecar is working on it');
    expect(stdout).toMatch(
      /All is well\.\nNext: Connect WordPress: there, under Settings → Altsmith, enter the address http:\/\/127\.0\.0\.1:\d+ and a one-time code, .*\.\n$/,
    );
    expect(code).toBe(0);
    expect((await sidecar.call('GET', '/readyz')).status).toBe(200);
    await sidecar.stop();
  });

  test('names every problem at once, each with what to do, and ends with 1', async () => {
    DAMAGE['a cut in half']!(path.join(folder, 'altsmith.db'));
    writeFileSync(path.join(folder, 'backups', 'altsmith-20260101T000000Z.db'), '');
    const env = {
      ALTSMITH_MODEL: 'blip-base',
      ALTSMITH_HOST: '192.0.2.1',
      ALTSMITH_PROT: '1',
      NODE_OPTIONS: `--require ${path.join(ROOT, 'tests/support/without-module.cjs')}`,
      WITHOUT_MODULES: 'sharp,onnxruntime-node',
    };
    const { code, stdout } = await altsmith(folder, ['doctor'], env);
    expect(code).toBe(1);
    for (const words of [
      'sharp cannot be loaded, so no picture can be decoded: Error: sharp: invalid ELF header',
      'onnxruntime-node cannot be loaded, so no model can run',
      'npm ci',
      'ALTSMITH_PROT is not a setting',
      'The database file is damaged',
      'altsmith-20260101T000000Z.db',
      'an address that this machine does not have',
      'models pull blip-base',
      '5 problems.',
    ])
      expect(stdout).toContain(words);
  });

  test('goes on without SQLite, and says that it is missing', async () => {
    const env = {
      NODE_OPTIONS: `--require ${path.join(ROOT, 'tests/support/without-module.cjs')}`,
      WITHOUT_MODULES: 'better-sqlite3',
    };
    const { code, json } = await altsmith(folder, ['doctor', '--json'], { ...env, ALTSMITH_PORT: '0' });
    expect(code).toBe(1);
    const broken = json.findings.filter((found: any) => found.state === 'problem').map((found: any) => found.check);
    expect(broken).toEqual(['modules', 'database']);
  });

  test('lists all wrong settings', async () => {
    const env = { ALTSMITH_PORT: '99999', ALTSMITH_QUEUE: 'kafka' };
    const { code, json } = await altsmith(folder, ['doctor', '--json'], env);
    expect(code).toBe(1);
    expect(json.findings.map((found: any) => [found.check, found.sentence.split(':')[0]])).toEqual([
      ['settings', 'ALTSMITH_PORT'],
      ['settings', 'ALTSMITH_QUEUE'],
    ]);
  });
});

test('a Node that is too old is told which one to install', () => {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  expect(OLDEST_NODE.startsWith(engines.node.replace('>=', ''))).toBe(true);
  for (const old of ['18.20.8', '20.18.3']) expect(judgeNode(old)[0]).toMatchObject({ state: 'problem' });
  for (const good of ['20.19.0', '20.20.2', '22.1.0', '100.0.0'])
    expect(judgeNode(good)[0]).toMatchObject({ state: 'ok' });
});

describe('the data folder', () => {
  test('that cannot be made, is a file, or can be seen by others', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(await says(lookAtDataFolder, ground({}, path.join(file, 'data')))).toMatch(/^problem: .* cannot be made/);
    expect(await says(lookAtDataFolder, ground({}, file))).toMatch(/^problem: .* is a file/);
    chmodSync(folder, 0o755);
    expect(await says(lookAtDataFolder, ground())).toContain('note: Other users of this machine can look into');
    chmodSync(folder, 0o700);
    expect(await says(lookAtDataFolder, ground())).toContain('ok: Nobody else can look into');
  });

  test('on a network filesystem, as the kernel would tell it', async () => {
    const local = fs.statfsSync(folder);
    const spy = jest.spyOn(fs, 'statfsSync').mockReturnValue(Object.assign(local, { type: 0x6969 }));
    try {
      expect(await says(lookAtDataFolder, ground())).toContain(
        'problem: ' + folder + ' is on a filesystem where SQLite is not safe (NFS)',
      );
      expect(() => new DataFolder(folder).prepare()).toThrow(expect.objectContaining({ code: 'DATA_DIR_REMOTE' }));
    } finally {
      spy.mockRestore();
    }
  });

  const disk = SmallDisk.forFile(64);
  afterAll(() => disk?.remove());
  testWithDisk('that is read-only, nearly full, or full', async () => {
    const data = path.join(disk!.folder, 'data');
    mkdirSync(data);
    const undo = disk!.protect(data);
    expect(await says(lookAtDataFolder, ground({}, data))).toContain('problem: Nothing can be written to');
    undo();
    expect(await says(lookAtDataFolder, ground({}, data))).toMatch(/note: Only 6\d MB are free/);
    const giveBack = disk!.fill(10_000_000);
    expect(await says(lookAtDataFolder, ground({}, data))).toMatch(/problem: Only (9|10) MB are free/);
    giveBack();
    disk!.fill();
    expect(await says(lookAtDataFolder, ground({}, data))).toContain('problem: ');
  });
});

describe('the database', () => {
  test.each(Object.entries(DAMAGE))('that is lost: %s', async (_name, damage) => {
    damage(path.join(folder, 'altsmith.db'));
    expect(await says(lookAtDatabase, ground())).toContain('problem: The database file is damaged, emptied or gone');
  });

  const change = (sql: string) => {
    const db = new BetterSqlite3(path.join(folder, 'altsmith.db'));
    db.exec(sql);
    db.close();
  };

  test('of a newer version, of another program, and of an older version', async () => {
    change("INSERT INTO migrations (number, name, hash, applied_at) VALUES (900000, 'x', 'x', 0)");
    expect(await says(lookAtDatabase, ground())).toContain('problem: The database was written by a newer version');
    change('DELETE FROM migrations WHERE number >= 6');
    expect(await says(lookAtDatabase, ground())).toMatch(
      /note: The next start brings the database from schema 5 to \d+/,
    );
    change('PRAGMA application_id = 1');
    expect(await says(lookAtDatabase, ground())).toContain(
      'problem: The database file in the data folder was not made by',
    );
  });

  test('whose newest entry lies ahead of the clock', async () => {
    expect(await says(lookAtDatabase, ground())).toContain('ok: The clock agrees');
    change('UPDATE migrations SET applied_at = applied_at + 86400000');
    expect(await says(lookAtDatabase, ground())).toContain('problem: The clock says');
  });

  test('without a key, for a sidecar that others shall reach', async () => {
    change('DELETE FROM keys');
    expect(await says(lookAtDatabase, ground({ ALTSMITH_HOST: '0.0.0.0' }))).toContain('problem: ALTSMITH_HOST is not');
  });
});

test('a first key that others can read is a problem, one that lies about a note, none is well', async () => {
  const file = path.join(folder, 'first-key.txt');
  expect(await says(lookAtFirstKey, ground())).toContain('note: The first key is still in');
  chmodSync(file, 0o644);
  expect(await says(lookAtFirstKey, ground())).toContain('problem: Other users can read the first key');
  rmSync(file);
  expect(await says(lookAtFirstKey, ground())).toMatch(/^ok/);
});

test('a port that another program has', async () => {
  const other = createServer((_request, response) => response.end('hi'));
  const port = await freePort();
  const on = ground({ ALTSMITH_PORT: String(port) });
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  expect(await says(lookAtPort, on)).toContain('is taken by another program');
  // Also when a sidecar runs on this folder, but somewhere else.
  expect(await says(lookAtPort, { ...on, isRunning: true })).toContain('is taken by another program');
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
  expect(await says(lookAtPort, on)).toMatch(/^ok/);
});

test('a model that is missing, cut, changed, or of another format', async () => {
  const model = path.join(folder, 'model');
  const on = ground({ ALTSMITH_MODEL: model });
  const restore = () => cpSync(path.join(ROOT, 'models/mini'), model, { recursive: true });
  expect(await says(lookAtModel, on)).toContain('problem: There is no model');
  restore();
  expect(await says(lookAtModel, on)).toContain('ok: The model mini (int8) is here');
  rmSync(path.join(model, 'vocab.txt'));
  expect(await says(lookAtModel, on)).toContain('problem: The model file vocab.txt is missing');
  restore();
  truncateSync(path.join(model, 'vision.data'), 1000);
  expect(await says(lookAtModel, on)).toMatch(/problem: The model file vision.data has 1000 bytes where \d+ are due/);
  restore();
  const text = readFileSync(path.join(model, 'vocab.txt'), 'utf8');
  writeFileSync(path.join(model, 'vocab.txt'), text.replace('dog', 'cat'));
  expect(await says(lookAtModel, on)).toContain('problem: The model file vocab.txt has changed since it was made');
  restore();
  const manifest = path.join(model, 'altsmith-model.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": *\d+/, '"version": 99'));
  expect(await says(lookAtModel, on)).toMatch(/problem: .* has format 99, this program reads 2: update Altsmith/);
});

test('a Redis that is away is no problem where the queue is the database', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const told = await says(lookAtRedis, ground({ ALTSMITH_REDIS_URL: url }));
  expect(told).toMatch(/^note: ALTSMITH_REDIS_URL is set, but ALTSMITH_QUEUE is not bull: /);
  expect(told).toContain('note: Redis does not answer');
  expect(told).not.toMatch(/^problem/m);
});

test('a Redis that is away, wants a password, or throws keys away', async () => {
  const redis = await RedisServer.prepare();
  const at = (url: string) => ground({ ALTSMITH_QUEUE: 'bull', ALTSMITH_REDIS_URL: url });
  const withPassword = redis.url.replace('://', '://:geheim@');
  expect(await says(lookAtRedis, at(withPassword))).toContain('problem: Redis does not answer');
  try {
    await redis.start();
    await redis.command('CONFIG SET requirepass geheim');
    expect(await says(lookAtRedis, at(redis.url))).toMatch(/problem: Redis refuses the user or the password.*NOAUTH/);
    expect(await says(lookAtRedis, at(withPassword))).toContain('ok: Redis answers and throws nothing away');
  } finally {
    await redis.remove();
  }
  const evicting = await RedisServer.start(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
  try {
    expect(await says(lookAtRedis, at(evicting.url))).toContain('problem: Redis throws keys away');
    evicting.signal('SIGSTOP');
    expect(await says(lookAtRedis, at(evicting.url))).toContain('problem: Redis does not answer');
  } finally {
    await evicting.remove();
  }
}, 120_000);

describe('videos', () => {
  test('says which ffmpeg reads them', async () => {
    const PATH = process.env['PATH'] ?? '';
    await expect(says(lookAtVideos, ground({ PATH }))).resolves.toMatch(
      /^ok: Videos are read by ffmpeg [\d.]+ \(\/.+\)\./,
    );
  });

  test('one that is not here is a note that says what to install; one that was named and is not there is a problem', async () => {
    await expect(says(lookAtVideos, ground({ PATH: folder }))).resolves.toMatch(/^note: .* apt-get install ffmpeg/);
    const named = { PATH: folder, ALTSMITH_FFMPEG: path.join(folder, 'ffmpeg') };
    await expect(says(lookAtVideos, ground(named))).resolves.toMatch(/^problem: ALTSMITH_FFMPEG names no program/);
  });
});
