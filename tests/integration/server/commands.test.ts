import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { altsmith } from '../../support/altsmith-command';
import { altsmithHere } from '../../support/command-here';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start()));
afterAll(() => sidecar.remove());

const run = (...args: string[]) => altsmith(sidecar.dataDir, [...args, '--json']);
const statusOf = async (key: string) => (await sidecar.call('GET', '/v1/status', undefined, { key })).status;
/** What the audit log holds. */
const recorded = () => {
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  try {
    return storage.db.prepare('SELECT action, target FROM audit').all();
  } finally {
    storage.close();
  }
};
const by = { id: '1', name: 'Ada' };

test('a key made on the command line works at once, is not stored, and stops at once when it is revoked', async () => {
  const { json } = await run('keys', 'create', '--name', 'second');
  expect(await statusOf(json.key)).toBe(200);
  const list = await run('keys', 'list');
  expect(list.json.items.map((key: any) => [key.name, key.scope])).toEqual([
    ['first key', 'site'],
    ['second', 'site'],
  ]);
  expect(list.stdout).not.toContain(json.key.split('_').slice(2).join('_'));
  expect((await run('keys', 'revoke', json.id)).code).toBe(0);
  expect(await statusOf(json.key)).toBe(401);
  expect((await run('keys', 'revoke', json.id)).code).toBe(1);
});

test('a rotated key and its successor both work while they overlap', async () => {
  const old = (await run('keys', 'create')).json;
  const fresh = (await run('keys', 'rotate', old.id, '--hours', '1')).json;
  expect([await statusOf(old.key), await statusOf(fresh.key)]).toEqual([200, 200]);
  const next = (await run('keys', 'rotate', fresh.id, '--hours', '0')).json;
  expect([await statusOf(fresh.key), await statusOf(next.key)]).toEqual([401, 200]);
});

test('a second rotation gives an old key no more time, and one that has ended cannot be rotated', async () => {
  const old = (await run('keys', 'create')).json;
  const listed = async () => (await run('keys', 'list')).json.items;
  const endOf = async () => (await listed()).find((key: any) => key.id === old.id).expires_at;
  await run('keys', 'rotate', old.id, '--hours', '1');
  const end = await endOf();
  const second = (await run('keys', 'rotate', old.id, '--hours', '500')).json;
  expect([await endOf(), second.old_ends_at]).toEqual([end, end]);
  expect(await statusOf(second.key)).toBe(200);
  expect(await run('keys', 'rotate', old.id, '--hours', '0')).toMatchObject({ code: 0 });
  expect(await statusOf(old.key)).toBe(401);
  const before = await listed();
  const ended = { code: 1, stderr: expect.stringContaining('KEY_ENDED') };
  expect(await run('keys', 'rotate', old.id)).toMatchObject(ended);
  await run('keys', 'revoke', second.id);
  expect(await run('keys', 'rotate', second.id)).toMatchObject(ended);
  expect(await listed()).toHaveLength(before.length);
  expect(await statusOf(old.key)).toBe(401);
});

test('a key of a second site sees nothing of the first', async () => {
  const site = (await run('sites', 'create', 'Another', 'site')).json;
  expect(site.name).toBe('Another site');
  const ambiguous = await run('keys', 'create');
  expect(ambiguous).toMatchObject({ code: 2, stderr: expect.stringContaining('--site') });
  const { key } = (await run('keys', 'create', '--site', site.id)).json;
  await sidecar.suggest(samplePng(1), '1');
  expect((await sidecar.call('GET', '/v1/suggestions', undefined, { key })).body.items).toEqual([]);
  expect((await sidecar.call('GET', '/v1/changes', undefined, { key })).body.items).toEqual([]);
});

test('limits of one site are set, kept one by one, and given back to the setting', async () => {
  const { id } = (await run('sites', 'create', 'Limited')).json;
  const usual = { rate: null, queue: null, bytes: null, weight: 1 };
  expect((await run('sites', 'set', id, '--rate', '2.5', '--queue', '10')).json.limits).toEqual({
    ...usual,
    rate: 2.5,
    queue: 10,
  });
  expect(
    (await run('sites', 'set', id, '--bytes', '5000000', '--weight', '3', '--rate', 'default')).json.limits,
  ).toEqual({
    ...usual,
    queue: 10,
    bytes: 5_000_000,
    weight: 3,
  });
  expect((await run('sites', 'set', 'nobody', '--rate', '1')).code).toBe(1);
  const listed = (await run('sites', 'list')).json.items.find((site: { id: string }) => site.id === id);
  expect(listed.limits).toMatchObject({ queue: 10, weight: 3 });
});

