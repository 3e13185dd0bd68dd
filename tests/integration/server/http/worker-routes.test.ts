import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Caption } from '../../../../models/captioner';
import { readCaption } from '../../../../server/captioning/text/reading';
import { KeyStore } from '../../../../server/sites/key-store';
import { openDatabase } from '../../../../server/storage/database';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
let key: string;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  // Its own workers do nothing, so that what these tests claim stays where it is.
  sidecar.engine.ready = false;
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  key = new KeyStore(storage).create({ scope: 'worker', siteId: null, name: 'test' }).text;
  storage.close();
});
afterAll(() => sidecar.remove());

const model = { id: 'elsewhere', precision: 'fp32', demonstration: false, canAnswer: false };
const candidate = { text: 'a dog on a beach', tokens: [1, 2], logProbs: [-0.1, -0.2], score: -0.1 };
const caption: Caption = {
  candidates: [candidate],
  confidence: 0.8,
  labels: [],
  timingsMs: { vision: 1, text: 1 },
};
const result = {
  model,
  image: { width: 16, height: 12, format: 'png', hasAlpha: false, contrast: 60, flatness: 0.2 },
  caption,
  readings: readCaption(caption),
  timingsMs: { decode: 1, vision: 1, text: 1, total: 3 },
};
const call = (method: string, route: string, body?: unknown) =>
  sidecar.call(method, `/v1/worker/${route}`, body, { key });
const claim = async () => (await call('POST', 'claim', { worker: 'w', model, wait: 1 })).body.claim;
let seed = 0;
const claimed = async () => {
  seed += 1;
  const { body } = await sidecar.submit(samplePng(seed), String(seed));
  return { ...(await claim()), id: body.job.id };
};

test('a claim, its picture, a heartbeat, and the result with a thumbnail', async () => {
  const { id, token, ...rest } = await claimed();
  expect(rest).toMatchObject({ job_id: id, image_sha256: samplePng(seed).sha256, lease_seconds: 60 });
  const picture = await fetch(`${sidecar.url}/v1/worker/jobs/${id}/image?token=${token}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(Buffer.from(await picture.arrayBuffer()).equals(samplePng(seed).bytes)).toBe(true);
  expect((await call('POST', `jobs/${id}/heartbeat`, { token })).body).toEqual({ state: 'running' });
  const thumbnail = Buffer.from('RIFF\0\0\0\0WEBPVP8L not looked at further').toString('base64');
  expect((await call('POST', `jobs/${id}/finish`, { token, result, thumbnail })).body).toEqual({ state: 'done' });
  const { job } = (await sidecar.call('GET', `/v1/jobs/${id}`)).body;
  const { suggestion } = (await sidecar.call('GET', `/v1/suggestions/${job.suggestion_id}`)).body;
  expect(suggestion).toMatchObject({ fields: { alt_text: 'A dog on a beach' }, model: { id: 'elsewhere' } });
  expect((await sidecar.call('GET', `/v1/images/${samplePng(seed).sha256}/thumbnail`)).status).toBe(200);
});

test('what this model has said before is not asked again', async () => {
  const image = samplePng(1);
  const { body } = await sidecar.submit(image, 'the same picture elsewhere');
  expect(await claim()).toBeNull();
  expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}`)).body.job.state).toBe('done');
});

test('the second opinion of a worker elsewhere counts, and is remembered with the result', async () => {
  const { id, token } = await claimed();
  const label = { name: 'espresso', probability: 0.9 };
  const doubted: Caption = { ...caption, labels: [label], secondOpinion: { text: 'an espresso', label } };
  await call('POST', `jobs/${id}/finish`, {
    token,
    result: { ...result, caption: doubted, readings: readCaption(doubted) },
  });
  const { body } = await sidecar.submit(samplePng(seed), 'the doubted picture elsewhere');
  expect(await claim()).toBeNull();
  const texts = async (jobId: string) => {
    const { job } = (await sidecar.call('GET', `/v1/jobs/${jobId}`)).body;
    return (await sidecar.call('GET', `/v1/suggestions/${job.suggestion_id}`)).body.suggestion;
  };
  const expected = { fields: { alt_text: 'An espresso' }, alternatives: ['A dog on a beach'] };
  expect(await texts(id)).toMatchObject(expected);
  expect(await texts(body.job.id)).toMatchObject(expected);
});

