import type { Route } from '../../../../server/http/route';
import { ROUTES } from '../../../../server/http/route-table';
import { KeyStore } from '../../../../server/sites/key-store';
import { SiteStore } from '../../../../server/sites/site-store';
import { openDatabase } from '../../../../server/storage/database';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar, type Answer } from '../../../support/test-sidecar';

/** Routes that speak another API's language have tests of their own. */
const OWN = ROUTES.filter((route) => route.face === undefined);
const SHA = 'a'.repeat(64);

let sidecar: TestSidecar;
const keys: Record<string, string> = {};
/** What site A owns, by the first part of the path that leads to it. */
const owned: Record<string, string> = {};

beforeAll(async () => {
  sidecar = await TestSidecar.start();
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const store = new KeyStore(storage);
  const sites = new SiteStore(storage);
  const a = sites.list()[0]!.id;
  const b = sites.create('b').id;
  const key = (name: string, scope: 'site' | 'worker' | 'admin', siteId: string | null) => {
    const made = store.create({ scope, siteId, name });
    keys[name] = made.text;
    return made.id;
  };
  key('site', 'site', a);
  key('other site', 'site', b);
  key('worker', 'worker', null);
  key('admin', 'admin', null);
  store.revoke(key('revoked', 'site', a));
  store.rotate(key('expired', 'site', a), 0);
  keys['wrong secret'] = `${keys['site']!.slice(0, -5)}AAAAA`;
  keys['nonsense'] = 'alt_nothing';
  storage.close();

  const image = samplePng(1);
  const suggestion = await sidecar.suggest(image, '1');
  owned['images'] = image.sha256;
  owned['videos'] = samplePng(2).sha256;
  const frames = [{ image_sha256: image.sha256, at: 0 }];
  const subject = { type: 'attachment', id: 'video' };
  const video = await sidecar.call('POST', '/v1/jobs', { frames, subject, source_sha256: owned['videos'] });
  await sidecar.call('GET', `/v1/jobs/${video.body.job.id}?wait=20`);
  owned['suggestions'] = suggestion.id;
  owned['jobs'] = suggestion.job_id;
  owned['subjects'] = 'attachment';
  owned['instances'] = 'instance-of-site-a';
  await sidecar.call('GET', '/v1/status', undefined, { headers: { 'altsmith-instance': 'instance-of-site-a' } });
  owned['runs'] = (await sidecar.call('POST', '/v1/runs', { name: 'a' })).body.run.id;
});
afterAll(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };
/** A body that each route accepts, so that a refusal is about the key or the id and nothing else. */
const BODIES: Record<string, object> = {
  'POST /v1/jobs': { image_sha256: SHA, subject: { type: 'attachment', id: '9' } },
  'POST /v1/suggestions/{id}/decision': { action: 'reject', by, version: 1 },
  'POST /v1/suggestions/{id}/write-back': { outcome: 'gone', before: {}, after: {} },
  'POST /v1/decisions': { decisions: [{ suggestion_id: 'sug_x', action: 'reject', by, version: 1 }] },
  'POST /v1/runs': { name: 'x' },
  'POST /v1/instances/{id}': { answer: 'copy' },
  'PUT /v1/webhook': { url: 'https://example.com/hook' },
};

const nameOf = (route: Route) => `${route.method.toUpperCase()} ${route.path}`;
const pathOf = (route: Route, id: string) =>
  route.path.replace('{sha256}', id).replace(/\{\w+\}/g, id) + (route.path.endsWith('/image') ? '?token=1' : '');
const send = (route: Route, key: string | null, id = SHA): Promise<Answer> =>
  sidecar.call(route.method.toUpperCase(), pathOf(route, id), BODIES[nameOf(route)], {
    key,
    headers: {
      'x-request-id': 'the-same-one',
      'altsmith-site': 'example.com',
      ...(key === null ? { 'x-forwarded-for': '203.0.113.1' } : {}),
    },
  });
const routes = (access: Route['access']) => OWN.filter((route) => route.access === access);
const table = (list: readonly Route[]) => list.map((route): [string, Route] => [nameOf(route), route]);

