import { redisStorm } from '../support/faults/redis-storm';
import { killApi, killWorkers, stopApi, type StormReport } from '../support/faults/storm';

// npm run test:faults: a long evening for the sidecar. FAULT_SEED chooses another one.
const seed = Number(process.env['FAULT_SEED'] ?? 1);
const LONGEST_MS = 20 * 60_000;

async function print(report: Promise<StormReport>): Promise<StormReport> {
  const figures = await report;
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return figures;
}

const sound = { broken: [], orphans: 0, integrity_check: 'ok' };

test(
  'kill -9 of the API process 200 times under load',
  async () => {
    expect(await print(killApi({ seed, kills: 200, engine: 'quick' }))).toMatchObject({ ...sound, kills: 200 });
  },
  LONGEST_MS,
);

test(
  'kill -9 of workers 300 times over 3,000 jobs',
  async () => {
    const figures = await print(killWorkers({ seed, kills: 300, leastJobs: 3000, engine: 'quick' }));
    expect(figures).toMatchObject(sound);
    expect(figures.kills).toBeGreaterThanOrEqual(300);
    expect(figures.jobs).toBeGreaterThanOrEqual(3000);
  },
  LONGEST_MS,
);

test(
  'kill -9 of the API process while the real model captions',
  async () => {
    expect(await print(killApi({ seed, kills: 20, engine: 'mini' }))).toMatchObject(sound);
  },
  LONGEST_MS,
);

test(
  'kill -9 of workers in the middle of the real model’s captions',
  async () => {
    expect(await print(killWorkers({ seed, kills: 40, leastJobs: 100, engine: 'mini' }))).toMatchObject(sound);
  },
  LONGEST_MS,
);

test(
  'SIGTERM 30 times while the real model captions: nothing is interrupted',
  async () => {
    expect(await print(stopApi({ seed, stops: 30, engine: 'mini' }))).toMatchObject({ ...sound, interruptions: 0 });
  },
  LONGEST_MS,
);

test(
  'Redis absent, emptied, killed, frozen for 30 seconds and away for longer than a lease',
  async () => {
    const figures = await print(redisStorm(seed));
    expect(figures).toMatchObject(sound);
    // A client that waited for the frozen Redis would have waited for 30 seconds.
    expect(figures.slowest_ms).toBeLessThanOrEqual(10_000);
  },
  LONGEST_MS,
);
