import fc from 'fast-check';
import { CATALOGUE } from '../../../../server/errors';
import type { Route } from '../../../../server/http/route';
import { ROUTES } from '../../../../server/http/route-table';
import { KeyStore } from '../../../../server/sites/key-store';
import { openDatabase } from '../../../../server/storage/database';
import { sendRaw, type RawAnswer } from '../../../support/http-request';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

/** Requests a route; the seed is fixed, so that a failure can be repeated. */
const RUNS = 60;
const SEED = 20_260_301;

let sidecar: TestSidecar;
const keys: Record<string, string> = {};
const ids: string[] = [
  '',
  '%',
  '%00',
  '..%2f..',
  '%2e%2e',
  'ä',
  '%E0%A4%A',
  'a'.repeat(300),
  '__proto__',
  'constructor',
  '0',
];

beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_LOG_LEVEL: 'error', PATH: process.env['PATH'] ?? '' } });
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  for (const scope of ['worker', 'admin'] as const) {
    keys[scope] = new KeyStore(storage).create({ scope, siteId: null, name: scope }).text;
  }
  storage.close();
  keys['site'] = sidecar.key;
  const suggestion = await sidecar.suggest(samplePng(1), '1');
  const run = (await sidecar.call('POST', '/v1/runs', { name: 'r' })).body.run;
  ids.push(suggestion.id, suggestion.job_id, suggestion.image_sha256, run.id);
});
afterAll(() => sidecar.remove());

/** JSON of the wrong kind, of the right names with wrong values, too deep, too large, or none at all. */
const names = [
  'image_sha256',
  'subject',
  'type',
  'id',
  'fields',
  'context',
  'locale',
  'current',
  'priority',
  'run_id',
  'action',
  'values',
  'by',
  'version',
  'decisions',
  'outcome',
  'before',
  'after',
  'name',
  'url',
  'image',
  'beams',
  'token',
  'result',
  'wait',
  'model',
  'alt_text',
  'scope',
  '__proto__',
  'constructor',
  'toString',
];
const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    -1,
    0,
    1e308,
    2 ** 53,
    '',
    '\0',
    '\ud800',
    '‮abc',
    'a'.repeat(70_000),
    [],
    {},
    [[[[]]]],
    true,
  ),
  fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 }),
);
const body = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc
        .dictionary(fc.constantFrom(...names), oddValue, { maxKeys: 8 })
        .map((value) => JSON.stringify(value)),
    },
    { weight: 2, arbitrary: oddValue.map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '[',
        '{"a":',
        '\ufeff{}',
        '{"a":1,"a":2}',
        'nul',
        '"',
        `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
        '',
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
  )
  .map((text) => Buffer.from(text));
const bytes = fc.oneof(
  body,
  fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array)),
  fc.constantFrom(samplePng(2).bytes, samplePng(2).bytes.subarray(0, 30), Buffer.from('<svg/>')),
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'after',
        'limit',
        'wait',
        'state',
        'flag',
        'q',
        'sort',
        'run_id',
        'min_confidence',
        'token',
        'beams',
        'question',
        'x',
        '__proto__',
        'limit[]',
        'limit[a]',
      ),
      fc.constantFrom(
        '',
        '0',
        '-1',
        '1e9',
        'NaN',
        'null',
        '%00',
        '%',
        '%ff',
        'a%20b',
        'approved',
        'oldest',
        '0.1',
        '9'.repeat(400),
      ),
    ),
    { maxLength: 5 },
  )
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-16',
      'application/json;;',
      'text/html',
      'multipart/form-data; boundary=x',
      '',
      'image/png',
      'application/octet-stream',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'nonsense'),
    'idempotency-key': fc.constantFrom('k', '', 'a'.repeat(300), 'a b', '🦊'.normalize().length.toString()),
    'x-request-id': fc.constantFrom('abcdefgh', '', '<script>', 'a'.repeat(2000)),
    accept: fc.constantFrom('*/*', 'text/html', 'nonsense'),
    range: fc.constantFrom('bytes=0-1', 'bytes=5-1', 'nonsense'),
    'if-none-match': fc.constantFrom('*', '"x"'),
  },
  { requiredKeys: [] },
);

const pathOf = (route: Route, id: string, search: string) =>
  `${route.path.replace(/\{\*?\w+\}/g, () => id)}${search === '' ? '' : `?${search}`}`;

function expectOurKind(answer: RawAnswer, route: Route): void {
  expect(answer.status).toBeLessThan(500);
  expect(answer.status).toBeGreaterThanOrEqual(200);
  if (answer.status < 400 || route.face !== undefined || route.method === 'head') return;
  expect(answer.type).toBe('application/json; charset=utf-8');
  const { error } = JSON.parse(answer.text);
  expect(Object.keys(CATALOGUE)).toContain(error.code);
  expect(error).toMatchObject({
    message: expect.any(String),
    retryable: expect.any(Boolean),
    request_id: expect.any(String),
  });
  expect(answer.text).not.toMatch(/node_modules|\/server\/|at \w+ \(|SQLITE|SELECT /);
}

test.each(ROUTES.map((route): [string, Route] => [`${route.method.toUpperCase()} ${route.path}`, route]))(
  '%s answers whatever is sent, and never breaks',
  async (_name, route) => {
    const key = keys[route.access] ?? keys['site']!;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ids), query, headers, bytes, async (id, search, extra, content) => {
        const hasBody = !['get', 'head'].includes(route.method);
        const answer = await sendRaw(sidecar.url, {
          method: route.method.toUpperCase(),
          // Long polls would make the test long, too.
          path: pathOf(route, id, search.replace(/wait=[^&]*/g, 'wait=0')),
          headers: {
            authorization: `Bearer ${key}`,
            ...extra,
            ...(hasBody ? { 'content-length': String(content.length) } : {}),
          },
          body: hasBody ? content : null,
        });
        expectOurKind(answer, route);
      }),
      { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
  },
  120_000,
);

test('after all this the sidecar works as before, and the rows of others are as they were', async () => {
  expect(await sidecar.suggest(samplePng(77), 'after the storm')).toMatchObject({ state: 'pending' });
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  expect(prototype['alt_text']).toBeUndefined();
});
