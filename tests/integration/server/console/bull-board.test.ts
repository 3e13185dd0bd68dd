import { readFileSync } from 'node:fs';
import { makeAdminKey } from '../../../support/admin-key';
import { RedisServer } from '../../../support/redis-server';
import { TestSidecar, type Answer } from '../../../support/test-sidecar';

/** The rights that docs/operations.md gives the user in Redis. */
const [, RULES = ''] = /ACL SETUSER altsmith on >PASSWORD (.+)/.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];

let redis: RedisServer;
let sidecar: TestSidecar;
let adminKey: string;
beforeAll(async () => {
  redis = await RedisServer.start();
  await redis.command(`ACL SETUSER altsmith on >pass ${RULES}`);
  sidecar = await TestSidecar.start({
    env: {
      ALTSMITH_QUEUE: 'bull',
      ALTSMITH_REDIS_URL: redis.url.replace('://', '://altsmith:pass@'),
      ALTSMITH_WORKERS: '0',
      ALTSMITH_PUBLIC_URL: 'https://www.example.com/alt',
    },
  });
  adminKey = makeAdminKey(sidecar.dataDir);
});
afterAll(async () => {
  await sidecar.remove();
  await redis.remove();
});

const cookieOf = (answer: Answer) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

/** The headers with which the console's page speaks for this key. */
async function consoleOf(key: string, slot: string) {
  const answer = await sidecar.call('POST', '/console/session', { key }, { key: null });
  return { cookie: cookieOf(answer), 'x-altsmith-console': `${slot}.${String(answer.body.pad)}` };
}
const askToVisit = (headers: Record<string, string>, body: object = { path: '/' }) =>
  sidecar.call('POST', '/console/bull-board/visit', body, { key: null, headers });

/** A request of a browser that has opened bull-board. */
async function visitor(key = adminKey) {
  const cookie = cookieOf(await askToVisit(await consoleOf(key, 'admin')));
  return (method: string, route: string, body?: unknown, headers = {}) =>
    sidecar.call(method, `/console/bull-board${route}`, body, { key: null, headers: { cookie, ...headers } });
}

test('an administrator’s console opens it with a cookie of its own, for that path and ten minutes only', async () => {
  const { body, headers } = await askToVisit(await consoleOf(adminKey, 'admin'), { path: '/alt/' });
  expect(body).toEqual({ path: '/alt/console/bull-board/' });
  const cookie = headers.get('set-cookie') ?? '';
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/alt/console/bull-board/;', 'Max-Age=600'])
    expect(cookie).toContain(part);
  expect(cookie).not.toContain(adminKey);
});

test('nobody else opens it: no key, a site’s key, a page of another origin, a path that is none', async () => {
  expect((await askToVisit({})).body.error.code).toBe('KEY_MISSING');
  expect((await askToVisit(await consoleOf(sidecar.key, 'site'))).body.error.code).toBe('SCOPE_MISSING');
  const admin = await consoleOf(adminKey, 'admin');
  expect((await askToVisit({ ...admin, 'sec-fetch-site': 'cross-site' })).body.error.code).toBe('KEY_MISSING');
  for (const wrong of ['', 'alt/', '//evil.example/', '/a b/', '/a;Domain=example.com/', '/<b>/'])
    expect((await askToVisit(admin, { path: wrong })).body.error.code).toBe('BAD_REQUEST');
});

test('without the cookie there is no page and no figure, and the page says where to log in', async () => {
  const get = (route: string, headers = {}) =>
    sidecar.call('GET', `/console/bull-board${route}`, undefined, { key: adminKey, headers });
  const page = await get('/queue/caption', { accept: 'text/html' });
  expect(page.status).toBe(401);
  expect(page.body).toContain('<a href="../../../#workers">');
  for (const route of ['/api/queues', '/static/favicon.ico'])
    expect((await get(route, { accept: 'application/json' })).body.error.code).toBe('KEY_MISSING');
  const guess = await get('/api/queues', { cookie: 'altsmith_default_board=guess' });
  expect(guess.body.error.code).toBe('KEY_MISSING');
});

