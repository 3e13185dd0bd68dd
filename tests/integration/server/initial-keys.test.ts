import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { readConfig } from '../../../server/config';
import { startSidecar, type Sidecar } from '../../../server/main';
import { newKey } from '../../../server/sites/key';
import { altsmith } from '../../support/altsmith-command';
import { FakeEngine } from '../../support/fake-engine';

let dataDir: string;
let sidecar: Sidecar | null = null;
beforeEach(() => (dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-initial-'))));
afterEach(async () => {
  await sidecar?.close();
  sidecar = null;
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Readonly<Record<string, string>>): Promise<void> {
  await sidecar?.close();
  const config = readConfig({ ALTSMITH_PORT: '0', ALTSMITH_DATA_DIR: dataDir, ...env });
  sidecar = await startSidecar(config, { engine: new FakeEngine(), logger: pino({ level: 'silent' }) });
}

/** Answers of a route of sites and of one of administrators. */
async function statusesOf(key: string): Promise<number[]> {
  const { port } = new URL(sidecar?.url ?? '');
  const routes = ['/v1/status', '/v1/admin/keys'].map((route) => `http://127.0.0.1:${port}${route}`);
  const headers = { authorization: `Bearer ${key}` };
  return Promise.all(routes.map(async (route) => (await fetch(route, { headers })).status));
}

const FOR_SITE = [200, 403];
const FOR_ADMIN = [403, 200];
const REFUSED = [401, 401];

test('given keys open the first start, on an address that others reach, and no other key is made', async () => {
  const [site, admin] = [newKey().text, newKey().text];
  const file = path.join(dataDir, 'admin-key');
  writeFileSync(file, `${admin}\n`);
  await start({ ALTSMITH_HOST: '0.0.0.0', ALTSMITH_INITIAL_KEY: site, ALTSMITH_INITIAL_ADMIN_KEY_FILE: file });
  expect(sidecar?.firstKey).toBeNull();
  expect(existsSync(path.join(dataDir, 'first-key.txt'))).toBe(false);
  expect([await statusesOf(site), await statusesOf(admin)]).toEqual([FOR_SITE, FOR_ADMIN]);
});

test('a given key counts no more once there is one: a revoked one stays revoked, another is unknown', async () => {
  const [first, other] = [newKey(), newKey()];
  await start({ ALTSMITH_INITIAL_KEY: first.text });
  expect(await altsmith(dataDir, ['keys', 'revoke', first.id])).toMatchObject({ code: 0 });
  await start({ ALTSMITH_INITIAL_KEY: first.text });
  expect(await statusesOf(first.text)).toEqual(REFUSED);
  await start({ ALTSMITH_INITIAL_KEY: other.text });
  expect(await statusesOf(other.text)).toEqual(REFUSED);
});

test('with an admin key alone the site key is made as ever', async () => {
  const admin = newKey().text;
  await start({ ALTSMITH_HOST: '0.0.0.0', ALTSMITH_INITIAL_ADMIN_KEY: admin });
  expect([await statusesOf(sidecar?.firstKey ?? ''), await statusesOf(admin)]).toEqual([FOR_SITE, FOR_ADMIN]);
});

test('a site that has no key yet gets the given one', async () => {
  const { json } = await altsmith(dataDir, ['sites', 'create', 'Mine', '--json']);
  const key = newKey().text;
  await start({ ALTSMITH_INITIAL_KEY: key });
  expect(await statusesOf(key)).toEqual(FOR_SITE);
  const sites = (await altsmith(dataDir, ['sites', 'list', '--json'])).json.items;
  expect(sites.map((site: { id: string }) => site.id)).toEqual([json.id]);
});

test('without a key an address that others reach is refused, with what to do', async () => {
  await expect(start({ ALTSMITH_HOST: '0.0.0.0' })).rejects.toMatchObject({ code: 'PUBLIC_BIND_REFUSED' });
});

test('a key of a wrong form is named in one sentence, without the key', async () => {
  const key = newKey().text;
  const { code, stderr } = await altsmith(dataDir, ['serve'], {
    ALTSMITH_INITIAL_KEY: 'correct horse battery staple',
    ALTSMITH_INITIAL_ADMIN_KEY: key.slice(0, -1),
  });
  expect(code).toBe(78);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^ALTSMITH_INITIAL_KEY: must be a key such as alt_/),
    expect.stringMatching(/^ALTSMITH_INITIAL_ADMIN_KEY: must be a key such as alt_/),
  ]);
  expect(stderr).not.toContain(key.slice(0, -1));
  const both = { ALTSMITH_INITIAL_KEY: key, ALTSMITH_INITIAL_ADMIN_KEY: key };
  expect(() => readConfig(both)).toThrow('ALTSMITH_INITIAL_ADMIN_KEY: must begin otherwise');
});

test('the command in the manual makes a key of the right form', () => {
  const manual = readFileSync(path.resolve(__dirname, '../../../docs/operations.md'), 'utf8');
  const command = /^printf 'alt_.*$/m.exec(manual)?.[0] ?? '';
  const key = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim();
  expect(readConfig({ ALTSMITH_INITIAL_KEY: key }).initialKeys.site).toBe(key);
});
