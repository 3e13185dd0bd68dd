import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start()));
afterAll(() => sidecar.remove());

const wish = (number: number, more: object = {}) => ({
  image_sha256: samplePng(number).sha256,
  subject: { type: 'attachment', id: `bulk ${number}` },
  idempotency_key: `key-${number}`,
  ...more,
});
const send = (jobs: object[]) => sidecar.call('POST', '/v1/jobs/bulk', { jobs });
const ids = (answer: { body: any }) => answer.body.items.map((item: any) => item.id ?? item.job?.id);

test('of many jobs each gets its own answer, and one that is refused stops no other', async () => {
  for (const number of [1, 2, 3]) await sidecar.putImage(samplePng(number));
  const answer = await send([wish(1), wish(9), wish(2), wish(1), wish(3, { idempotency_key: 'key-2' })]);
  expect(answer.status).toBe(200);
  expect(answer.body.items.map((item: any) => item.is_new ?? item.error.code)).toEqual([
    true,
    'IMAGE_UNKNOWN',
    true,
    false,
    'IDEMPOTENCY_CONFLICT',
  ]);
  const keys = answer.body.items.map((item: any) => item.idempotency_key);
  expect(keys).toEqual(['key-1', 'key-9', 'key-2', 'key-1', 'key-2']);
  expect(answer.body.items[3].job.id).toBe(answer.body.items[0].job.id);
});

test('a bulk request that is sent again stores nothing twice', async () => {
  const jobs = Array.from({ length: 60 }, (_, index) => wish(100 + index));
  for (let index = 0; index < 60; index += 1) await sidecar.putImage(samplePng(100 + index));
  const first = await send(jobs);
  expect(first.body.items.every((item: any) => item.is_new)).toBe(true);
  const again = await send(jobs);
  expect(again.body.items.some((item: any) => item.is_new)).toBe(false);
  expect(ids(again)).toEqual(ids(first));
});

test('501 jobs, none, and a job without a key are refused', async () => {
  const many = Array.from({ length: 501 }, () => wish(1));
  const withoutKey = { ...wish(1), idempotency_key: undefined };
  for (const jobs of [many, [], [withoutKey]]) {
    expect(await send(jobs)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  }
});

test('jobs are listed from both ends, page by page, and counted', async () => {
  const all = await sidecar.call('GET', '/v1/jobs?limit=200&total=1');
  expect(all.body).toMatchObject({ total: all.body.items.length, capped: false, next: null });
  const newest: string[] = [];
  for (let after = ''; ;) {
    const page = await sidecar.call('GET', `/v1/jobs?sort=newest&limit=7${after}`);
    newest.push(...ids(page));
    if (page.body.next === null) break;
    after = `&after=${page.body.next}`;
  }
  expect(newest).toEqual(ids(all).reverse());
  expect(all.body.items.length).toBeGreaterThan(60);
});

test('what is not asked for is not counted', async () => {
  for (const list of ['jobs', 'suggestions']) {
    expect(Object.keys((await sidecar.call('GET', `/v1/${list}`)).body).sort()).toEqual(['items', 'next']);
  }
});

test('a list of suggestions is counted, and a search up to 10,000', async () => {
  const { alt_text } = (await sidecar.suggest(samplePng(500), 'counted')).fields;
  const [word] = alt_text.split(' ');
  const of = async (query: string) => (await sidecar.call('GET', `/v1/suggestions?total=1&limit=1${query}`)).body;
  expect(await of(`&q=${encodeURIComponent(word)}`)).toMatchObject({ capped: false, total: expect.any(Number) });
  expect((await of('&q=counted')).total).toBe(1);
  expect((await of('&q=nothinglikeit')).total).toBe(0);
  expect((await of('')).total).toBeGreaterThan(0);
});
