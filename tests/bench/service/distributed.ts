import { makeKey } from '../../support/admin-key';
import { RedisServer } from '../../support/redis-server';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';
import { lookInside, type Bench, type Figure } from './figures';

type Transport = 'Bull' | 'long poll';

/** Workers of one second a picture; BENCH_WORKERS=1,2,4 leaves out the others. */
const WORKERS = (process.env['BENCH_WORKERS'] ?? '1,2,4,8,16,32').split(',').map(Number);
/** Pictures of each worker before the measurement, and in it. */
const WARM_UP = 3;
const MEASURED = 10;
const BACKLOG = Number(process.env['BENCH_BACKLOG'] ?? 4000);
const CLIENTS = 8;
/** Part of the backlog that is not measured at each end, while workers start and while they run out of jobs. */
const EDGE = 0.1;

/** A sidecar that only queues, its Redis, and workers that startWorkers() starts. */
class Setup {
  readonly #workers: WorkerProcess[] = [];

  private constructor(
    readonly sidecar: SidecarProcess,
    private readonly redis: RedisServer | null,
    private readonly env: Record<string, string>,
  ) {}

  static async start(transport: Transport): Promise<Setup> {
    const redis = transport === 'Bull' ? await RedisServer.start() : null;
    const env: Record<string, string> = redis === null ? {} : { ALTSMITH_QUEUE: 'bull', ALTSMITH_REDIS_URL: redis.url };
    const only = { ...env, ALTSMITH_WORKERS: '0', ALTSMITH_LOG_LEVEL: 'warn' };
    return new Setup(await SidecarProcess.start(only), redis, env);
  }

  /** PUT and POST for so many pictures, by several clients at a time. Seconds that it took. */
  async accept(pictures: number): Promise<number> {
    const images = Array.from({ length: pictures }, (_, number) => samplePng(number, { width: 64, height: 48 }));
    let next = 0;
    const client = async () => {
      for (let number = next++; number < pictures; number = next++) {
        const image = images[number]!;
        await this.sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
        const subject = { type: 'attachment', id: String(number) };
        const { status } = await this.sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
        if (status !== 202) throw new Error(`not accepted: ${status}`);
      }
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return (performance.now() - started) / 1000;
  }

  async startWorkers(count: number, kind: string, slots: number): Promise<void> {
    const key = makeKey(this.sidecar.dataDir, 'worker');
    const env = { ...this.env, ALTSMITH_WORKERS: String(slots), ALTSMITH_LOG_LEVEL: 'warn' };
    const program = quickWorker(kind);
    for (let number = 1; number <= count; number += 1)
      this.#workers.push(await WorkerProcess.start(`w${number}`, { url: this.sidecar.url, key, env, program }));
  }

  /** When so many pictures were done, and what the sidecar says then. */
  async whenDone(pictures: number) {
    return waitFor(
      `${pictures} pictures`,
      async () => {
        const inside = await lookInside(this.sidecar);
        return inside.jobsDone >= pictures ? { ...inside, at: performance.now() } : null;
      },
      { timeoutMs: 600_000, everyMs: 50 },
    );
  }

  async remove(): Promise<void> {
    for (const worker of this.#workers) await worker.remove();
    await this.sidecar.stop('SIGKILL');
    await this.sidecar.remove();
    await this.redis?.remove();
  }
}

/** Captions a second of workers that take one second a picture, each a process of its own. */
async function rate(transport: Transport, workers: number): Promise<number> {
  const setup = await Setup.start(transport);
  try {
    // More than is measured: the first workers finish some before the last one has started.
    await setup.accept(workers * (WARM_UP + MEASURED) * 2 + workers * workers);
    await setup.startWorkers(workers, 'worker-1s', 1);
    const { jobsDone } = await lookInside(setup.sidecar);
    const begin = await setup.whenDone(jobsDone + workers * WARM_UP);
    const end = await setup.whenDone(begin.jobsDone + workers * MEASURED);
    return ((end.jobsDone - begin.jobsDone) * 1000) / (end.at - begin.at);
  } finally {
    await setup.remove();
  }
}

/** One to 32 workers elsewhere of one second a picture, over Bull and over the long poll. */
export const workersElsewhere: Bench = async () => {
  const figures: Figure[] = [];
  for (const transport of ['Bull', 'long poll'] as const) {
    let one = Number.NaN;
    for (const workers of WORKERS) {
      const value = await rate(transport, workers);
      if (workers === 1) one = value;
      const share = (100 * value) / (workers * one);
      figures.push({ name: `${workers} workers of one second a picture, over ${transport}`, value, unit: '1/s' });
      figures.push({ name: `the same, of ${workers} times one`, value: share, unit: '%', least: 95 });
    }
  }
  return figures;
};

/** A backlog is accepted, and then finished over Bull by workers that take no time. */
export const distributed: Bench = async () => {
  const setup = await Setup.start('Bull');
  try {
    const seconds = await setup.accept(BACKLOG);
    await setup.startWorkers(2, 'worker-at-once', 4);
    const begin = await setup.whenDone(BACKLOG * EDGE);
    const end = await setup.whenDone(BACKLOG * (1 - EDGE));
    const pictures = end.jobsDone - begin.jobsDone;
    const flushes = (end.flushedCommits - begin.flushedCommits) / pictures;
    return [
      { name: 'PUT + POST alone', value: BACKLOG / seconds, unit: '1/s', least: 150 },
      {
        name: 'captions of workers that take no time, over Bull',
        value: (pictures * 1000) / (end.at - begin.at),
        unit: '1/s',
        least: 150,
      },
      { name: 'flushed commits a picture, start to end', value: flushes, unit: '', most: 1.5 },
    ];
  } finally {
    await setup.remove();
  }
};
