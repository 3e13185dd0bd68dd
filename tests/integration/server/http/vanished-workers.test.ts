import type { Caption } from '../../../../models/captioner';
import { readCaption } from '../../../../server/captioning/text/reading';
import { makeAdminKey, makeKey } from '../../../support/admin-key';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { waitFor } from '../../../support/wait-for';

let sidecar: TestSidecar;
let key: string;
let admin: string;
beforeEach(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_LEASE_SECONDS: '2' } });
  // Its own workers do nothing.
  sidecar.engine.ready = false;
  key = makeKey(sidecar.dataDir, 'worker');
  admin = makeAdminKey(sidecar.dataDir);
});
afterEach(() => sidecar.remove());

const model = { id: 'elsewhere', precision: 'fp32', demonstration: false, canAnswer: false };
const candidate = { text: 'a dog on a beach', tokens: [1, 2], logProbs: [-0.1, -0.2], score: -0.1 };
const timingsMs = { vision: 1, text: 1 };
const caption: Caption = { candidates: [candidate], confidence: 0.8, labels: [], timingsMs };
const result = {
  model,
  image: { width: 16, height: 12, format: 'png', hasAlpha: false, contrast: 60, flatness: 0.2 },
  caption,
  readings: readCaption(caption),
  timingsMs: { decode: 1, vision: 1, text: 1, total: 3 },
};

const call = (route: string, body: object) => sidecar.call('POST', `/v1/worker/${route}`, body, { key });
/** A job that the machine `one` has begun. */
async function begun(): Promise<{ id: string; token: number }> {
  const { body } = await sidecar.submit(samplePng(1), '1');
  const { claim } = (await call('claim', { worker: 'one-1', machine: 'one', model, wait: 1 })).body;
  expect(claim.job_id).toBe(body.job.id);
  return { id: body.job.id, token: claim.token };
}
const listed = async (name = 'one') => {
  const { items } = (await sidecar.call('GET', '/v1/workers', undefined, { key: admin })).body;
  return items.find((one: { name: string }) => one.name === name);
};
const attempts = async () => {
  const { body } = await sidecar.call('GET', '/metrics', undefined, { key: admin });
  const lines = [...String(body).matchAll(/^altsmith_job_attempts_total\{outcome="(\w+)"\} (\d+)/gm)];
  return Object.fromEntries(lines.map(([, outcome, count]) => [outcome, Number(count)]));
};

test('a worker that falls silent runs nothing any more and has failed once; its late result counts all the same', async () => {
  const { id, token } = await begun();
  expect(await listed()).toMatchObject({ name: 'one', running: 1, failures: 0 });
  await waitFor('the lease to run out', async () => (await listed()).running === 0);
  expect(await listed()).toMatchObject({ running: 0, failures: 1, pictures: 0, last_error: 'LEASE_LOST' });
  expect(await attempts()).toEqual({ lost: 1 });
  expect((await call(`jobs/${id}/finish`, { token, result })).body).toEqual({ state: 'done' });
  expect(await listed()).toMatchObject({ running: 0, failures: 1, pictures: 1 });
  expect(await attempts()).toEqual({ lost: 1, done: 1 });
}, 60_000);

test.each<[string, (job: { id: string; token: number }) => Promise<{ status: number }>]>([
  ['a heartbeat', ({ id, token }) => call(`jobs/${id}/heartbeat`, { token })],
  ['its result', ({ id, token }) => call(`jobs/${id}/finish`, { token, result })],
  ['its failure', ({ id, token }) => call(`jobs/${id}/fail`, { token, code: 'INTERNAL' })],
])('a worker that hears by %s that its job was cancelled runs nothing any more', async (_how, tell) => {
  const job = await begun();
  await sidecar.call('POST', `/v1/jobs/${job.id}/cancel`, {});
  expect((await tell(job)).status).toBe(409);
  expect(await listed()).toMatchObject({ running: 0, failures: 0, pictures: 0 });
  expect(await attempts()).toEqual({ lost: 1 });
});

test('a job that Bull hands out again ends the run before', async () => {
  const { body } = await sidecar.submit(samplePng(1), '1');
  const start = (worker: string) =>
    call(`jobs/${body.job.id}/start`, { worker: `${worker}-1`, machine: worker, model, from_bull: true });
  expect((await start('one')).status).toBe(200);
  expect((await start('two')).status).toBe(200);
  expect(await listed('one')).toMatchObject({ running: 0, failures: 1 });
  expect(await listed('two')).toMatchObject({ running: 1, failures: 0 });
  expect(await attempts()).toEqual({ lost: 1 });
});

test('a worker that calls itself as the sidecar calls its own is another machine', async () => {
  const facts = { worker: 'local-1', machine: 'local', model, slots: 3, well: true };
  const last = Date.now();
  expect((await call('announce', { ...facts, from_bull: false })).status).toBe(200);
  const { items } = (await sidecar.call('GET', '/v1/workers', undefined, { key: admin })).body;
  const elsewhere = items.filter((one: any) => one.name === 'local' && one.model?.id === 'elsewhere');
  expect(elsewhere).toMatchObject([{ slots: 3 }]);
  const realNow = Date.now;
  // The clock of the machine is set while the sidecar runs.
  Date.now = () => realNow() + 3_600_000;
  const again = await listedElsewhere().finally(() => (Date.now = realNow));
  expect(Date.parse(again.last_seen)).toBeGreaterThanOrEqual(last + 3_600_000 - 60_000);
});

async function listedElsewhere() {
  const { items } = (await sidecar.call('GET', '/v1/workers', undefined, { key: admin })).body;
  return items.find((one: any) => one.model?.id === 'elsewhere');
}
