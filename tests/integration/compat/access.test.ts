import fc from 'fast-check';
import { COMPAT_ROUTES } from '../../../server/http/compat/faces';
import { KeyStore } from '../../../server/sites/key-store';
import { SiteStore } from '../../../server/sites/site-store';
import { openDatabase } from '../../../server/storage/database';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const picture = samplePng(1);
const dataUri = `data:image/png;base64,${picture.bytes.toString('base64')}`;

let sidecar: TestSidecar;
const keys: Record<string, string> = {};
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const store = new KeyStore(storage);
  const siteId = store.check(sidecar.key)!.siteId;
  keys['worker'] = store.create({ scope: 'worker', siteId: null, name: 'w' }).text;
  keys['admin'] = store.create({ scope: 'admin', siteId: null, name: 'a' }).text;
  const revoked = store.create({ scope: 'site', siteId, name: 'r' });
  store.revoke(revoked.id);
  keys['revoked'] = revoked.text;
  storage.close();
});
afterAll(() => sidecar.remove());

const pathOf = (path: string) => path.replace('{*rest}', 'any/thing').replace(/\{\w+\}/g, 'unknown');
const ROUTES = COMPAT_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);

/** Wrong keys from one address are slowed down after 20 a minute; a restart forgets them. */
const ROUTES_A_SIDECAR = 9;
let routesAsked = 0;

test.each(ROUTES)('%s asks for a site key, in its own words', async (_name, route) => {
  routesAsked += 1;
  if (routesAsked % ROUTES_A_SIDECAR === 0) {
    await sidecar.stop();
    sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  }
  const call = (key: string | null) =>
    sidecar.call(route.method.toUpperCase(), pathOf(route.path), route.method === 'get' ? undefined : {}, { key });
  const missing = await call(null);
  const statuses = [
    missing.status,
    (await call('alt_0000000000000000_wrong')).status,
    (await call(keys['revoked']!)).status,
    (await call(keys['worker']!)).status,
    (await call(keys['admin']!)).status,
  ];
  expect(statuses).toEqual([401, 401, 401, 403, 403]);
  const { body } = missing;
  const sentence = body.error?.message ?? body.error ?? body.detail ?? body.message;
  expect(sentence).toEqual(expect.stringContaining('key'));
});

describe('whatever the body is', () => {
  const POSTS = ROUTES.filter(([, route]) => route.method === 'post' && !route.path.endsWith('/cancel'));
  const names = fc.constantFrom(
    ...['messages', 'input', 'inputs', 'image', 'images', 'image_url', 'prompt', 'question', 'model', 'stream', 'n'],
    ...['role', 'content', 'type', 'text', 'url', 'version', 'max_tokens', 'options', 'parameters', '__proto__'],
  );
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      dataUri,
      'user',
      'text',
      'image_url',
      'http://127.0.0.1/',
      '',
      null,
      true,
      2 ** 53,
      -1,
      0.5,
    ),
    fc.string({ maxLength: 30 }),
  );
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(names, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  const raw = fc.oneof(
    { weight: 4, arbitrary: value.map((body) => JSON.stringify(body)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.constantFrom('', '{', '[[[[', '\ufeff{}', '['.repeat(5000), '{"messages":[{}]}') },
  );

  test.each(POSTS)('%s answers 2xx, 4xx or 429, with JSON of its own', async (_name, route) => {
    await fc.assert(
      fc.asyncProperty(
        raw,
        fc.constantFrom('application/json', 'text/plain', 'multipart/form-data'),
        async (body, type) => {
          const answer = await sidecar.call('POST', pathOf(route.path), body, { headers: { 'content-type': type } });
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400) expect(typeof answer.body).toBe('object');
        },
      ),
      { numRuns: 15, seed: 1 },
    );
  });
});

describe('another site’s run or picture answers like an unknown one', () => {
  const OWNED = ROUTES.filter(([, { path }]) => /\{(id|sha256)\}/.test(path) && !path.startsWith('/v1/models'));
  let run = '';
  beforeAll(async () => {
    const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
    const siteId = new SiteStore(storage).create('other').id;
    keys['other site'] = new KeyStore(storage).create({ scope: 'site', siteId, name: 'o' }).text;
    storage.close();
    const wish = { version: '1', input: { image: dataUri } };
    const { body } = await sidecar.call('POST', '/replicate/v1/predictions', wish, { headers: { prefer: 'wait' } });
    expect(body.status).toBe('succeeded');
    run = body.id;
  });

  test('there are such routes in each API that keeps runs', () => {
    expect(new Set(OWNED.map(([, { face }]) => face!.name))).toEqual(new Set(['replicate', 'eachlabs', 'modelrunner']));
  });

  test.each(OWNED)('%s', async (_name, route) => {
    const isFile = route.path.includes('{sha256}');
    const [own, none] = isFile ? [picture.sha256, 'f'.repeat(64)] : [run, 'f'.repeat(run.length)];
    const send = (id: string, key: string) =>
      sidecar.call(
        route.method.toUpperCase(),
        route.path.replace(/\{(id|sha256)\}/, id).replace(/\{\w+\}/g, 'x'),
        undefined,
        {
          key,
        },
      );
    expect((await send(own, sidecar.key)).status).toBeLessThan(300);
    const [foreign, unknown] = [await send(own, keys['other site']!), await send(none, keys['other site']!)];
    expect(foreign.status).toBe(404);
    expect({ ...foreign, headers: 0 }).toEqual({ ...unknown, headers: 0 });
  });
});

test('nothing was logged that a client sent', () => {
  expect(sidecar.logLines.join('')).not.toContain(dataUri.slice(30, 80));
});
