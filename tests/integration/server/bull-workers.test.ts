import { readFileSync } from 'node:fs';
import { altsmith } from '../../support/altsmith-command';
import { RedisServer } from '../../support/redis-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { TlsCertificate } from '../../support/tls-certificate';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';

const JOBS = 30;
/** The rules that docs/operations.md gives. */
const [, RULES = ''] = /ACL SETUSER altsmith on >PASSWORD (.+)/.exec(readFileSync('docs/operations.md', 'utf8')) ?? [];

const certificate = TlsCertificate.make();
let redis: RedisServer;
let sidecar: SidecarProcess;
let worker: WorkerProcess;
afterAll(async () => {
  await worker.remove();
  await sidecar.remove();
  await redis.remove();
  certificate.remove();
});

test('over TLS and with the least rights in Redis a worker takes every job from Bull and asks the sidecar for none', async () => {
  redis = await RedisServer.start([], certificate);
  await redis.command(`ACL SETUSER altsmith on >pass ${RULES}`);
  const env = {
    ALTSMITH_QUEUE: 'bull',
    ALTSMITH_REDIS_URL: redis.tlsUrl.replace('://', '://altsmith:pass@'),
    ALTSMITH_REDIS_CA: certificate.file,
    ALTSMITH_WORKERS: '0',
  };
  sidecar = await SidecarProcess.start(env);
  const { key } = (await altsmith(sidecar.dataDir, ['keys', 'create', '--scope', 'worker', '--json'])).json;
  worker = await WorkerProcess.start('w', {
    url: sidecar.url,
    key,
    env: { ...env, ALTSMITH_WORKERS: '2' },
    program: quickWorker('worker-at-once'),
  });
  await waitFor('the worker to take from Redis', () => worker.output.includes('jobs are taken from redis'));
  for (let seed = 1; seed <= JOBS; seed += 1) {
    const image = samplePng(seed);
    await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
    const subject = { type: 'attachment', id: String(seed) };
    await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
  }
  await waitFor('every job', async () => {
    const { items } = (await sidecar.call('GET', '/v1/jobs?state=done&limit=200')).body;
    return items.length === JOBS;
  });
  // The holder's name tells whether a job came from Bull.
  const begun = sidecar.output.split('\n').filter((line) => line.includes('job begun by a remote worker'));
  expect(begun).toHaveLength(JOBS);
  expect(begun.filter((line) => !line.includes('"worker":"bull-w"'))).toEqual([]);
  expect(await redis.command('ACL LOG')).toBe('*0');
  expect((await worker.health()).warnings).toEqual([]);
  await redis.stop('SIGKILL');
  // The worker goes on without Redis, and logs why it is slower.
  await waitFor('the worker to name Redis', async () => (await worker.health()).warnings.length > 0);
  expect(await worker.health()).toMatchObject({ ready: true, warnings: [{ code: 'REDIS_UNREACHABLE' }] });
  expect(await worker.stop()).toBe(0);
}, 120_000);

test('a worker whose sidecar is away says so to whoever has its key, and to nobody else', async () => {
  const worker = await WorkerProcess.start('lost', {
    url: 'http://127.0.0.1:9',
    key: 'alt_of_the_worker',
    program: quickWorker('worker-at-once'),
    isReady: false,
  });
  await waitFor('the worker to miss its sidecar', async () => (await worker.ask('/readyz?x=1')).status === 503);
  for (const headers of [{}, { authorization: 'Bearer alt_of_another' }] as Record<string, string>[]) {
    expect(await (await worker.ask('/readyz?x=1', headers)).json()).toEqual({ ready: false });
  }
  await waitFor(
    'it to name the reason',
    async () => (await worker.health()).problems[0]?.code === 'SIDECAR_UNREACHABLE',
  );
  expect((await worker.ask('/livez?x=1')).status).toBe(200);
  expect(await worker.stop()).toBe(0);
}, 120_000);