test.each([
  ['an old token', (id: string, token: number) => call('POST', `jobs/${id}/finish`, { token: token + 1, result })],
  ['another job', (_id: string, token: number) => call('POST', 'jobs/job_nothing/finish', { token, result })],
  ['the picture with an old token', (id: string, token: number) => call('GET', `jobs/${id}/image?token=${token + 1}`)],
  [
    'a heartbeat with an old token',
    (id: string, token: number) => call('POST', `jobs/${id}/heartbeat`, { token: token + 1 }),
  ],
  [
    'a failure with an old token',
    (id: string, token: number) => call('POST', `jobs/${id}/fail`, { token: token + 1, code: 'IMAGE_CORRUPT' }),
  ],
])('%s is refused, and changes nothing', async (_name, send) => {
  const { id, token } = await claimed();
  expect(await send(id, token)).toMatchObject({ status: 409, body: { error: { code: 'LEASE_LOST' } } });
  expect((await sidecar.call('GET', `/v1/jobs/${id}`)).body.job.state).toBe('running');
  await call('POST', `jobs/${id}/release`, { token });
  const again = await claim();
  expect(again.job_id).toBe(id);
  await call('POST', `jobs/${id}/fail`, { token: again.token, code: 'IMAGE_CORRUPT' });
});

const cancel = ({ id }: { id: string }) => sidecar.call('POST', `/v1/jobs/${id}/cancel`, {});

test('whether a failure is final is decided by the catalogue, not by the worker', async () => {
  const first = await claimed();
  expect((await call('POST', `jobs/${first.id}/fail`, { token: first.token, code: 'IMAGE_CORRUPT' })).body).toEqual({
    state: 'failed',
  });
  const second = await claimed();
  expect((await call('POST', `jobs/${second.id}/fail`, { token: second.token, code: 'DECODE_CRASHED' })).body).toEqual({
    state: 'waiting',
  });
  // It would come back to one of the next claims.
  await cancel(second);
  const third = await claimed();
  expect((await call('POST', `jobs/${third.id}/fail`, { token: third.token, code: 'MADE_UP' })).body).toEqual({
    state: 'waiting',
  });
  const shown = (await sidecar.call('GET', `/v1/jobs/${third.id}`)).body.job;
  expect(shown.error.code).toBe('INTERNAL');
  await cancel(third);
});

test('a start’s late result is not taken for other bytes that the job was given since', async () => {
  const first = await claimed();
  const old = samplePng(seed);
  await call('POST', `jobs/${first.id}/release`, { token: first.token });
  // As after retention: the bytes are gone, and the CMS sends others of the same picture.
  rmSync(path.join(sidecar.dataDir, 'images'), { recursive: true });
  const fresh = samplePng(500);
  const { body } = await sidecar.submit(fresh, String(seed), { source_sha256: old.sha256 });
  expect(body.job).toMatchObject({ id: first.id, image_sha256: fresh.sha256 });
  const finish = (token: number) => call('POST', `jobs/${first.id}/finish`, { token, result });
  expect((await finish(first.token)).body.error.code).toBe('LEASE_LOST');
  const second = await claim();
  expect(second.image_sha256).toBe(fresh.sha256);
  expect((await finish(first.token)).body.error.code).toBe('LEASE_LOST');
  expect((await finish(second.token)).body).toEqual({ state: 'done' });
});

test('a start’s late result is taken while the job is about the same picture, though another start was made since', async () => {
  const next = await claimed();
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  storage.prepare("UPDATE jobs SET state = 'waiting', lease_until = NULL, worker = NULL WHERE id = ?").run(next.id);
  storage.close();
  expect((await claim()).job_id).toBe(next.id);
  expect((await call('POST', `jobs/${next.id}/finish`, { token: next.token, result })).body).toEqual({ state: 'done' });
});

test('a thumbnail that is no WebP is refused, and the job stays with its worker', async () => {
  const { id, token } = await claimed();
  const thumbnail = Buffer.from('<svg onload=alert(1)>').toString('base64');
  const answer = await call('POST', `jobs/${id}/finish`, { token, result, thumbnail });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  expect((await call('POST', `jobs/${id}/heartbeat`, { token })).status).toBe(200);
});

test('a worker that hangs up while it waits takes no job with it', async () => {
  const abort = new AbortController();
  const waiting = fetch(`${sidecar.url}/v1/worker/claim`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ worker: 'w', model, wait: 20 }),
    signal: abort.signal,
  }).catch(() => null);
  abort.abort();
  await waiting;
  const { id } = await claimed();
  expect(id).toEqual(expect.any(String));
});
