import { openDatabase } from '../../../../server/storage/database';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar, type Answer } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };
const LIVE = { 'altsmith-instance': 'instance-of-the-live-site', 'altsmith-site': 'example.com' };
const COPY = { 'altsmith-instance': 'instance-of-the-staging', 'altsmith-site': 'staging.example.com' };

/** A call as an installation sends it. */
function as(headers: Readonly<Record<string, string>>, method: string, route: string, body?: unknown): Promise<Answer> {
  return sidecar.call(method, route, body, { headers });
}

async function suggestAs(headers: Readonly<Record<string, string>>, seed: number, more = {}): Promise<any> {
  const image = samplePng(seed);
  await sidecar.putImage(image, { headers });
  const wish = { image_sha256: image.sha256, subject: { type: 'attachment', id: String(seed) }, ...more };
  const { status, body } = await as(headers, 'POST', '/v1/jobs', wish);
  if (status > 202) throw new Error(JSON.stringify(body));
  const done = await as(headers, 'GET', `/v1/jobs/${body.job.id}?wait=20`);
  return (await as(headers, 'GET', `/v1/suggestions/${done.body.job.suggestion_id}`)).body.suggestion;
}

const DAY_MS = 86_400_000;

/** Known since then, and never seen again. */
function addInstances(count: number, createdAt: number): void {
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  storage
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO instances (site_id, number, id, created_at) SELECT sites.id, i + 9, 'instance-number-' || i, ? FROM n, sites`,
    )
    .run(count, createdAt);
  storage.close();
}

async function logIn(): Promise<Record<string, string>> {
  const { headers, body } = await sidecar.call('POST', '/console/session', { key: sidecar.key }, { key: null });
  return {
    cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    'x-altsmith-console': `site.${body.pad}`,
  };
}

test('an instance sees only its own jobs, suggestions, runs, totals and feed', async () => {
  const run = await as(LIVE, 'POST', '/v1/runs', { name: 'all' });
  const suggestion = await suggestAs(LIVE, 1, { run_id: run.body.run.id });
  expect(suggestion.instance).toBe(LIVE['altsmith-instance']);
  const { id, job_id, run_id } = suggestion;
  sidecar.engine.ready = false;
  await sidecar.putImage(samplePng(2), { headers: LIVE });
  await as(LIVE, 'POST', '/v1/jobs', { image_sha256: samplePng(2).sha256, subject: { type: 'attachment', id: '2' } });

  for (const stranger of [COPY, {}]) {
    const items = async (route: string) => (await as(stranger, 'GET', route)).body.items;
    expect(await items('/v1/suggestions')).toEqual([]);
    expect(await items('/v1/jobs')).toEqual([]);
    expect(await items('/v1/runs')).toEqual([]);
    expect(await items('/v1/changes')).toEqual([]);
    expect((await as(stranger, 'GET', '/v1/status')).body.queue).toEqual({ waiting: 0, running: 0 });
    const calls: [string, string, unknown?][] = [
      ['GET', `/v1/suggestions/${id}`],
      ['GET', `/v1/jobs/${job_id}`],
      ['GET', `/v1/runs/${run_id}`],
      ['POST', `/v1/runs/${run_id}/undo`],
      ['POST', `/v1/jobs/${job_id}/cancel`],
      ['POST', `/v1/suggestions/${id}/decision`, { action: 'approve', by, version: 1 }],
      ['POST', `/v1/suggestions/${id}/write-back`, { outcome: 'gone', before: {}, after: {} }],
    ];
    for (const [method, route, body] of calls) {
      expect({ route, ...(await as(stranger, method, route, body)) }).toMatchObject({ route, status: 404 });
    }
    const wish = { image_sha256: samplePng(1).sha256, subject: { type: 'attachment', id: '9' }, run_id };
    expect((await as(stranger, 'POST', '/v1/jobs', wish)).status).toBe(404);
  }
  expect((await as(LIVE, 'GET', '/v1/changes')).body.items).toHaveLength(1);
  const { waiting, running } = (await as(LIVE, 'GET', '/v1/status')).body.queue;
  expect(Number(waiting) + Number(running)).toBe(1);
});

test('two instances with the same subjects and names of requests do not meet', async () => {
  const image = samplePng(1);
  await sidecar.putImage(image);
  const wish = { image_sha256: image.sha256, subject: { type: 'attachment', id: '7' } };
  const ask = (headers: Readonly<Record<string, string>>) =>
    as({ ...headers, 'idempotency-key': '7' }, 'POST', '/v1/jobs', wish);
  const first = await ask(LIVE);
  const second = await ask(COPY);
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body.job.id).not.toBe(first.body.job.id);
  expect((await ask(LIVE)).body.job.id).toBe(first.body.job.id);
  for (const [headers, job] of [
    [LIVE, first],
    [COPY, second],
  ] as const) {
    await as(headers, 'GET', `/v1/jobs/${job.body.job.id}?wait=20`);
    const { items } = (await as(headers, 'GET', '/v1/suggestions?state=pending')).body;
    // Neither superseded the other's, and the same words for the same picture elsewhere are no second use.
    expect(items).toMatchObject([{ subject: { id: '7' }, flags: [] }]);
  }
});

test('the console sees and decides what every instance of the site has', async () => {
  const one = await suggestAs(LIVE, 1);
  const other = await suggestAs(COPY, 2);
  const plain = await suggestAs({}, 3);
  const page = await logIn();
  const call = (method: string, route: string, body?: unknown) =>
    sidecar.call(method, route, body, { key: null, headers: page });
  const { items } = (await call('GET', '/v1/suggestions')).body;
  expect(items.map((item: any) => [item.id, item.instance])).toEqual([
    [one.id, LIVE['altsmith-instance']],
    [other.id, COPY['altsmith-instance']],
    [plain.id, null],
  ]);
  const decided = await call('POST', `/v1/suggestions/${other.id}/decision`, { action: 'approve', by, version: 1 });
  expect(decided.body.suggestion.state).toBe('approved');
  const news = (await as(COPY, 'GET', '/v1/changes')).body.items;
  expect(news.map((entry: any) => entry.type)).toEqual(['suggestion.created', 'suggestion.decided']);
  expect((await as(LIVE, 'GET', '/v1/changes')).body.items).toHaveLength(1);
});

test.each(['https://www.example.com/', 'http://example.com:8080', 'Example.com'])(
  'the live site is the same behind %s',
  async (address) => {
    expect((await as(LIVE, 'GET', '/v1/suggestions')).status).toBe(200);
    const server = { ...LIVE, 'altsmith-site': address, 'x-forwarded-for': '203.0.113.9' };
    expect((await as(server, 'GET', '/v1/suggestions')).status).toBe(200);
    // WP-CLI and a cron run may not know the address.
    expect((await as({ 'altsmith-instance': LIVE['altsmith-instance'] }, 'GET', '/v1/suggestions')).status).toBe(200);
  },
);

test('one instance that speaks for two addresses is asked about, and the first goes on', async () => {
  await suggestAs(LIVE, 1);
  const moved = { ...LIVE, 'altsmith-site': 'copy.example.com' };
  for (const route of ['/v1/status', '/v1/suggestions', '/v1/changes', '/v1/jobs']) {
    const { status, body } = await as(moved, 'GET', route);
    expect({ route, status, code: body.error.code }).toEqual({ route, status: 409, code: 'INSTANCE_CONFLICT' });
    expect(body.error.details).toMatchObject({ address: 'example.com', other_address: 'copy.example.com' });
  }
  const wish = { image_sha256: samplePng(1).sha256, subject: { type: 'attachment', id: '8' } };
  expect((await as(moved, 'POST', '/v1/jobs', wish)).status).toBe(409);
  expect((await as(LIVE, 'GET', '/v1/suggestions')).body.items).toHaveLength(1);
});

test('of two copies of one database the second that goes on from the same turn is asked, until the owner answers', async () => {
  const turn = (last: string, next: string) =>
    as({ ...LIVE, 'altsmith-turn': `${last} ${next}` }, 'GET', '/v1/changes');
  const one = (number: number) => `${number}.aaaaaaaa`;
  const other = (number: number) => `${number}.bbbbbbbb`;
  expect((await turn(one(7), one(8))).status).toBe(200);
  expect((await turn(one(7), one(8))).status).toBe(200); // Sent again, as after a lost answer.
  expect((await turn(one(8), one(9))).status).toBe(200);
  expect((await turn(one(8), other(9))).body.error).toMatchObject({
    code: 'INSTANCE_CONFLICT',
    details: { address: 'example.com', reason: 'turn' },
  });
  expect((await turn(one(9), one(10))).status).toBe(200);
  expect((await turn(one(5), other(6))).status).toBe(409);
  // A turn ahead of the stored one is accepted: the sidecar may have been restored from an old backup.
  expect((await turn(one(30), one(31))).status).toBe(200);
  expect((await turn('1', '2')).body.error.code).toBe('BAD_REQUEST');

  const copy = () => as(LIVE, 'POST', `/v1/instances/${LIVE['altsmith-instance']}`, { answer: 'copy' });
  const { instance } = (await copy()).body;
  expect(instance).toMatchObject({ id: expect.not.stringMatching(LIVE['altsmith-instance']), address: 'example.com' });
  expect((await copy()).body.instance.id).toBe(instance.id);
  expect((await turn(one(5), other(6))).status).toBe(409); // Of the same instance, so still refused.

  await as(LIVE, 'POST', `/v1/instances/${LIVE['altsmith-instance']}`, { answer: 'moved' });
  expect((await turn(other(9), other(10))).status).toBe(200);
  expect((await turn(one(31), one(32))).status).toBe(200); // Ahead of the stored one, so accepted.
  expect((await turn(other(10), other(11))).status).toBe(409);
});

test('a staging site that is made anew from the live one takes its turns from the start', async () => {
  await suggestAs(LIVE, 1);
  const staging = { ...LIVE, 'altsmith-site': 'staging.example.com' };
  const copy = async () =>
    (await as(staging, 'POST', `/v1/instances/${LIVE['altsmith-instance']}`, { answer: 'copy' })).body.instance.id;
  const turn = (id: string, turns: string) =>
    as({ ...staging, 'altsmith-instance': id, 'altsmith-turn': turns }, 'GET', '/v1/changes');
  const id = await copy();
  expect((await turn(id, '90.aaaaaaaa 91.aaaaaaaa')).status).toBe(200);
  expect(await copy()).toBe(id);
  expect((await turn(id, '40.bbbbbbbb 41.bbbbbbbb')).status).toBe(200);
});

test('moved: the instance keeps its queue under the new address', async () => {
  await suggestAs(LIVE, 1);
  const moved = { ...LIVE, 'altsmith-site': 'new.example.com' };
  const settle = () => as(moved, 'POST', `/v1/instances/${LIVE['altsmith-instance']}`, { answer: 'moved' });
  expect(await settle()).toMatchObject({
    status: 200,
    body: { instance: { id: LIVE['altsmith-instance'], address: 'new.example.com' } },
  });
  expect((await settle()).status).toBe(200);
  expect((await as(moved, 'GET', '/v1/suggestions')).body.items).toHaveLength(1);
  expect((await as(LIVE, 'GET', '/v1/suggestions')).body.error.code).toBe('INSTANCE_CONFLICT');
});

test('copy: another instance with an empty queue, the same one however often it is asked for', async () => {
  const original = await suggestAs(LIVE, 1);
  const copied = { ...LIVE, 'altsmith-site': 'copy.example.com' };
  const settle = () => as(copied, 'POST', `/v1/instances/${LIVE['altsmith-instance']}`, { answer: 'copy' });
  const { instance } = (await settle()).body;
  expect(instance).toMatchObject({ address: 'copy.example.com' });
  expect(instance.id).not.toBe(LIVE['altsmith-instance']);
  expect((await settle()).body.instance.id).toBe(instance.id);
  const copy = { 'altsmith-instance': instance.id, 'altsmith-site': 'copy.example.com' };
  expect((await as(copy, 'GET', '/v1/suggestions')).body.items).toEqual([]);
  const own = await suggestAs(copy, 1);
  expect(own.id).not.toBe(original.id);
  expect((await as(LIVE, 'GET', `/v1/suggestions/${original.id}`)).body.suggestion.state).toBe('pending');
});

test('a site has a thousand installations at most, and those it has go on', async () => {
  await as(LIVE, 'GET', '/v1/status');
  addInstances(999, Date.now() - 29 * DAY_MS);
  expect((await as(COPY, 'GET', '/v1/status')).body.error.code).toBe('INSTANCES_FULL');
  expect((await as(LIVE, 'GET', '/v1/status')).status).toBe(200);
});

test('installations of which nothing is kept and nothing was heard for a month make room, and no other does', async () => {
  await as(LIVE, 'GET', '/v1/status');
  const shop = { 'altsmith-instance': 'instance-of-a-shop', 'altsmith-site': 'shop.example.com' };
  const suggestion = await suggestAs(shop, 1);
  const withRun = { 'altsmith-instance': 'instance-with-a-run', 'altsmith-site': 'run.example.com' };
  const run = (await as(withRun, 'POST', '/v1/runs', { name: 'all of it' })).body.run;
  addInstances(997, Date.now() - 31 * DAY_MS);
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  storage.db.exec('UPDATE instances SET seen_at = 0, created_at = 0');
  storage.close();
  expect((await as(COPY, 'GET', '/v1/status')).status).toBe(200);
  const left = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const known = left.db.prepare<[], string>('SELECT id FROM instances ORDER BY number').pluck().all();
  left.close();
  // The highest number stays, so that none is given twice.
  expect(known).toEqual([
    shop['altsmith-instance'],
    withRun['altsmith-instance'],
    'instance-number-997',
    COPY['altsmith-instance'],
  ]);
  expect((await as(shop, 'GET', `/v1/suggestions/${suggestion.id}`)).status).toBe(200);
  expect((await as(withRun, 'GET', `/v1/runs/${run.id}`)).status).toBe(200);
});

test('an answer needs a known instance and the address it is about', async () => {
  const answer = (headers: Readonly<Record<string, string>>, id: string) =>
    as(headers, 'POST', `/v1/instances/${id}`, { answer: 'moved' });
  expect((await answer(LIVE, 'an-unknown-instance')).status).toBe(404);
  await as(LIVE, 'GET', '/v1/status');
  expect((await answer({}, LIVE['altsmith-instance'])).status).toBe(400);
});

test.each([
  [{ 'altsmith-instance': 'short' }],
  [{ 'altsmith-instance': 'has spaces in it' }],
  [{ 'altsmith-instance': 'a'.repeat(65) }],
  [{ ...LIVE, 'altsmith-site': 'exa mple' }],
])('headers that make no sense are refused: %j', async (headers) => {
  expect(await as(headers, 'GET', '/v1/suggestions')).toMatchObject({
    status: 400,
    body: { error: { code: 'BAD_REQUEST' } },
  });
});

test('jobs of a run are listed for its own installation, and for an administrator of the site with all others', async () => {
  const [mine, theirs] = ['a-run-of-mine', 'a-run-of-theirs'].map((id) => ({ headers: { 'altsmith-instance': id } }));
  const image = samplePng(77);
  const run = (await sidecar.call('POST', '/v1/runs', { name: 'mine' }, mine)).body.run.id;
  await sidecar.putImage(image, mine);
  const wish = { image_sha256: image.sha256, subject: { type: 'attachment', id: 'in a run' }, run_id: run };
  const { job } = (await sidecar.call('POST', '/v1/jobs', wish, mine)).body;
  await sidecar.call('GET', `/v1/jobs/${job.id}?wait=20`, undefined, mine);
  const listed = async (options: object) =>
    (await sidecar.call('GET', `/v1/jobs?run_id=${run}`, undefined, options)).body.items.map(({ id }: any) => id);
  expect(await listed(mine!)).toEqual([job.id]);
  expect(await listed(theirs!)).toEqual([]);
  expect((await sidecar.call('GET', `/v1/runs/${run}`, undefined, mine)).body.run.jobs.done).toBe(1);
});
