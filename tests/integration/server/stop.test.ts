import { openDatabase } from '../../../server/storage/database';
import { makeKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

/** Large enough that a worker is busy with each for a while. */
const SIZE = { width: 1400, height: 1000 };
const ROUNDS = 3;
const JOBS = 6;

let operator = '';
let sidecar: SidecarProcess;
let sent = 0;
beforeAll(async () => {
  sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '2', ALTSMITH_THREADS: '1', ALTSMITH_LEASE_SECONDS: '5' });
  operator = makeKey(sidecar.dataDir, 'metrics');
}, 120_000);
afterAll(() => sidecar.remove());

async function submit(): Promise<void> {
  sent += 1;
  const image = samplePng(sent, SIZE);
  await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const subject = { type: 'attachment', id: String(sent) };
  expect((await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject })).status).toBe(202);
}
const counts = async () => (await sidecar.call('GET', '/v1/status')).body.queue;
const isBusy = () => waitFor('a job to run', async () => (await counts()).running > 0, { everyMs: 5 });

/** Asks on a fresh connection until nobody answers; gives every answer's code, `ready` for a good one. */
async function readinessUntilGone(): Promise<string[]> {
  const told: string[] = [];
  for (;;) {
    try {
      const answer = await fetch(`${sidecar.url}/readyz`, {
        headers: { connection: 'close', authorization: `Bearer ${operator}` },
      });
      const body: any = await answer.json();
      told.push(answer.ok ? 'ready' : String(body.problems[0].code));
    } catch {
      return told;
    }
  }
}

async function everyJobIsDone(): Promise<void> {
  await waitFor(
    'every job to end',
    async () => {
      const { waiting, running } = await counts();
      return waiting === 0 && running === 0;
    },
    { timeoutMs: 60_000 },
  );
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  try {
    const rows = storage.db.prepare('SELECT state, count(*) AS n FROM jobs GROUP BY state').all();
    expect(rows).toEqual([{ state: 'done', n: sent }]);
    expect(storage.db.prepare('SELECT count(*) AS n FROM suggestions').get()).toEqual({ n: sent });
  } finally {
    storage.close();
  }
}

test('SIGTERM under load: readiness says so at once, nothing is begun, what runs ends, and the exit code is 0', async () => {
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (let job = 0; job < JOBS; job += 1) await submit();
    await isBusy();
    const from = sidecar.output.length;
    const started = performance.now();
    const stopped = sidecar.stop();
    const told = await readinessUntilGone();
    expect(await stopped).toBe(0);
    expect(performance.now() - started).toBeLessThan(20_000);
    // Once it has said no it never says yes again.
    expect(told).toContain('SHUTTING_DOWN');
    expect(told.slice(told.indexOf('SHUTTING_DOWN'))).not.toContain('ready');
    const log = sidecar.output.slice(from);
    expect(log).toContain('sidecar stopping');
    expect(log.slice(log.indexOf('sidecar stopping'))).not.toContain('job started');
    await sidecar.start();
  }
  await everyJobIsDone();
}, 120_000);

test('new work that comes during the stop is told to come back, and a second SIGTERM ends it at once', async () => {
  await submit();
  await isBusy();
  // A worker that never ends its job keeps the stop waiting.
  for (const worker of sidecar.workerPids) process.kill(worker, 'SIGSTOP');
  const stopped = sidecar.stop();
  await waitFor('the stop to begin', async () => (await fetch(`${sidecar.url}/readyz`)).status === 503);
  const subject = { type: 'attachment', id: 'late' };
  const late = await sidecar.call('POST', '/v1/jobs', { image_sha256: 'a'.repeat(64), subject });
  expect(late).toMatchObject({ status: 503, body: { error: { code: 'SHUTTING_DOWN', retryable: true } } });
  const workers = sidecar.workerPids;
  void sidecar.stop();
  expect(await stopped).toBe(1);
  for (const worker of workers) process.kill(worker, 'SIGCONT');
  await sidecar.start();
  await everyJobIsDone();
}, 120_000);

test('a worker that hangs does not keep the sidecar from stopping within 20 seconds, and its job is done later', async () => {
  await submit();
  await isBusy();
  for (const worker of sidecar.workerPids) process.kill(worker, 'SIGSTOP');
  const started = performance.now();
  expect(await sidecar.stop()).toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
  await sidecar.start();
  await everyJobIsDone();
}, 120_000);
