import path from 'node:path';
import { readConfig } from '../../../../server/config';
import { AppError } from '../../../../server/errors';
import { AuditStore } from '../../../../server/sites/audit-store';
import { openDatabase } from '../../../../server/storage/database';
import { makeKey } from '../../../support/admin-key';
import { altsmith } from '../../../support/altsmith-command';
import { exchange, openIdle } from '../../../support/raw-socket';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { waitFor } from '../../../support/wait-for';

let sidecar: TestSidecar | null = null;
const start = async (env: Record<string, string> = {}): Promise<TestSidecar> => {
  sidecar = await TestSidecar.start({ env });
  return sidecar;
};
afterEach(async () => {
  await sidecar?.remove();
  sidecar = null;
});

describe('probes', () => {
  test('need no key, and say nothing more than ready or not', async () => {
    const one = await start();
    for (const headers of [{}, { 'x-forwarded-for': '203.0.113.9' }]) {
      const ready = await one.call('GET', '/readyz', undefined, { key: null, headers });
      expect([ready.status, ready.body]).toEqual([200, { ready: true }]);
    }
    one.engine.ready = false;
    const unready = await one.call('GET', '/readyz', undefined, { key: null });
    expect([unready.status, unready.body]).toEqual([503, { ready: false }]);
    expect((await one.call('GET', '/readyz')).body).toEqual({ ready: false });
    for (const scope of ['metrics', 'admin'] as const) {
      const told = await one.call('GET', '/readyz', undefined, { key: makeKey(one.dataDir, scope) });
      expect(told.body).toMatchObject({ ready: false, problems: [{ code: 'MODEL_UNAVAILABLE' }] });
    }
    expect((await one.call('GET', '/readyz', undefined, { key: 'alt_wrong' })).status).toBe(401);
  });

  test('may be HEAD, and HTTP/1.0 without a Host', async () => {
    const one = await start();
    for (const route of ['/livez', '/readyz']) {
      expect((await fetch(one.url + route, { method: 'HEAD' })).status).toBe(200);
      for (const line of [`GET ${route} HTTP/1.0`, `OPTIONS ${route} HTTP/1.0`, `HEAD ${route} HTTP/1.0`]) {
        const { text } = await exchange(one.url, `${line}\r\n\r\n`);
        expect([line, text.slice(9, 12)]).toEqual([line, line.startsWith('OPTIONS') ? '401' : '200']);
      }
    }
    expect((await exchange(one.url, 'GET /livez HTTP/1.0\r\nhost: evil.example\r\n\r\n')).text).toContain(' 400 ');
    expect((await exchange(one.url, 'GET /livez HTTP/1.1\r\n\r\n')).statuses).toEqual([400]);
  });

  test('HEAD is GET without the body on every address', async () => {
    const one = await start();
    for (const route of ['/v1/status', '/v1/jobs', '/openapi.json', '/v1/models']) {
      const head = await one.call('HEAD', route);
      expect([route, head.status, head.body]).toEqual([route, 200, '']);
    }
  });
});

test('405 names the methods that there are', async () => {
  const one = await start();
  const answer = await one.call('DELETE', '/v1/jobs');
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  expect((await one.call('POST', '/v1/images/abc')).headers.get('allow')).toContain('HEAD');
});

test('nothing is open to whoever seems to be on this machine', async () => {
  const one = await start();
  for (const route of ['/metrics', '/openapi.json', '/v1/status']) {
    expect((await one.call('GET', route, undefined, { key: null })).status).toBe(401);
  }
});

test.each([{ ALTSMITH_PUBLIC_URL: 'https://alt.example.com' }, { ALTSMITH_TRUSTED_PROXIES: '127.0.0.1' }])(
  'keyless programs are refused where a proxy is in front: %p',
  (env) => {
    expect(() => readConfig({ ALTSMITH_OLLAMA_KEYLESS: 'loopback', ...env })).toThrow('ALTSMITH_OLLAMA_KEYLESS');
  },
);

test.each([
  'alt.example.com',
  'ftp://a.example',
  'https://u:p@a.example',
  'https://a.example/?x',
  'https://a.example/#x',
])('%s is no public address', (ALTSMITH_PUBLIC_URL) => {
  expect(() => readConfig({ ALTSMITH_PUBLIC_URL })).toThrow('ALTSMITH_PUBLIC_URL');
});

