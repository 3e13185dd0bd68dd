import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from '../redis-server';
import { waitFor } from '../wait-for';
import type { WorkerProcess } from '../worker-process';
import { runStorm, type Scene, type StormReport } from './storm';

/** Shorter than Redis is away below, so that leases end meanwhile. */
const LEASE_SECONDS = 10;
const FROZEN_MS = 30_000;
const AWAY_MS = 20_000;
const EMPTIED_TIMES = 20;
const KILLED_TIMES = 5;
const BETWEEN_MS = 500;

async function grows({ clients }: Scene): Promise<void> {
  const before = clients.ledger.acknowledged.size;
  await waitFor('more jobs', () => clients.ledger.acknowledged.size > before + 10, { timeoutMs: 60_000 });
}

/**
 * Redis is absent at the start, emptied, killed, frozen for 30 seconds, and away for longer than a lease, one after the
 * other and under load, while two workers beside the sidecar take their jobs from it. `slowest_ms` of the report is the longest that a client waited for the answer to a new job.
 */
export async function redisStorm(seed: number): Promise<StormReport> {
  const redis = await RedisServer.prepare();
  const env = {
    ALTSMITH_QUEUE: 'bull',
    ALTSMITH_REDIS_URL: redis.url,
    ALTSMITH_LEASE_SECONDS: String(LEASE_SECONDS),
  };
  const elsewhere = { count: 2, env: { ALTSMITH_REDIS_URL: redis.url } };
  try {
    return await runStorm({ name: 'redis', seed, kills: 0, engine: 'quick', env, elsewhere }, async (scene) => {
      await grows(scene);
      await redis.start();
      await grows(scene);
      for (let times = 0; times < EMPTIED_TIMES; times += 1) {
        await redis.command('FLUSHALL');
        await pause(scene.random() * BETWEEN_MS);
      }
      for (let times = 0; times < KILLED_TIMES; times += 1) {
        await redis.stop('SIGKILL');
        await pause(scene.random() * BETWEEN_MS);
        await redis.start();
        await pause(scene.random() * BETWEEN_MS);
      }
      redis.signal('SIGSTOP');
      await pause(FROZEN_MS);
      await grows(scene);
      redis.signal('SIGCONT');
      await redis.stop('SIGKILL');
      await pause(AWAY_MS);
      await grows(scene);
      // What was rung nowhere is found by the reconciler: the queue empties without Redis too.
      await waitFor('the queue to be short', async () => (await waiting(scene)) < 20, { timeoutMs: 60_000 });
      await redis.start();
      await grows(scene);
      const usesRedis = ({ output }: WorkerProcess) => output.includes('jobs are taken from redis');
      await waitFor('every worker to use Redis', () => scene.workers.every(usesRedis));
    });
  } finally {
    await redis.remove();
  }
}

async function waiting({ sidecar }: Scene): Promise<number> {
  return (await sidecar.call('GET', '/v1/status')).body.queue.waiting;
}