test.each([
  [['sites', 'set'], 'which site'],
  [['sites', 'set', 'x'], '--rate'],
  [['sites', 'set', 'x', '--queue', '0'], '--queue'],
  [['sites', 'set', 'x', '--rate', 'many'], '--rate'],
  [['sites', 'set', 'x', '--weight', '1.5'], '--weight'],
  [['keys'], 'create'],
  [['keys', 'create', '--scope', 'root'], '--scope'],
  [['keys', 'rotate'], 'which key'],
  [['keys', 'rotate', 'x', '--hours', '1e300'], '--hours'],
  [['keys', 'rotate', 'x', '--hours', ' '], '--hours'],
  [['worker', '--api', 'http://127.0.0.1:9', '--key', 'k', '--port', ''], '--port'],
  [['sites', 'set', 'x', '--rate', '0x10'], '--rate'],
  [['requeue', '--code', 'NOPE'], 'NOPE'],
  [['restore'], 'which backup'],
  [['sites', 'create'], 'name'],
  [['keys', 'create', 'mysite'], 'mysite'],
  [['keys', 'list', 'everything'], 'everything'],
  [['keys', 'revoke', 'x', 'other'], 'other'],
  [['sites', 'list', 'mine'], 'mine'],
  [['requeue', 'now'], 'now'],
  [['doctor', 'now'], 'now'],
  [['start', 'now'], 'now'],
])('%p ends with 2 and says what is wrong', async (args, word) => {
  const { code, stderr } = await altsmithHere(sidecar.dataDir, [...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(word) });
});

test('an option that there is not ends the process with 2 and is told without Node’s own advice', async () => {
  const { code, stderr } = await run('backup', '--sideways');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^Unknown option '--sideways'\.?\n\n/) });
});