test('a proxy is an address or a network', () => {
  expect(() => readConfig({ ALTSMITH_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/33' })).toThrow('10.0.0.0/33');
  expect(() => readConfig({ ALTSMITH_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, ::1, fd00::/8' })).not.toThrow();
});

describe('under a public address with a path', () => {
  const ENV = { ALTSMITH_PUBLIC_URL: 'https://www.example.com/alt/' };
  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };

  test('everything answers under the path and without it, and every link begins with it', async () => {
    const one = await start(ENV);
    const image = samplePng(1);
    for (const path of ['/alt', '']) {
      expect((await one.call('GET', `${path}/livez`, undefined, { key: null })).status).toBe(200);
      const document = await one.call('GET', `${path}/openapi.json`);
      expect(document.body.servers).toEqual([{ url: 'https://www.example.com/alt' }]);
    }
    const put = await one.call('PUT', `/alt/v1/images/${image.sha256}`, image.bytes);
    expect([put.status, put.headers.get('location')]).toEqual([
      201,
      `https://www.example.com/alt/v1/images/${image.sha256}`,
    ]);
    const job = await one.call('POST', '/alt/v1/jobs', {
      image_sha256: image.sha256,
      subject: { type: 'attachment', id: '1' },
    });
    expect(job.headers.get('location')).toBe(`https://www.example.com/alt/v1/jobs/${job.body.job.id}`);
    const input = { image: `data:image/png;base64,${image.bytes.toString('base64')}` };
    const prediction = (await one.call('POST', '/alt/replicate/v1/predictions', { input })).body;
    expect(prediction.urls.get).toBe(`https://www.example.com/alt/replicate/v1/predictions/${prediction.id}`);
    const queued = (await one.call('POST', '/alt/modelrunner/queue/a/b', { image_url: input.image })).body;
    expect(queued.status_url).toMatch(/^https:\/\/www\.example\.com\/alt\/modelrunner\/queue\/a\/b\/requests\//);
    for (const base of ['/eachlabs/v1/prediction', '/v1/prediction']) {
      const created = (await one.call('POST', `/alt${base}`, { model: 'blip', input })).body;
      const run = (await one.call('GET', `/alt${base}/${created.predictionID}`)).body;
      const self = `https://www.example.com/alt${base}/${created.predictionID}`;
      expect(run.urls).toEqual({ get: self, cancel: `${self}/cancel` });
    }
    const model = (await one.call('GET', '/alt/replicate/v1/models/a/b')).body;
    expect(model.url).toBe('https://www.example.com/alt/');
    // Errors of dialects keep their shape below the path.
    expect((await one.call('POST', '/alt/replicate/v1/predictions', {})).body).toHaveProperty('detail');
  });

  test('the address without its slash leads to the one with it', async () => {
    const one = await start(ENV);
    const answer = await fetch(`${one.url}/alt?x=1`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/alt/?x=1']);
    expect((await one.call('GET', '/altx/livez', undefined, { key: null })).status).toBe(401);
  });

  test('its name is answered to, and the cookie is Secure and for the path', async () => {
    const one = await start(ENV);
    const logIn = async (path: string, headers: Record<string, string>) => {
      const { exchange: send } = await import('../../../support/raw-socket');
      const body = JSON.stringify({ key: one.key });
      const lines = Object.entries({
        'content-type': 'application/json',
        'content-length': String(body.length),
        ...headers,
      });
      const { text } = await send(
        one.url,
        `POST ${path}/console/session HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\nconnection: close\r\n\r\n${body}`,
      );
      return /set-cookie: ([^\r]*)/i.exec(text)?.[1] ?? text;
    };
    const origin = { origin: 'https://www.example.com' };
    expect(await logIn('/alt', { host: 'www.example.com', ...origin, ...proxied })).toMatch(
      /; Path=\/alt\/; HttpOnly; Secure;/,
    );
    // A proxy that takes the path away and puts its own name for us into Host.
    expect(await logIn('', { host: '127.0.0.1:8787', ...origin, ...proxied })).toMatch(/Secure/);
    expect(await logIn('', { host: '127.0.0.1:8787' })).not.toMatch(/Secure/);
  });
});

describe('X-Forwarded headers', () => {
  const body = { input: { image: samplePng(1).bytes.toString('base64') } };
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
  const linkOf = async (one: TestSidecar) =>
    (await one.call('POST', '/replicate/v1/predictions', body, { headers })).body.urls.get as string;

  test('count from a trusted proxy', async () => {
    expect(await linkOf(await start({ ALTSMITH_TRUSTED_PROXIES: '127.0.0.0/8' }))).toMatch(/^https:/);
  });

  test('do not count from anybody else', async () => {
    expect(await linkOf(await start({ ALTSMITH_TRUSTED_PROXIES: '10.0.0.0/8' }))).toMatch(/^http:/);
  });

  test('keep strangers behind one proxy apart when keys are guessed', async () => {
    const one = await start({ ALTSMITH_TRUSTED_PROXIES: '127.0.0.1' });
    const guess = (address: string) =>
      one.call('GET', '/v1/status', undefined, { key: 'alt_x', headers: { 'x-forwarded-for': address } });
    for (let attempt = 1; attempt <= 20; attempt += 1) await guess('203.0.113.1');
    expect((await guess('203.0.113.1')).status).toBe(429);
    expect((await guess('203.0.113.2')).status).toBe(401);
  });
});

test('a connection above ALTSMITH_MAX_CONNECTIONS is closed, and the log says so', async () => {
  const one = await start({ ALTSMITH_MAX_CONNECTIONS: '2' });
  const sockets = await Promise.all([1, 2, 3, 4].map(() => openIdle(one.url)));
  await waitFor('the log to say so', () => one.logLines.some((line) => line.includes('connections dropped')));
  const line = one.logLines.find((each) => each.includes('connections dropped')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ level: 40, max_connections: 2, dropped: expect.any(Number) });
  for (const socket of sockets) socket.destroy();
});

test('what administrators do is kept and logged, without secrets', async () => {
  const one = await start();
  const admin = makeKey(one.dataDir, 'admin');
  const call = (method: string, route: string, body?: object) => one.call(method, route, body, { key: admin });
  const site = (await call('POST', '/v1/admin/sites', { name: 'Shop' })).body.site;
  await call('PATCH', `/v1/admin/sites/${site.id}`, { auto_approve_from: 0.9 });
  const { key, secret } = (await call('POST', '/v1/admin/keys', { name: 'k', scope: 'site', site_id: site.id })).body;
  await call('DELETE', `/v1/admin/keys/${key.id}`);
  expect((await call('POST', '/v1/admin/keys', { name: 'k' })).status).toBe(400);
  const made = await altsmith(one.dataDir, ['keys', 'create', '--scope', 'metrics', '--json']);
  const page = (await call('GET', '/v1/admin/audit?limit=3')).body;
  expect(page.items).toEqual([
    expect.objectContaining({ key_id: null, action: 'keys create', details: { scope: 'metrics', site_id: null } }),
    expect.objectContaining({ key_id: expect.any(String), action: 'DELETE /v1/admin/keys/{id}', target: key.id }),
    expect.objectContaining({ action: 'POST /v1/admin/keys', details: { name: 'k', scope: 'site', site_id: site.id } }),
  ]);
  const rest = (await call('GET', `/v1/admin/audit?after=${page.next}`)).body;
  expect(rest.items.map(({ action }: { action: string }) => action)).toEqual([
    'PATCH /v1/admin/sites/{id}',
    'POST /v1/admin/sites',
    'start: keys create',
  ]);
  expect(rest.items[0]).toMatchObject({ target: site.id, details: { auto_approve_from: 0.9 }, outcome: 'done' });
  expect(rest.next).toBeNull();
  const log = one.logLines.filter((line) => line.includes('"administration"'));
  expect(log).toHaveLength(4);
  const everything = JSON.stringify([page, rest]) + log.join('');
  for (const text of [secret, made.json.key]) expect(everything).not.toContain(text);
  expect((await one.call('GET', '/v1/admin/audit')).status).toBe(403);
});

test('what cannot be kept in the audit log is not done, and what was under way at a kill is in it', async () => {
  const one = await start();
  const admin = makeKey(one.dataDir, 'admin');
  const call = (method: string, route: string, body?: object) => one.call(method, route, body, { key: admin });
  const storage = openDatabase(path.join(one.dataDir, 'altsmith.db'));
  storage.db.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
  expect((await call('POST', '/v1/admin/sites', { name: 'Shop' })).status).toBe(500);
  storage.db.exec('DROP TRIGGER full');
  expect((await call('GET', '/v1/admin/sites')).body.items).toHaveLength(1);
  const audit = new AuditStore(storage);
  audit.begin({ keyId: null, action: 'erase site', target: 'site_x', details: {} });
  const refused = audit.begin({ keyId: null, action: 'keys revoke', target: 'key_x', details: {} });
  refused.failed(new AppError('NOT_FOUND'));
  audit.begin({ keyId: null, action: 'requeue', target: 'all', details: {} }).failed(new AppError('STORAGE_FULL'));
  storage.close();
  const { items } = (await call('GET', '/v1/admin/audit')).body;
  expect(items.map(({ action, outcome }: any) => [action, outcome])).toEqual([
    ['requeue', 'STORAGE_FULL'],
    ['erase site', 'begun'],
    ['start: keys create', 'done'],
  ]);
});