test('the table holds every route once', () => {
  const names = ROUTES.map(nameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(OWN.length).toBeGreaterThan(40);
});

test.each(table(OWN.filter((route) => route.access !== 'open' && route.access !== 'optional')))(
  '%s wants a key',
  async (_name, route) => {
    const refused = await send(route, null);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    for (const name of ['nonsense', 'wrong secret', 'revoked', 'expired']) {
      const answer = await send(route, keys[name]!);
      expect([name, answer.status, answer.headers.get('content-type')]).toEqual([
        name,
        // Many wrong keys in a row are told to wait; they are refused either way.
        [401, 429].includes(answer.status) ? answer.status : 401,
        'application/json; charset=utf-8',
      ]);
    }
  },
);

test.each(table(OWN.filter((route) => ['site', 'worker', 'admin'].includes(route.access))))(
  '%s wants a key of its own scope',
  async (_name, route) => {
    for (const scope of ['site', 'worker', 'admin'].filter((one) => one !== route.access)) {
      const answer = await send(route, keys[scope]!);
      expect([scope, answer.status]).toEqual([scope, 403]);
      if (route.method !== 'head') expect(answer.body.error.code).toBe('SCOPE_MISSING');
    }
  },
);

test.each(table([...routes('open'), ...routes('optional')]))('%s needs no key', async (_name, route) => {
  // Without a key it takes a code instead, and this is none.
  const expected = route.path === '/v1/pairings/{code}' ? 404 : 200;
  expect((await send(route, null)).status).toBe(expected);
});

describe('another site’s id answers byte for byte like an unknown one', () => {
  const withId = routes('site').filter((route) => route.path.includes('{'));

  test.each(table(withId))('%s', async (name, route) => {
    const kind = route.path.split('/')[2]!;
    const foreign = owned[kind];
    if (foreign === undefined) throw new Error(`say in this test what a site owns under ${name}`);
    const unknown = foreign.replace(
      /^(\w+_)?.*$/,
      (_all, prefix?: string) =>
        (prefix ?? '') +
        foreign
          .slice((prefix ?? '').length)
          .split('')
          .reverse()
          .join(''),
    );
    if (route.method === 'put') return;
    const [theirs, nobodys] = [
      await send(route, keys['other site']!, foreign),
      await send(route, keys['other site']!, unknown),
    ];
    // Erasing an unknown image, video or subject answers 200: it is recorded for backups that may hold it. So does the preview of that.
    const isErasing = route.method === 'delete' || route.path.endsWith('/erasure');
    expect(theirs.status).toBe(isErasing && ['images', 'videos', 'subjects'].includes(kind) ? 200 : 404);
    expect({ ...theirs, headers: 0 }).toEqual({ ...nobodys, headers: 0 });
    const withoutDate = ({ headers }: Answer) => {
      const kept: string[] = [];
      headers.forEach((value, header) => header !== 'date' && kept.push(`${header}: ${value}`));
      return kept;
    };
    expect(withoutDate(theirs)).toEqual(withoutDate(nobodys));
  });

  test('nothing of site A was touched by all this', async () => {
    const suggestion = (await sidecar.call('GET', `/v1/suggestions/${owned['suggestions']!}`)).body.suggestion;
    expect(suggestion).toMatchObject({ state: 'pending', version: 1 });
    expect((await sidecar.call('GET', `/v1/runs/${owned['runs']!}`)).body.run.state).toBe('running');
  });

  test('lists, feeds, counts, cursors and keys of one site show nothing of another', async () => {
    const other = { key: keys['other site']! };
    for (const route of ['/v1/jobs', '/v1/suggestions', '/v1/runs', '/v1/changes']) {
      expect([route, (await sidecar.call('GET', route, undefined, other)).body.items]).toEqual([route, []]);
    }
    expect((await sidecar.call('GET', '/v1/status', undefined, other)).body.queue).toEqual({ waiting: 0, running: 0 });
    const { next } = (await sidecar.call('GET', '/v1/changes')).body;
    expect((await sidecar.call('GET', `/v1/changes?after=${next}`, undefined, other)).body.items).toEqual([]);
    const body = { image_sha256: owned['images'], subject: { type: 'attachment', id: '1' } };
    expect((await sidecar.call('POST', '/v1/jobs', body, other)).body.error.code).toBe('IMAGE_UNKNOWN');
    await sidecar.call('PUT', `/v1/images/${owned['images']!}`, samplePng(1).bytes, other);
    const run = await sidecar.call('POST', '/v1/jobs', { ...body, run_id: owned['runs'] }, other);
    expect(run.body.error.code).toBe('NOT_FOUND');
    const bulk = { decisions: [{ suggestion_id: owned['suggestions'], action: 'reject', by, version: 1 }] };
    expect((await sidecar.call('POST', '/v1/decisions', bulk, other)).body.items[0].error.code).toBe('NOT_FOUND');
    const same = { ...other, headers: { 'idempotency-key': 'k' } };
    const first = await sidecar.call('POST', '/v1/jobs', body, { headers: { 'idempotency-key': 'k' } });
    const second = await sidecar.call('POST', '/v1/jobs', body, same);
    expect(second.status).toBe(202);
    expect(second.body.job.id).not.toBe(first.body.job.id);
  });
});