test('failed jobs are tried again by order of the operator, also when their run was cancelled since', async () => {
  const { AppError } = await import('../../../server/errors');
  sidecar.engine.before = () => {
    throw new AppError('IMAGE_CORRUPT');
  };
  const started = (await sidecar.call('POST', '/v1/runs', { name: 'all of 2019' })).body.run;
  const { body } = await sidecar.submit(samplePng(2), '2', { run_id: started.id });
  await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`);
  await sidecar.call('POST', `/v1/runs/${started.id}/cancel`, {});
  sidecar.engine.before = () => undefined;
  expect((await run('requeue')).json).toEqual({ requeued: 0 });
  expect((await run('requeue', '--code', 'IMAGE_CORRUPT')).json).toEqual({ requeued: 1 });
  expect(recorded()).toContainEqual({ action: 'requeue', target: 'IMAGE_CORRUPT' });
  expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job.state).toBe('done');
});

test.each([
  [['keys', 'list'], 'DATA_DIR_MISSING'],
  [['keys', 'revoke', 'x'], 'DATA_DIR_MISSING'],
  [['sites', 'list'], 'DATA_DIR_MISSING'],
  [['requeue'], 'DATA_DIR_MISSING'],
  [['erase', 'site', 'x'], 'DATA_DIR_MISSING'],
  [['backup'], 'DATA_DIR_MISSING'],
  [['keys', 'create', 'mysite'], 'mysite'],
  [['keys', 'create', '--scope', 'root'], '--scope'],
])('in a wrong folder %p makes no data folder and says so', async (args, word) => {
  const wrong = path.join(mkdtempSync(path.join(os.tmpdir(), 'altsmith-wrong-')), 'data');
  const { code, stderr } = await altsmithHere(wrong, args);
  expect({ code, stderr, isMade: existsSync(wrong) }).toEqual({
    code: word === 'DATA_DIR_MISSING' ? 1 : 2,
    stderr: expect.stringContaining(word),
    isMade: false,
  });
  if (word === 'DATA_DIR_MISSING') expect(stderr).toContain(wrong);
  rmSync(path.dirname(wrong), { recursive: true });
});

test('a new site may make the data folder', async () => {
  const fresh = path.join(mkdtempSync(path.join(os.tmpdir(), 'altsmith-fresh-')), 'data');
  expect((await altsmith(fresh, ['sites', 'create', 'Mine'])).code).toBe(0);
  expect(await altsmith(fresh, ['sites', 'list', '--json'])).toMatchObject({ code: 0, json: { items: [{}] } });
  rmSync(path.dirname(fresh), { recursive: true });
});

describe('while another process writes', () => {
  let writer: Storage;
  beforeEach(() => (writer = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'))));
  afterEach(() => {
    writer.db.exec('ROLLBACK');
    writer.close();
  });

  test('a command that only reads does not wait, and one that writes says why it cannot', async () => {
    writer.db.exec('BEGIN IMMEDIATE');
    expect(await run('sites', 'list')).toMatchObject({ code: 0, json: { items: expect.any(Array) } });
    const refused = await run('sites', 'create', 'late');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_BUSY') });
    expect(refused.stderr).toContain('Another process has been writing to the database');
  });
});

test('reading a database from before its free pages went back to the disk takes no lock either', async () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-old-pages-'));
  await altsmith(dataDir, ['keys', 'create']);
  const writer = openDatabase(path.join(dataDir, 'altsmith.db'));
  writer.db.pragma('auto_vacuum = NONE');
  writer.db.exec('VACUUM');
  expect(writer.db.pragma('auto_vacuum', { simple: true })).toBe(0);
  writer.db.exec('BEGIN IMMEDIATE');
  expect(await altsmith(dataDir, ['sites', 'list'])).toMatchObject({ code: 0 });
  writer.db.exec('ROLLBACK');
  writer.close();
  rmSync(dataDir, { recursive: true });
});

describe('backup and restore', () => {
  test('a backup of a running sidecar, restored later, loses only what came after, and no reader skips a change', async () => {
    const early = await sidecar.suggest(samplePng(10), '10');
    const backup = path.join(sidecar.dataDir, 'copy.db');
    expect((await run('backup', backup)).json).toEqual({ file: backup });
    const late = await sidecar.suggest(samplePng(11), '11');
    const { next } = (await sidecar.call('GET', '/v1/changes?limit=500')).body;
    expect(await run('restore', backup)).toMatchObject({ code: 1, stderr: expect.stringContaining('DATA_DIR_IN_USE') });
    await sidecar.stop();
    const restored = await run('restore', backup);
    expect(restored).toMatchObject({ code: 0, json: { kept_at: expect.stringContaining('before-') } });
    sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
    expect(recorded()).toContainEqual({ action: 'restore', target: 'copy.db' });
    const stateOf = async (id: string) => (await sidecar.call('GET', `/v1/suggestions/${id}`)).status;
    expect([await stateOf(early.id), await stateOf(late.id)]).toEqual([200, 404]);
    // The reader's cursor stands beyond the restored file; what happens from now on reaches it all the same.
    await sidecar.call('POST', `/v1/suggestions/${early.id}/decision`, { action: 'reject', by, version: 1 });
    const news = (await sidecar.call('GET', `/v1/changes?after=${next}`)).body;
    expect(news.items.map((item: any) => [item.type, item.suggestion.id])).toEqual([['suggestion.decided', early.id]]);
    expect((await sidecar.call('GET', `/v1/changes?after=${news.next}`)).body.items).toEqual([]);
  });

  test('a damaged or foreign backup is refused, and the database stays', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-restore-'));
    try {
      const whole = path.join(folder, 'whole.db');
      const cut = path.join(folder, 'cut.db');
      await run('backup', whole);
      await run('backup', cut);
      truncateSync(cut, Math.floor(statSync(cut).size / 2));
      const text = path.join(folder, 'text.db');
      writeFileSync(text, 'not a database'.repeat(100));
      const other = mkdtempSync(path.join(os.tmpdir(), 'altsmith-other-'));
      for (const [file, code] of [
        [cut, 'DATABASE_DAMAGED'],
        [text, 'DATABASE_DAMAGED'],
        [path.join(folder, 'none.db'), 'NOT_FOUND'],
      ] as const) {
        expect(await altsmith(other, ['restore', file])).toMatchObject({
          code: 1,
          stderr: expect.stringContaining(code),
        });
      }
      expect(readdirSync(other).filter((name) => name.startsWith('altsmith.db'))).toEqual([]);
      expect((await altsmith(other, ['restore', whole])).code).toBe(0);
      rmSync(other, { recursive: true, force: true });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('a copy of the database replaces nothing but an older copy', async () => {
  const file = (name: string) => path.join(sidecar.dataDir, name);
  writeFileSync(file('notes.txt'), 'a list of things');
  const inode = () => statSync(file('altsmith.db')).ino;
  const before = inode();
  for (const name of ['altsmith.db', 'altsmith.db-wal', 'altsmith.db-shm', 'notes.txt', 'backups']) {
    expect({ name, code: (await altsmith(sidecar.dataDir, ['backup', file(name)])).code }).toEqual({ name, code: 2 });
  }
  expect([inode(), readFileSync(file('notes.txt'), 'utf8')]).toEqual([before, 'a list of things']);
  for (let times = 0; times < 2; times += 1)
    expect((await altsmith(sidecar.dataDir, ['backup', file('mine.db')])).code).toBe(0);
  expect((await sidecar.call('GET', '/v1/status')).status).toBe(200);
}, 120_000);

test.each([
  ['an address that this machine does not have', { ALTSMITH_HOST: '10.9.9.9' }, /ALTSMITH_HOST/],
  ['a host name that is none', { ALTSMITH_HOST: 'no-such-host.invalid' }, /ALTSMITH_HOST/],
  ['a data folder that is a file', { ALTSMITH_DATA_DIR: path.resolve('package.json') }, /package\.json/],
])(
  'a start with %s ends with a sentence',
  async (_what, env, sentence) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-start-'));
    const { code, stderr } = await altsmith(folder, ['serve'], { ALTSMITH_PORT: '0', ...env });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(sentence) });
    expect(stderr).not.toMatch(/^ {4}at /m);
    rmSync(folder, { recursive: true });
  },
  60_000,
);
