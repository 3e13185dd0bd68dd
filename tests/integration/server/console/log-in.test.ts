import { openDatabase } from '../../../../server/storage/database';
import { KeyStore } from '../../../../server/sites/key-store';
import { TestSidecar } from '../../../support/test-sidecar';
import path from 'node:path';

let sidecar: TestSidecar;
let adminKey: string;
let workerKey: string;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  const keys = new KeyStore(storage);
  adminKey = keys.create({ scope: 'admin', siteId: null, name: 'administrator' }).text;
  workerKey = keys.create({ scope: 'worker', siteId: null, name: 'worker' }).text;
  storage.close();
});
afterAll(() => sidecar.stop());

interface LogIn {
  readonly cookie: string;
  readonly setCookie: string;
  readonly pad: string;
}

async function logIn(key: string): Promise<LogIn> {
  const answer = await sidecar.call('POST', '/console/session', { key }, { key: null });
  expect(answer.status).toBe(200);
  const setCookie = answer.headers.get('set-cookie') ?? '';
  return { setCookie, cookie: setCookie.split(';')[0] ?? '', pad: answer.body.pad };
}

/** A request as the console's page sends it. */
function asPage(method: string, route: string, { cookie, pad }: { cookie?: string; pad?: string }, more = {}) {
  const headers = {
    ...(cookie === undefined ? {} : { cookie }),
    ...(pad === undefined ? {} : { 'x-altsmith-console': `site.${pad}` }),
    ...more,
  };
  return sidecar.call(method, route, undefined, { key: null, headers });
}

test('cookie and pad together speak for the site; neither does alone', async () => {
  const { cookie, pad } = await logIn(sidecar.key);
  expect((await asPage('GET', '/v1/status', { cookie, pad })).status).toBe(200);
  expect((await asPage('GET', '/v1/status', { cookie })).body.error.code).toBe('KEY_MISSING');
  expect((await asPage('GET', '/v1/status', { pad })).body.error.code).toBe('KEY_MISSING');
  const other = await logIn(sidecar.key);
  expect((await asPage('GET', '/v1/status', { cookie, pad: other.pad })).body.error.code).toBe('KEY_INVALID');
});

test('the cookie cannot be read by scripts, is not sent along from elsewhere, and does not hold the key', async () => {
  const { setCookie, cookie } = await logIn(sidecar.key);
  expect(setCookie).toContain('HttpOnly');
  expect(setCookie).toContain('SameSite=Strict');
  const half = Buffer.from(cookie.split('=')[1] ?? '', 'base64url');
  expect(half).toHaveLength(sidecar.key.length);
  expect(half.equals(Buffer.from(sidecar.key))).toBe(false);
});

test.each([
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ 'sec-fetch-site': 'same-site' }],
  [{ origin: 'https://evil.example' }],
  [{ origin: 'null' }],
])('a request that a page of another origin made is not the console’s: %j', async (headers) => {
  const { cookie, pad } = await logIn(sidecar.key);
  const answer = await asPage('GET', '/v1/status', { cookie, pad }, headers);
  expect(answer.body.error.code).toBe('KEY_MISSING');
  const login = await sidecar.call('POST', '/console/session', { key: sidecar.key }, { key: null, headers });
  expect(login.status).toBe(403);
});

test('a key of another client is untouched by the console', async () => {
  const { cookie, pad } = await logIn(sidecar.key);
  const headers = { cookie, 'x-altsmith-console': `site.${pad}` };
  const answer = await sidecar.call('GET', '/v1/status', undefined, { key: 'alt_wrong', headers });
  expect(answer.body.error.code).toBe('KEY_INVALID');
});

test('a wrong key, a worker’s key and a body that is no log-in are refused', async () => {
  const post = (body: unknown) => sidecar.call('POST', '/console/session', body, { key: null });
  expect((await post({ key: `${sidecar.key.slice(0, -1)}${sidecar.key.endsWith('A') ? 'B' : 'A'}` })).status).toBe(401);
  expect((await post({ key: workerKey })).body.error.code).toBe('SCOPE_MISSING');
  expect((await post({})).status).toBe(400);
  expect((await post('key=x')).status).toBe(400);
});

test('an administrator’s log-in stands beside the site’s and opens other routes', async () => {
  const site = await logIn(sidecar.key);
  const admin = await logIn(adminKey);
  const cookie = `${site.cookie}; ${admin.cookie}`;
  const asAdmin = { 'x-altsmith-console': `admin.${admin.pad}` };
  expect((await asPage('GET', '/v1/admin/sites', { cookie }, asAdmin)).status).toBe(200);
  expect((await asPage('GET', '/v1/admin/sites', { cookie, pad: site.pad })).body.error.code).toBe('SCOPE_MISSING');
  expect((await asPage('GET', '/v1/status', { cookie }, asAdmin)).body.error.code).toBe('SCOPE_MISSING');
  const who = await asPage('GET', '/console/session', { cookie }, asAdmin);
  expect(who.body.session).toMatchObject({ slot: 'admin', site: null });
});

test('a revoked key is dead in every browser at once', async () => {
  const sites = await sidecar.call('GET', '/v1/admin/sites', undefined, { key: adminKey });
  const wish = { name: 'short-lived', scope: 'site', site_id: sites.body.items[0].id };
  const made = await sidecar.call('POST', '/v1/admin/keys', wish, { key: adminKey });
  expect(made.status).toBe(201);
  const { cookie, pad } = await logIn(made.body.secret);
  expect((await asPage('GET', '/console/session', { cookie, pad })).status).toBe(200);
  const revoked = await sidecar.call('DELETE', `/v1/admin/keys/${made.body.key.id}`, undefined, { key: adminKey });
  expect(revoked.body.key.revoked_at).not.toBeNull();
  expect((await asPage('GET', '/console/session', { cookie, pad })).body.error.code).toBe('KEY_INVALID');
  expect((await asPage('GET', '/v1/status', { cookie, pad })).status).toBe(401);
});

test('logging out takes the cookie away', async () => {
  const { cookie, pad } = await logIn(sidecar.key);
  const answer = await asPage('DELETE', '/console/session', { cookie, pad });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('set-cookie')).toMatch(/^altsmith_\d+_site=;.*Expires=Thu, 01 Jan 1970/);
});

test('twenty wrong keys in a minute slow the next one down, and a good key still gets in', async () => {
  const wrong = () => sidecar.call('POST', '/console/session', { key: 'alt_nobody' }, { key: null });
  const statuses: number[] = [];
  for (let tries = 0; tries < 25; tries += 1) statuses.push((await wrong()).status);
  expect(statuses.at(0)).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect((await logIn(sidecar.key)).pad).not.toBe('');
});

test('neither key nor halves are written to the log', async () => {
  const { cookie, pad } = await logIn(sidecar.key);
  await asPage('GET', '/v1/status', { cookie, pad });
  const log = sidecar.logLines.join('');
  for (const secret of [sidecar.key, pad, cookie.split('=')[1] ?? '']) expect(log).not.toContain(secret);
});
