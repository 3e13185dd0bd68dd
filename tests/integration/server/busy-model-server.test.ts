import Database from 'better-sqlite3';
import path from 'node:path';
import { BEHAVIOUR, ModelServerStub } from '../../support/model-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

const fine = BEHAVIOUR.says('A red bus in front of a church.');
let stub: ModelServerStub;
let sidecar: SidecarProcess;
/** When requests came, in ms. */
const askedAt: number[] = [];

beforeAll(async () => {
  stub = await ModelServerStub.start();
  sidecar = await SidecarProcess.start({
    ALTSMITH_MODEL: 'openai-compatible',
    ALTSMITH_MODEL_SERVER: stub.address,
    ALTSMITH_MODEL_SERVER_MODEL: 'big-model',
    ALTSMITH_WORKERS: '2',
  });
});
afterAll(async () => {
  await sidecar.remove();
  await stub.close();
});

let pictures = 0;
async function submit(): Promise<void> {
  const image = samplePng((pictures += 1), { width: 64, height: 48 });
  await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const subject = { type: 'attachment', id: String(pictures) };
  await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
}
const allDone = () =>
  waitFor(
    'every job to be done',
    async () => (await sidecar.call('GET', '/v1/jobs?state=done&limit=1&total=1')).body.total === pictures,
    { timeoutMs: 60_000 },
  );
/** What may end a job for good. */
function heldAgainstJobs(): unknown[] {
  const database = new Database(path.join(sidecar.dataDir, 'altsmith.db'), { readonly: true });
  const rows = database.prepare('SELECT * FROM jobs WHERE failures > 0 OR crashes > 0 OR doubts IS NOT NULL').all();
  database.close();
  return rows;
}

test('a model server that has too much to do is asked nothing until the time that it names', async () => {
  let isFirst = true;
  stub.usual = (response, asked) => {
    askedAt.push(performance.now());
    (isFirst ? BEHAVIOUR.busyFor(3) : fine)(response, asked);
    isFirst = false;
  };
  await submit();
  await waitFor('it to be asked', () => askedAt.length > 0);
  await waitFor('the job to wait again', () => sidecar.output.includes('takes no more pictures for now'));
  // A person is told at once, and when to come again.
  const picture = samplePng(999, { width: 64, height: 48 }).bytes;
  const refused = await sidecar.call('POST', '/v1/captions', picture);
  expect(refused).toMatchObject({ status: 503, body: { error: { code: 'MODEL_SERVER_BUSY', retryable: true } } });
  for (let more = 0; more < 4; more += 1) await submit();
  await allDone();
  expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThanOrEqual(3000);
  expect(heldAgainstJobs()).toEqual([]);
}, 90_000);

test('one that refuses every second request holds nothing against a job', async () => {
  let turn = 0;
  stub.usual = (response, asked) => ((turn += 1) % 2 === 0 ? fine : BEHAVIOUR.status(429))(response, asked);
  for (let more = 0; more < 6; more += 1) await submit();
  await allDone();
  expect(heldAgainstJobs()).toEqual([]);
}, 90_000);
