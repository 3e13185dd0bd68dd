import { altsmith } from '../../support/altsmith-command';
import { RedisServer } from '../../support/redis-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { WorkerProcess } from '../../support/worker-process';

/** The sidecar only queues: every word comes from the workers. */
const QUEUE_ONLY = { ALTSMITH_WORKERS: '0', ALTSMITH_LEASE_SECONDS: '3' };

let sidecar: SidecarProcess;
let key: string;
const workers: WorkerProcess[] = [];
const redises: RedisServer[] = [];

const startSidecar = async (env: Record<string, string> = {}) => {
  sidecar = await SidecarProcess.start({ ...QUEUE_ONLY, ...env });
  key = (await altsmith(sidecar.dataDir, ['keys', 'create', '--scope', 'worker', '--json'])).json.key;
};
const startWorker = async (name: string, env: Record<string, string> = {}) => {
  const worker = await WorkerProcess.start(name, { url: sidecar.url, key, env });
  workers.push(worker);
  return worker;
};
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.remove();
  await sidecar.remove();
  for (const redis of redises.splice(0)) await redis.remove();
});

const submit = async (seed: number) => {
  const image = samplePng(seed, { width: 400, height: 300 });
  await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const answer = await sidecar.call('POST', '/v1/jobs', {
    image_sha256: image.sha256,
    subject: { type: 'attachment', id: String(seed) },
  });
  expect(answer.status).toBe(202);
  return answer.body.job.id as string;
};
const drained = () =>
  waitFor(
    'the queue to be empty',
    async () => {
      const { queue } = (await sidecar.call('GET', '/v1/status')).body;
      return queue.waiting === 0 && queue.running === 0;
    },
    { timeoutMs: 180_000 },
  );
const subjects = async () =>
  (await sidecar.call('GET', '/v1/suggestions?limit=200')).body.items.map((item: any) => Number(item.subject.id));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('two workers drain one queue through Bull; the job of one that is killed goes to the other', async () => {
  const redis = await RedisServer.start();
  redises.push(redis);
  await startSidecar({ ALTSMITH_QUEUE: 'bull', ALTSMITH_REDIS_URL: redis.url });
  const one = await startWorker('one', { ALTSMITH_REDIS_URL: redis.url });
  const two = await startWorker('two', { ALTSMITH_REDIS_URL: redis.url });
  for (const seed of upTo(24)) await submit(seed);
  await waitFor('both to have done something', () => one.jobsDone > 1 && two.jobsDone > 1);
  await one.stop('SIGKILL');
  for (const seed of upTo(32).slice(24)) await submit(seed);
  await drained();
  expect((await subjects()).sort((a: number, b: number) => a - b)).toEqual(upTo(32));
  const [suggestion] = (await sidecar.call('GET', '/v1/suggestions?limit=1')).body.items;
  expect(suggestion).toMatchObject({ model: { id: 'mini', demonstration: true } });
  const thumbnail = await fetch(`${sidecar.url}/v1/images/${suggestion.image_sha256}/thumbnail`, {
    headers: { authorization: `Bearer ${sidecar.key}` },
  });
  expect(Buffer.from(await thumbnail.arrayBuffer()).toString('latin1', 8, 12)).toBe('WEBP');
  expect(await two.stop()).toBe(0);
}, 300_000);

test.each([
  ['without Redis a worker is told by the long poll', false],
  ['through Bull a worker is rung', true],
])(
  '%s, and a frozen one loses its job and is refused later',
  async (_how, hasRedis) => {
    const redis = hasRedis ? await RedisServer.start() : null;
    if (redis !== null) redises.push(redis);
    const bell: Record<string, string> = redis === null ? {} : { ALTSMITH_REDIS_URL: redis.url };
    await startSidecar(redis === null ? {} : { ALTSMITH_QUEUE: 'bull', ...bell });
    // One worker: a second one's long poll, open when it froze, would be handed the job again.
    const frozen = await startWorker('frozen', { ...bell, ALTSMITH_WORKERS: '1' });
    await submit(1);
    await drained();
    // Frozen in the middle of a job: claimed, and then silent for longer than a lease.
    const id = await submit(2);
    await waitFor(
      'the job to be claimed',
      async () => {
        if ((await sidecar.call('GET', `/v1/jobs/${id}`)).body.job.state !== 'running') return false;
        frozen.signal('SIGSTOP');
        return true;
      },
      { everyMs: 1 },
    );
    await startWorker('lively', bell);
    const done = await waitFor('the other to do it', async () => {
      const { job } = (await sidecar.call('GET', `/v1/jobs/${id}`)).body;
      return job.state === 'done' ? job : null;
    });
    expect(done.attempts).toBe(2);
    frozen.signal('SIGCONT');
    const isTold = () => frozen.output.includes('job lost to another worker');
    await waitFor('the late one to be told', isTold, { timeoutMs: 180_000 });
    expect((await subjects()).sort()).toEqual([1, 2]);
  },
  400_000,
);

test('a worker with a wrong key, or a sidecar that comes and goes, is a matter of waiting', async () => {
  await startSidecar();
  const worker = await startWorker('patient');
  await sidecar.stop('SIGKILL');
  await waitFor('the worker to notice', () => worker.output.includes('cannot be reached'), { timeoutMs: 40_000 });
  await sidecar.start();
  await submit(1);
  await drained();
  expect(await subjects()).toEqual([1]);
  const { json } = await altsmith(sidecar.dataDir, ['keys', 'list', '--json']);
  const id = json.items.find((one: any) => one.scope === 'worker').id;
  await altsmith(sidecar.dataDir, ['keys', 'revoke', id]);
  // It may have begun a long poll a moment ago, of 20 seconds.
  await waitFor('the worker to be refused', () => worker.output.includes('KEY_INVALID'), { timeoutMs: 40_000 });
}, 120_000);