test('it shows the queues with the least rights in Redis, under the policy of the console, from this host alone', async () => {
  const visit = await visitor();
  const { status, body } = await visit(
    'GET',
    '/api/queues?activeQueue=caption.prompt&status=latest&page=1&jobsPerPage=10',
  );
  expect({ status, names: body.queues.map((one: any) => one.name).sort() }).toEqual({
    status: 200,
    names: [
      'answer',
      'answer.caption',
      'answer.caption.prompt',
      'caption',
      'caption.detailed.more_detailed.ocr',
      'caption.prompt',
    ],
  });
  expect(body.queues.every((one: any) => one.readOnlyMode === true)).toBe(true);
  expect(await redis.command('ACL LOG')).toBe('*0');
  const page = await visit('GET', '/queue/caption');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain(
    "default-src 'none'; script-src 'self'; style-src 'self'",
  );
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  expect(page.headers.get('x-powered-by')).toBeNull();
  expect(page.body).toContain('<base href="/console/bull-board/" />');
  expect(page.body).toContain('{"text":"Back to the console","url":"/#workers"}');
  expect(page.body).not.toMatch(/https?:|<style| style=/);
  const [, script = ''] = /<script defer src="(static\/[^"]+)"/.exec(page.body) ?? [];
  expect((await visit('GET', `/${script}`)).status).toBe(200);
});

test('it changes nothing: of the routes that bull-board has, those that are not GET are refused', async () => {
  const { appRoutes } = jest.requireActual('@bull-board/api/dist/routes');
  const changes = appRoutes.api.filter((one: any) => one.method !== 'get');
  expect(changes.length).toBeGreaterThan(10);
  const visit = await visitor();
  await redis.command('HSET altsmith:caption:job_1 name x data {} opts {} timestamp 1 delay 0');
  await redis.command('LPUSH altsmith:caption:wait job_1');
  for (const { method, route } of changes) {
    const place = route.replace(':queueName', 'caption').replace(':jobId', 'job_1').replace(/:\w+/, 'wait');
    const answer = await visit(method.toUpperCase(), place, { name: 'x', data: {}, force: true });
    expect([place, answer.status, answer.headers.get('allow')]).toEqual([place, 405, 'GET, HEAD']);
  }
  // What is refused by method cannot be had by another header either.
  const overridden = await visit('GET', '/api/queues/caption/pause', undefined, { 'x-http-method-override': 'PUT' });
  expect(overridden.status).not.toBe(200);
  expect((await visit('GET', '/api/queues/caption/job_1')).body.job).toMatchObject({ id: 'job_1' });
});

test('it ends with the console’s log-out, and with the key', async () => {
  const visit = await visitor();
  expect((await visit('GET', '/')).status).toBe(200);
  const headers = await consoleOf(adminKey, 'admin');
  await sidecar.call('DELETE', '/console/session', undefined, { key: null, headers });
  expect((await visit('GET', '/api/queues')).body.error.code).toBe('KEY_MISSING');
  const short = makeAdminKey(sidecar.dataDir);
  const later = await visitor(short);
  expect((await later('GET', '/')).status).toBe(200);
  const { body } = await sidecar.call('GET', '/v1/admin/keys', undefined, { key: adminKey });
  const id = body.items.find((one: any) => short.startsWith(`alt_${String(one.id).replace(/^key_/, '')}`)).id;
  await sidecar.call('DELETE', `/v1/admin/keys/${id}`, undefined, { key: adminKey });
  expect((await later('GET', '/api/queues')).body.error.code).toBe('KEY_MISSING');
});

test('while Redis is away it says so at once; without Bull there is nothing to see', async () => {
  const visit = await visitor();
  await redis.stop('SIGKILL');
  expect((await visit('GET', '/api/queues')).body.error.code).toBe('REDIS_UNREACHABLE');
  const plain = await TestSidecar.start();
  const admin = makeAdminKey(plain.dataDir);
  const answer = await plain.call('GET', '/console/bull-board/', undefined, { key: admin });
  expect({ status: answer.status, code: answer.body.error.code }).toEqual({ status: 404, code: 'BULL_NOT_USED' });
  const { body } = await plain.call('POST', '/console/session', { key: admin }, { key: null });
  expect(body.session.bull_board).toBe(false);
  await plain.remove();
});
