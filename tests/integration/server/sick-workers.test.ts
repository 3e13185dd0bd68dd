import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { altsmith } from '../../support/altsmith-command';
import { RedisServer } from '../../support/redis-server';
import { samplePng, type SampleImage } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { SmallDisk, testWithDisk } from '../../support/small-disk';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';

let sidecar: SidecarProcess;
let key: string;
const workers: WorkerProcess[] = [];
const disks: SmallDisk[] = [];
let redis: RedisServer | null = null;

const startSidecar = async (env: Record<string, string>) => {
  sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '0', ...env });
  const create = async (scope: string) =>
    (await altsmith(sidecar.dataDir, ['keys', 'create', '--scope', scope, '--json'])).json.key as string;
  key = await create('worker');
};
beforeEach(() => startSidecar({ ALTSMITH_LEASE_SECONDS: '10' }));
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.remove();
  await sidecar.remove();
  for (const disk of disks.splice(0)) disk.remove();
  await redis?.remove();
  redis = null;
});

const startWorker = async (name: string, kind: string, env: Record<string, string> = {}, isReady = true) => {
  const worker = await WorkerProcess.start(name, { url: sidecar.url, key, env, program: quickWorker(kind), isReady });
  workers.push(worker);
  return worker;
};
const submit = async (image: SampleImage, subjectId: string) => {
  await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
  const subject = { type: 'attachment', id: subjectId };
  const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
  return body.job.id as string;
};
const job = async (id: string) => (await sidecar.call('GET', `/v1/jobs/${id}`)).body.job;
const countOf = async (state: string) =>
  (await sidecar.call('GET', `/v1/jobs?state=${state}&limit=200`)).body.items.length as number;

testWithDisk(
  'a machine that has recovered takes jobs again',
  async () => {
    const disk = SmallDisk.make(40);
    disks.push(disk);
    const worker = await startWorker('only', 'worker-30ms', { ALTSMITH_DATA_DIR: disk.folder });
    const giveBack = disk.fill(4096);
    const id = await submit(samplePng(1), '1');
    await waitFor('it to be sick', async () => !(await worker.health()).ready);
    giveBack();
    await waitFor('the job', async () => (await job(id)).state === 'done', { timeoutMs: 60_000 });
    expect(await worker.health()).toEqual({ ready: true, problems: [], warnings: [] });
  },
  120_000,
);

test.each([
  ['over the long poll', false],
  ['over Bull', true],
])(
  'a picture that kills every worker has failed after three, and its neighbours are done, %s',
  async (_way, isBull) => {
    const ofRedis: Record<string, string> = {};
    if (isBull) {
      redis = await RedisServer.start();
      ofRedis['ALTSMITH_REDIS_URL'] = redis.url;
      await sidecar.remove();
      await startSidecar({ ALTSMITH_LEASE_SECONDS: '10', ALTSMITH_QUEUE: 'bull', ...ofRedis });
    }
    await startWorker('one', 'worker-dies', ofRedis);
    await startWorker('two', 'worker-dies', ofRedis);
    const { bytes } = samplePng(1);
    const poison = Buffer.concat([bytes, Buffer.from('poison')]);
    const id = await submit({ bytes: poison, sha256: createHash('sha256').update(poison).digest('hex') }, 'poison');
    const others: string[] = [];
    for (let seed = 2; seed <= 11; seed += 1) others.push(await submit(samplePng(seed), String(seed)));
    const failed = await waitFor(
      'the picture to be put aside',
      async () => {
        const found = await job(id);
        return found.state === 'failed' ? found : null;
      },
      { timeoutMs: 60_000 },
    );
    expect(failed).toMatchObject({ attempts: 3, error: { code: 'DECODE_CRASHED' } });
    await waitFor('its neighbours', async () => (await countOf('done')) === others.length);
    expect(sidecar.output.includes('"worker":"bull-')).toBe(isBull);
  },
  120_000,
);

test('a restart of the sidecar costs no caption', async () => {
  await sidecar.remove();
  // The lease outlives the restart, however long it takes.
  await startSidecar({ ALTSMITH_LEASE_SECONDS: '300' });
  const gate = mkdtempSync(path.join(os.tmpdir(), 'altsmith-gate-'));
  const worker = await startWorker('one', 'worker-gated', { TMPDIR: gate });
  const id = await submit(samplePng(1), '1');
  await waitFor('a picture to be captioned', () => existsSync(path.join(gate, 'begun')));
  await sidecar.stop('SIGKILL');
  writeFileSync(path.join(gate, 'open'), '');
  await waitFor('the worker to be done with it', () => worker.output.includes('outcome not handed over yet'));
  await sidecar.start();
  await waitFor('the job', async () => (await job(id)).state === 'done');
  expect(await job(id)).toMatchObject({ attempts: 1 });
  rmSync(gate, { recursive: true });
}, 120_000);
