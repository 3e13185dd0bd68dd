import pino from 'pino';
import { BullBell } from '../../../../server/queue/bull-bell';
import { BullQueue } from '../../../../server/queue/bull-queue';
import { LEASE_MS, QueueBench, type QueueMaker } from '../../../support/queue-bench';
import { RedisLink } from '../../../../server/queue/redis-link';
import { RedisServer } from '../../../support/redis-server';
import { waitFor } from '../../../support/wait-for';
import { describeQueue } from './queue-contract';

let redis: RedisServer;
beforeAll(async () => (redis = await RedisServer.start()));
afterAll(() => redis.remove());
beforeEach(() => redis.command('FLUSHALL'));

const silent = pino({ level: 'silent' });
const bell = (url: string) => new BullBell(new RedisLink({ url, prefix: 'altsmith', ca: null }, silent), silent);
const bullQueue: QueueMaker = (leases) => new BullQueue(leases, LEASE_MS, bell(redis.url), silent);

describeQueue('the Bull queue', bullQueue);

describe('Redis', () => {
  const bells = () => redis.command('LLEN altsmith:bell:wait');

  test('holds ids and nothing else', async () => {
    const bench = await QueueBench.start(bullQueue);
    try {
      const job = bench.addAndRing();
      await waitFor('the bell', async () => (await bells()) === ':1');
      expect(await redis.command("EVAL \"return cjson.encode(redis.call('HGETALL', 'altsmith:bell:1'))\" 0")).toMatch(
        /^\$/,
      );
      const data = await redis.command("EVAL \"return {ok=redis.call('HGET', 'altsmith:bell:1', 'data')}\" 0");
      expect(JSON.parse(data.slice(1))).toEqual({ id: job.id });
    } finally {
      await bench.remove();
    }
  });

  test('emptied: the reconciler rings again', async () => {
    const bench = await QueueBench.start(bullQueue);
    try {
      bench.addAndRing();
      await waitFor('the bell', async () => (await bells()) === ':1');
      await redis.command('FLUSHALL');
      await waitFor('the bell again', async () => (await bells()) === ':1');
    } finally {
      await bench.remove();
    }
  });

  test('is not filled with more bells than anybody needs', async () => {
    const bench = await QueueBench.start(bullQueue);
    try {
      for (let index = 0; index < 400; index += 1) bench.addAndRing();
      await waitFor('the bells', async () => (await bells()) === ':100');
      expect(await bells()).toBe(':100');
    } finally {
      await bench.remove();
    }
  });

  test('that throws keys away when it is full is refused at the start', async () => {
    const evicting = await RedisServer.start(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
    const refused = bell(evicting.url);
    try {
      await expect(refused.start()).rejects.toMatchObject({ code: 'REDIS_EVICTS' });
    } finally {
      await refused.close();
      await evicting.remove();
    }
  });

  test('in a stranger’s hands can only ring: what is forged there makes no job and hides none', async () => {
    const bench = await QueueBench.start(bullQueue);
    const claim = () => bench.queue.claim({ worker: 'w', waitMs: 3000 });
    // As Bull itself lays a job down; `data` is an expression of Redis's Lua.
    const forge = async (id: number, data: string) => {
      const job = `'altsmith:bell:${id}', 'name', '__default__', 'opts', '{}', 'timestamp', '1', 'data', ${data}`;
      await redis.command(`EVAL "redis.call('HSET', ${job.replaceAll('"', '\\"')})" 0`);
      await redis.command(`RPUSH altsmith:bell:wait ${id}`);
    };
    try {
      await forge(901, `'{"id":"job_unknown"}'`);
      await forge(902, `'{"site_id":"${bench.siteB}","image_sha256":"${'a'.repeat(64)}"}'`);
      await forge(903, `'"' .. string.rep('x', 1000000) .. '"'`);
      await forge(904, "'{broken'");
      await redis.command('RPUSH altsmith:bell:wait 905');
      expect(await redis.command('HSTRLEN altsmith:bell:903 data')).toBe(':1000002');
      expect(await bells()).toBe(':5');
      expect(await bench.queue.claim({ worker: 'w', waitMs: 500 })).toBeNull();
      const jobs = [bench.addAndRing(), bench.addAndRing()];
      expect([(await claim())?.jobId, (await claim())?.jobId]).toEqual(jobs.map(({ id }) => id));
      await waitFor('every bell to be heard', async () => {
        await bench.queue.claim({ worker: 'w', waitMs: 200 });
        return (await bells()) === ':0';
      });
      expect(bench.jobs().list({ limit: 10 }).items).toHaveLength(jobs.length);
      expect(bench.jobs(bench.siteB).list({ limit: 10 }).items).toHaveLength(0);
    } finally {
      await bench.remove();
    }
  });

  test('absent at the start, killed or frozen: jobs are accepted and handed out all the same', async () => {
    const own = await RedisServer.prepare();
    const bench = await QueueBench.start((leases) => new BullQueue(leases, LEASE_MS, bell(own.url), silent));
    const passes = async () => {
      const started = performance.now();
      const job = bench.addAndRing();
      expect(performance.now() - started).toBeLessThan(1000);
      const claimed = await bench.queue.claim({ worker: 'w', waitMs: 5000 });
      expect(claimed?.jobId).toBe(job.id);
      bench.queue.complete(claimed!, { suggestionId: `sug_${job.id}`, modelId: 'fake' });
    };
    try {
      await passes();
      await own.start();
      await passes();
      own.signal('SIGSTOP');
      await passes();
      own.signal('SIGCONT');
      await passes();
      await own.stop('SIGKILL');
      await passes();
      await own.start();
      await passes();
    } finally {
      await bench.remove();
      await own.remove();
    }
  });
});
