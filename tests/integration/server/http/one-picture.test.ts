import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Suggestion } from '../../../../server/contract/suggestion';
import { makeKey } from '../../../support/admin-key';
import { fakeCaption } from '../../../support/fake-engine';
import { pngHeader, samplePng, sha256Of } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start({ env: { ALTSMITH_PRICE_PER_HOUR: '0.36 EUR' } })));
afterAll(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };
const leftovers = () => readdirSync(path.join(sidecar.dataDir, 'tmp'));

test('a picture becomes a job, the job a suggestion, the suggestion an approved and applied text', async () => {
  const image = samplePng(1);
  const put = await sidecar.putImage(image);
  expect(put.status).toBe(201);
  expect(put.body.image).toEqual({
    sha256: image.sha256,
    bytes: image.bytes.length,
    width: 16,
    height: 12,
    media_type: 'image/png',
  });
  expect((await sidecar.putImage(image)).status).toBe(200);
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(200);

  const current = { alt_text: '' };
  const posted = await sidecar.submit(image, '17', { current, context: { file_name: 'IMG_1.png' } });
  expect(posted.status).toBe(202);
  expect(posted.body.job).toMatchObject({ attempts: 0, error: null, suggestion_id: null, priority: 'upload' });
  const { body: ended } = await sidecar.call('GET', `/v1/jobs/${posted.body.job.id}?wait=20`);
  expect(ended.job).toMatchObject({ id: posted.body.job.id, state: 'done', attempts: 1 });

  const { suggestion } = (await sidecar.call('GET', `/v1/suggestions/${ended.job.suggestion_id}`)).body;
  expect(() => Suggestion.parse(suggestion)).not.toThrow();
  expect(suggestion).toMatchObject({
    version: 1,
    state: 'pending',
    subject: { type: 'attachment', id: '17' },
    job_id: posted.body.job.id,
    current,
    values: null,
    model: { id: 'fake', precision: 'fp32', demonstration: false, calibrated: true },
  });
  const words = fakeCaption(image.bytes);
  expect(suggestion.fields.alt_text).toBe(words.charAt(0).toUpperCase() + words.slice(1));

  const approved = await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, {
    action: 'approve',
    values: { alt_text: 'Rex on his boat' },
    by,
    version: 1,
  });
  expect(approved.body.suggestion).toMatchObject({
    state: 'approved',
    version: 2,
    values: { alt_text: 'Rex on his boat' },
    decided_by: by,
  });
  const applied = await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/write-back`, {
    outcome: 'applied',
    before: { alt_text: '' },
    after: { alt_text: 'Rex on his boat' },
  });
  expect(applied.body.suggestion).toMatchObject({ state: 'applied', version: 3 });

  const { body: feed } = await sidecar.call('GET', '/v1/changes');
  expect(feed.items.map((item: any) => item.type)).toEqual([
    'suggestion.created',
    'suggestion.decided',
    'suggestion.written_back',
  ]);
  expect(feed.items[0].suggestion.state).toBe('applied');
});

test('the thumbnail is what the worker wrote, and is only there once it has', async () => {
  const image = samplePng(2);
  await sidecar.putImage(image);
  expect((await sidecar.call('GET', `/v1/images/${image.sha256}/thumbnail`)).status).toBe(404);
  await sidecar.suggest(image, '18');
  const thumbnail = await sidecar.call('GET', `/v1/images/${image.sha256}/thumbnail`);
  expect(thumbnail).toMatchObject({ status: 200, body: 'thumbnail' });
  expect(thumbnail.headers.get('content-type')).toBe('image/webp');
});

test('the same subject, image and model is the same job', async () => {
  const image = samplePng(3);
  const first = await sidecar.submit(image, '19');
  const second = await sidecar.submit(image, '19');
  expect([first.status, second.status]).toEqual([202, 200]);
  expect(second.body.job.id).toBe(first.body.job.id);
  expect((await sidecar.submit(image, '20')).status).toBe(202);
});

test('a caption now stores nothing', async () => {
  const image = samplePng(4);
  const raw = await sidecar.call('POST', '/v1/captions?beams=2', image.bytes);
  expect(raw).toMatchObject({
    status: 200,
    body: { caption: fakeCaption(image.bytes), confidence: expect.any(Number) },
  });
  const base64 = image.bytes.toString('base64');
  for (const body of [base64, `data:image/png;base64,${base64}`]) {
    const answer = await sidecar.call('POST', '/v1/captions', { image: body, max_new_tokens: 9 });
    expect(answer.body.caption).toBe(fakeCaption(image.bytes));
  }
  const asked = await sidecar.call('POST', '/v1/captions', { image: base64, question: 'is it a boat?' });
  expect(asked.body).toMatchObject({ answer: 'yes', model: { id: 'fake' } });
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(404);
  expect(leftovers()).toEqual([]);
  expect(sidecar.engine.requests.at(-2)?.options).toMatchObject({ beams: 3, maxNewTokens: 9 });
});

test('a caption now may be as long as the longest task, and no longer', async () => {
  const { bytes } = samplePng(4);
  const ask = (tokens: number) => sidecar.call('POST', `/v1/captions?max_new_tokens=${tokens}`, bytes);
  expect((await ask(512)).status).toBe(200);
  expect(sidecar.engine.requests.at(-1)?.options).toMatchObject({ maxNewTokens: 512 });
  expect(await ask(513)).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
});

describe('bad input is refused with its own code, and nothing of it stays', () => {
  const good = samplePng(5);
  const cases: [string, () => Promise<{ status: number; body: any }>, number, string][] = [
    ['a wrong hash', () => sidecar.call('PUT', `/v1/images/${'0'.repeat(64)}`, good.bytes), 422, 'HASH_MISMATCH'],
    ['a hash that is none', () => sidecar.call('PUT', '/v1/images/xyz', good.bytes), 400, 'BAD_REQUEST'],
    ['no body', () => sidecar.call('PUT', `/v1/images/${good.sha256}`), 400, 'BODY_MISSING'],
    [
      'text',
      () => sidecar.call('PUT', `/v1/images/${sha256Of(Buffer.from('hi'))}`, 'hi'),
      415,
      'IMAGE_TYPE_UNSUPPORTED',
    ],
    [
      'a picture of two gigapixels',
      () => sidecar.call('PUT', `/v1/images/${good.sha256}`, pngHeader(50_000, 40_000)),
      422,
      'IMAGE_TOO_MANY_PIXELS',
    ],
    ['more bytes than allowed', () => sidecar.putImage(samplePng(6, { padding: 60_000_000 })), 413, 'IMAGE_TOO_LARGE'],
    ['an unknown image', () => sidecar.call('POST', '/v1/jobs', job('f'.repeat(64))), 422, 'IMAGE_UNKNOWN'],
    ['an unknown field', () => sidecar.call('POST', '/v1/jobs', { ...job(good.sha256), x: 1 }), 400, 'BAD_REQUEST'],
    ['JSON that is none', () => json('{"image_sha256": '), 400, 'BAD_REQUEST'],
    [
      'JSON of another charset',
      () => json('{}', 'application/json; charset=iso-8859-1'),
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['a body that is not JSON', () => json('a=b', 'text/plain'), 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a body larger than the route takes', () => json(`{"x":"${'a'.repeat(600_000)}"}`), 413, 'BODY_TOO_LARGE'],
    ['an unknown job', () => sidecar.call('GET', '/v1/jobs/job_nothing'), 404, 'NOT_FOUND'],
    ['an unknown suggestion', () => sidecar.call('GET', '/v1/suggestions/sug_nothing'), 404, 'NOT_FOUND'],
    ['an unknown path', () => sidecar.call('GET', '/v1/nothing'), 404, 'NOT_FOUND'],
    ['a wrong method', () => sidecar.call('DELETE', '/v1/jobs'), 405, 'METHOD_NOT_ALLOWED'],
    ['a cursor that is none', () => sidecar.call('GET', '/v1/changes?after=7'), 400, 'BAD_REQUEST'],
    ['a page too long', () => sidecar.call('GET', '/v1/suggestions?limit=100000'), 400, 'BAD_REQUEST'],
    ['an image that is no base64', () => sidecar.call('POST', '/v1/captions', { image: '<svg/>' }), 400, 'BAD_REQUEST'],
    ['no image to caption', () => sidecar.call('POST', '/v1/captions', {}), 400, 'BAD_REQUEST'],
    ['no key', () => sidecar.call('GET', '/v1/status', undefined, { key: null }), 401, 'KEY_MISSING'],
    ['a wrong key', () => sidecar.call('GET', '/v1/status', undefined, { key: 'alt_x' }), 401, 'KEY_INVALID'],
  ];
  const job = (sha256: string) => ({ image_sha256: sha256, subject: { type: 'attachment', id: '1' } });
  const json = (body: string, type = 'application/json') =>
    sidecar.call('POST', '/v1/jobs', body, { headers: { 'content-type': type } });

  test.each(cases)('%s', async (_name, send, status, code) => {
    const answer = await send();
    expect(answer).toMatchObject({ status, body: { error: { code, retryable: expect.any(Boolean) } } });
    expect(answer.body.error.request_id).toEqual(expect.any(String));
    expect(leftovers()).toEqual([]);
    expect((await sidecar.call('HEAD', `/v1/images/${good.sha256}`)).status).toBe(404);
  });

  test('the answer says where the problem is, not what stood there', async () => {
    const answer = await sidecar.call('POST', '/v1/jobs', {
      ...job(good.sha256),
      subject: { type: 'secret-text'.repeat(9) },
    });
    expect(answer.body.error.details.problems.map((one: any) => one.where)).toEqual([
      'body.subject.type',
      'body.subject.id',
    ]);
    expect(JSON.stringify(answer.body)).not.toContain('secret-text');
  });
});

test('the request id is the one of the log line, and a client may choose it', async () => {
  const answer = await sidecar.call('GET', '/v1/nothing', undefined, { headers: { 'x-request-id': 'my-request-1' } });
  expect(answer.body.error.request_id).toBe('my-request-1');
  expect(answer.headers.get('x-request-id')).toBe('my-request-1');
  const line = sidecar.logLines.map((text) => JSON.parse(text)).find((one) => one.request_id === 'my-request-1');
  expect(line).toMatchObject({ path: '/v1/nothing', status: 404 });
  const odd = await sidecar.call('GET', '/v1/nothing', undefined, { headers: { 'x-request-id': 'a b' } });
  expect(odd.body.error.request_id).not.toBe('a b');
});

test('no log line holds a key', async () => {
  await sidecar.call('GET', '/v1/status');
  const secret = sidecar.key.split('_').slice(2).join('_');
  expect(sidecar.logLines.length).toBeGreaterThan(10);
  expect(sidecar.logLines.filter((line) => line.includes(secret))).toEqual([]);
});

test('the first key stands alone on the last line of a file that only the owner reads', () => {
  const file = path.join(sidecar.dataDir, 'first-key.txt');
  expect(existsSync(file)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(sidecar.key).toMatch(/^alt_[0-9a-f]{16}_[\w-]{43}$/);
});

test('the status tells model, queue and site', async () => {
  const { body } = await sidecar.call('GET', '/v1/status');
  expect(body).toMatchObject({
    model: { id: 'fake' },
    ready: true,
    problems: [],
    queue: { waiting: expect.any(Number), running: expect.any(Number) },
    seconds_per_image: 0.5,
    cost: { per_hour: 0.36, currency: 'EUR', per_image: expect.closeTo(0.00005) },
    site: { name: 'default' },
  });
});

test('a model that cannot be loaded: pictures are taken and wait, and the reason is told', async () => {
  const { engine } = sidecar;
  engine.ready = false;
  engine.problem = { code: 'MODEL_FILE_MISSING', message: 'A file of the model is missing.' };
  const readiness = await sidecar.call('GET', '/readyz', undefined, { key: makeKey(sidecar.dataDir, 'metrics') });
  expect(readiness).toMatchObject({ status: 503, body: { ready: false, problems: [{ code: 'MODEL_FILE_MISSING' }] } });
  const image = samplePng(8);
  expect((await sidecar.call('POST', '/v1/captions', image.bytes)).body.error.code).toBe('MODEL_FILE_MISSING');
  const { body } = await sidecar.submit(image, '30');
  expect(body.job.state).toBe('waiting');
  engine.ready = true;
  engine.problem = null;
  const ended = await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`);
  expect(ended.body.job.state).toBe('done');
});
