import { makeAdminKey, makeKey } from '../admin-key';
import { RedisServer } from '../redis-server';
import { samplePng } from '../sample-image';
import { SidecarProcess } from '../sidecar-process';
import { SmallDisk } from '../small-disk';
import { waitFor } from '../wait-for';
import { quickWorker, WorkerProcess } from '../worker-process';

/** A sick machine has to be idle by then. */
const IDLE_MS = 30_000;

/** How a machine is sick: the program that stands for its engine, its settings, and what it reports. */
export interface Sickness {
  readonly kind: string;
  readonly env: (disk: SmallDisk) => Record<string, string>;
  readonly code: string;
}

export const SICKNESSES: Readonly<Record<string, Sickness>> = {
  'whose disk is full': {
    kind: 'worker-30ms',
    env: (disk) => ({ ALTSMITH_DATA_DIR: disk.folder }),
    code: 'STORAGE_FULL',
  },
  'whose model is broken': { kind: 'worker-broken', env: () => ({}), code: 'INTERNAL' },
  'whose model says nothing usable': { kind: 'worker-speechless', env: () => ({}), code: 'MODEL_REPLY_UNUSABLE' },
  'too slow for every picture': {
    kind: 'worker-hangs',
    env: () => ({ ALTSMITH_PICTURE_SECONDS: '1' }),
    code: 'CAPTION_TIMEOUT',
  },
};

export const WAYS = ['over the long poll', 'over Bull'] as const;

/** What became of the jobs, as the sidecar tells it. */
export interface SickReport {
  readonly done: number;
  readonly failed: number;
  /** Entries of `GET /v1/workers`. */
  readonly healthy: any;
  readonly sick: any;
  /** Attempts that were done, by the metrics. */
  readonly attemptsDone: number;
  /** How many attempts Bull handed out. */
  readonly fromBull: number;
}

/**
 * A sick machine is alone with `jobs` jobs until it takes none, which must be within 30 seconds; then a healthy one does
 * them. For testWithDisk.
 */
export async function sickBesideHealthy(
  way: (typeof WAYS)[number],
  sickness: Sickness,
  jobs: number,
): Promise<SickReport> {
  const disk = SmallDisk.make(40);
  const redis = way === 'over Bull' ? await RedisServer.start() : null;
  const ofRedis: Record<string, string> = redis === null ? {} : { ALTSMITH_REDIS_URL: redis.url };
  const sidecar = await SidecarProcess.start({
    ALTSMITH_WORKERS: '0',
    ALTSMITH_LEASE_SECONDS: '10',
    ...(redis === null ? {} : { ALTSMITH_QUEUE: 'bull', ...ofRedis }),
  });
  const key = makeKey(sidecar.dataDir, 'worker');
  const authorization = `Bearer ${makeAdminKey(sidecar.dataDir)}`;
  const workers: WorkerProcess[] = [];
  const start = async (name: string, kind: string, env: Record<string, string> = {}) => {
    const worker = await WorkerProcess.start(name, { url: sidecar.url, key, env, program: quickWorker(kind) });
    workers.push(worker);
    return worker;
  };
  const asAdmin = (route: string) => fetch(`${sidecar.url}${route}`, { headers: { authorization } });
  const listed = async (name: string) => {
    const { items } = (await (await asAdmin('/v1/workers')).json()) as { items: any[] };
    return items.find((one) => one.name === name);
  };
  const countOf = async (state: string) =>
    (await sidecar.call('GET', `/v1/jobs?state=${state}&limit=1&total=1`)).body.total as number;
  try {
    const env = { ...sickness.env(disk), ...ofRedis, ALTSMITH_WORKERS: '2' };
    const sick = await start('sick', sickness.kind, env);
    disk.fill(4096);
    for (let seed = 1; seed <= jobs; seed += 1) {
      const image = samplePng(seed);
      await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      const subject = { type: 'attachment', id: String(seed) };
      await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    }
    const isIdle = async () => (await sick.health()).problems[0]?.code === sickness.code;
    await waitFor('the sick machine to be idle', isIdle, { timeoutMs: IDLE_MS });
    await waitFor('the sidecar to know', async () => (await listed('sick'))?.problem?.code === sickness.code);
    await start('healthy', 'worker-30ms', ofRedis);
    await waitFor('every job to be done', async () => (await countOf('done')) === jobs, { timeoutMs: 120_000 });
    const metrics = await (await asAdmin('/metrics')).text();
    return {
      done: await countOf('done'),
      failed: await countOf('failed'),
      healthy: await listed('healthy'),
      sick: await listed('sick'),
      attemptsDone: Number(/altsmith_job_attempts_total\{outcome="done"\} (\d+)/.exec(metrics)?.[1]),
      fromBull: sidecar.output.split('"worker":"bull-').length - 1,
    };
  } finally {
    for (const worker of workers) await worker.remove();
    await sidecar.remove();
    await redis?.remove();
    disk.remove();
  }
}

/** Lets a sick and a healthy machine share the jobs; expects that all are done, none by the sick machine, which fails at most ten. */
export async function expectSickIsLeftAlone(way: (typeof WAYS)[number], how: string, jobs: number): Promise<void> {
  const sickness = SICKNESSES[how];
  if (sickness === undefined) throw new Error(`no sickness is called "${how}"`);
  const { healthy, sick, fromBull, ...counts } = await sickBesideHealthy(way, sickness, jobs);
  expect(counts).toEqual({ done: jobs, failed: 0, attemptsDone: jobs });
  expect(healthy).toMatchObject({ pictures: jobs, failures: 0, problem: null, tasks: ['caption', 'prompt'] });
  expect({ pictures: sick.pictures, isFew: sick.failures <= 10 }).toEqual({ pictures: 0, isFew: true });
  if (way === 'over Bull') expect(fromBull).toBeGreaterThanOrEqual(jobs / 2);
}
