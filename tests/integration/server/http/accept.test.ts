import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start()));
afterAll(() => sidecar.remove());

const job = (seed: number, id: string) => ({
  image_sha256: samplePng(seed).sha256,
  subject: { type: 'attachment', id },
});
const send = (body: object, key: string) =>
  sidecar.call('POST', '/v1/jobs', body, { headers: { 'idempotency-key': key } });

describe('an Idempotency-Key', () => {
  test('gives the same job to the same request, however often it is sent, also at once', async () => {
    await sidecar.putImage(samplePng(1));
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(job(1, '1'), 'upload-1')));
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array.from({ length: 9 }, () => 200), 202]);
    expect(new Set(answers.map((answer) => answer.body.job.id)).size).toBe(1);
  });

  test('does not care in which order the fields stand', async () => {
    await sidecar.putImage(samplePng(2));
    const first = await send({ ...job(2, '2'), locale: 'en' }, 'upload-2');
    const again = await send(
      { locale: 'en', subject: { id: '2', type: 'attachment' }, image_sha256: samplePng(2).sha256 },
      'upload-2',
    );
    expect(again.body.job.id).toBe(first.body.job.id);
  });

  test('used for something else is a conflict, and changes nothing', async () => {
    await sidecar.putImage(samplePng(3));
    await send(job(3, '3'), 'upload-3');
    const other = await send(job(3, 'other'), 'upload-3');
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'IDEMPOTENCY_CONFLICT' } } });
  });

  test('of a request that was refused can be used again', async () => {
    expect((await send(job(4, '4'), 'upload-4')).body.error.code).toBe('IMAGE_UNKNOWN');
    await sidecar.putImage(samplePng(4));
    expect((await send(job(4, '4'), 'upload-4')).status).toBe(202);
  });

  test('that is no name is refused', async () => {
    expect((await send(job(1, '1'), 'x'.repeat(300))).body.error.code).toBe('BAD_REQUEST');
    expect((await send(job(1, '1'), 'two words')).body.error.code).toBe('BAD_REQUEST');
  });

  test('answers after a restart as before', async () => {
    const first = await send(job(1, '1'), 'upload-1');
    await sidecar.stop();
    sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
    const again = await send(job(1, '1'), 'upload-1');
    expect(again).toMatchObject({ status: 200, body: { job: { id: first.body.job.id } } });
  });
});

test('a new model is a new job, and so is a new image', async () => {
  const first = await sidecar.suggest(samplePng(10), '10');
  sidecar.engine.model = { ...sidecar.engine.model, id: 'other' };
  const second = await sidecar.submit(samplePng(10), '10');
  expect(second.status).toBe(202);
  expect(second.body.job.id).not.toBe(first.job_id);
  expect((await sidecar.submit(samplePng(11), '10')).status).toBe(202);
});

test('a cancelled job is not the answer to a new request', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  sidecar.engine.before = () => gate;
  await sidecar.submit(samplePng(20), 'keeps the worker busy');
  const { body } = await sidecar.submit(samplePng(21), '21');
  const cancelled = await sidecar.call('POST', `/v1/jobs/${body.job.id}/cancel`, {});
  expect(cancelled.body.job.state).toBe('cancelled');
  const again = await sidecar.submit(samplePng(21), '21');
  expect(again.status).toBe(202);
  go();
  sidecar.engine.before = () => undefined;
  const done = await sidecar.call('GET', `/v1/jobs/${again.body.job.id}?wait=20`);
  expect(done.body.job.state).toBe('done');
  const late = await sidecar.call('POST', `/v1/jobs/${again.body.job.id}/cancel`, {});
  expect(late.body.error).toMatchObject({ code: 'JOB_NOT_POSSIBLE', details: { state: 'done' } });
});

test('a job that failed for good says why, and can be tried again', async () => {
  const { AppError } = await import('../../../../server/errors');
  sidecar.engine.before = () => {
    throw new AppError('IMAGE_CORRUPT');
  };
  const { body } = await sidecar.submit(samplePng(30), '30');
  const failed = (await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job;
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'IMAGE_CORRUPT', retryable: false } });
  expect((await sidecar.submit(samplePng(30), '30')).body.job.id).toBe(body.job.id);
  sidecar.engine.before = () => undefined;
  expect((await sidecar.call('POST', `/v1/jobs/${body.job.id}/retry`, {})).status).toBe(200);
  expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job.state).toBe('done');
  const list = (await sidecar.call('GET', '/v1/jobs?state=failed')).body;
  expect(list).toEqual({ items: [], next: null });
});

test('a long poll hears of a change long before its wait is over', async () => {
  const { next } = (await sidecar.call('GET', '/v1/changes?limit=500')).body;
  const heard = sidecar
    .call('GET', `/v1/changes?after=${next}&wait=20`)
    .then((answer) => ({ answer, at: performance.now() }));
  const [open] = (await sidecar.call('GET', '/v1/suggestions?state=pending&limit=1')).body.items;
  await sidecar.call('POST', `/v1/suggestions/${open.id}/decision`, {
    action: 'reject',
    by: { id: '1', name: '' },
    version: open.version,
  });
  const decidedAt = performance.now();
  const { answer, at } = await heard;
  expect(answer.body.items).toMatchObject([{ type: 'suggestion.decided', suggestion: { id: open.id } }]);
  expect(at - decidedAt).toBeLessThan(5000);
});

test('a long poll without news ends empty, with the same cursor', async () => {
  const { next } = (await sidecar.call('GET', '/v1/changes?limit=500')).body;
  const answer = await sidecar.call('GET', `/v1/changes?after=${next}&wait=0.2`);
  expect(answer.body).toEqual({ items: [], next, more: false });
});

test('the feed read in pages is the feed read at once', async () => {
  const whole = (await sidecar.call('GET', '/v1/changes?limit=500')).body.items;
  const pieces: any[] = [];
  let after = '';
  for (;;) {
    const { body } = await sidecar.call('GET', `/v1/changes?limit=2${after}`);
    pieces.push(...body.items);
    after = `&after=${body.next}`;
    if (body.more !== true) break;
  }
  expect(pieces).toEqual(whole);
});
