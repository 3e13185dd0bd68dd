import type { Job, Queue } from 'bull';
import pino from 'pino';
import { AppError } from '../../../../server/errors';
import type { Takers } from '../../../../server/queue/bull-dispatcher';
import type { Claim } from '../../../../server/queue/queue';
import { RedisLink } from '../../../../server/queue/redis-link';
import { BullBench } from '../../../support/bull-bench';
import { LEASE_MS } from '../../../support/queue-bench';
import { RedisServer } from '../../../support/redis-server';
import { waitFor } from '../../../support/wait-for';

let redis: RedisServer;
let bull: BullBench;
let takers: Takers[];
beforeAll(async () => (redis = await RedisServer.start()));
afterAll(() => redis.remove());
beforeEach(async () => {
  await redis.command('FLUSHALL');
  takers = [{ tasks: ['caption'], slots: 3 }];
  bull = await BullBench.start(redis, () => takers);
});
afterEach(() => bull.remove());

const inRedis = (count: number, name?: string) =>
  waitFor(`${count} jobs in Redis`, async () => (await bull.waiting(name)) === count, { timeoutMs: 10_000 });

const taken = (queue: Queue): Promise<Job> =>
  waitFor<Job>('a job of Bull', () => queue.getNextJob(), { timeoutMs: 10_000 });
const begun = (job: Pick<Job, 'id'>): Claim => {
  const claim = bull.begin(job);
  if ('state' in claim) throw new Error(`refused: ${claim.state}`);
  return claim;
};
const finish = async (job: Job) => {
  const claim = begun(job);
  bull.bench.queue.complete(claim, { suggestionId: `sug_${claim.jobId}`, modelId: 'fake' });
  await job.moveToCompleted('', true, true);
  return claim;
};

test('Redis holds two ids for each slot and nothing else, however many jobs wait', async () => {
  const ids = Array.from({ length: 400 }, () => bull.bench.addAndRing().id);
  await inRedis(6);
  const held = await bull.queue().getWaiting();
  expect(held.map(({ id }) => id).sort()).toEqual(ids.slice(0, 6).sort());
  for (const { data, opts } of held) expect({ data, attempts: opts.attempts }).toEqual({ data: {}, attempts: 1 });
  const queue = bull.queue();
  await finish(await taken(queue));
  // The next id is added at once; a running job counts toward the limit as well.
  await inRedis(6);
  begun(await taken(queue));
  await waitFor('the reconciler', async () => (await bull.waiting()) === 5);
});

test('a job goes only to workers that can do it', async () => {
  takers = [
    { tasks: ['answer'], slots: 1 },
    { tasks: ['caption'], slots: 1 },
  ];
  bull.bench.addAndRing();
  await inRedis(1, 'caption');
  expect(await bull.waiting('answer')).toBe(0);
});

describe('beside a site with 100,000 waiting jobs another one’s first job begins within two pictures', () => {
  beforeEach(() => {
    const { db } = bull.bench.storage;
    bull.bench.add({ priority: 'backfill' });
    db.exec(
      `INSERT INTO jobs (id, site_id, subject_type, subject_id, image_sha256, priority, request, state, available_at, created_at, updated_at)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
       SELECT 'job_' || i, site_id, subject_type, 's' || i, image_sha256, priority, request, state, available_at, created_at, updated_at
       FROM n, jobs WHERE seq = 1`,
    );
    expect(bull.bench.jobs().counts().waiting).toBe(100_000);
    bull.bench.queue.ring('');
  });
  const ofOther = () => bull.bench.add({ site: bull.bench.siteB, priority: 'backfill' });

  test('over Bull', async () => {
    await inRedis(6);
    const queue = bull.queue();
    const takeThree = () => Promise.all([taken(queue), taken(queue), taken(queue)]);
    const beginAll = (jobs: Job[]) => jobs.map((job) => ({ job, claim: begun(job) }));
    let running = beginAll(await takeThree());
    const { id } = ofOther();
    const pictures: number[] = [];
    for (let picture = 1; picture <= 4; picture += 1) {
      for (const { job, claim } of running) {
        bull.bench.queue.complete(claim, { suggestionId: `sug_${claim.jobId}`, modelId: 'fake' });
        await job.moveToCompleted('', true, true);
      }
      await inRedis(6);
      running = beginAll(await takeThree());
      if (running.some(({ claim }) => claim.jobId === id)) pictures.push(picture);
    }
    expect(pictures).toEqual([expect.any(Number)]);
    expect(pictures[0]).toBeLessThanOrEqual(2);
  });

  test('over the long poll', async () => {
    takers = [];
    const next = () => bull.bench.queue.next({ worker: 'w', waitMs: 1000 });
    for (let worker = 0; worker < 3; worker += 1) await next();
    const { id } = ofOther();
    expect([await next(), await next()]).toContain(id);
  });
});

test('what a person waits for goes into the window although it is full, and comes first', async () => {
  for (let index = 0; index < 10; index += 1) bull.bench.addAndRing({ priority: 'backfill' });
  await inRedis(6);
  const urgent = bull.bench.addAndRing({ priority: 'interactive' });
  await inRedis(7);
  expect((await taken(bull.queue())).id).toBe(urgent.id);
});

test('emptied, Redis is fed again', async () => {
  for (let index = 0; index < 10; index += 1) bull.bench.addAndRing();
  await inRedis(6);
  await redis.command('FLUSHALL');
  await inRedis(6);
});

test('a paused or cancelled run takes nothing back from Redis, and its jobs are not begun', async () => {
  const { db } = bull.bench.storage;
  db.prepare(
    `INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at)
     VALUES ('run_1', ?, 'backfill', 'running', 0, 0, 0)`,
  ).run(bull.bench.siteA);
  const jobs = [0, 1, 2].map(() => bull.bench.addAndRing({ runId: 'run_1', priority: 'backfill' }));
  await inRedis(3);
  db.prepare("UPDATE runs SET state = 'paused'").run();
  bull.bench.jobs().cancel(jobs[1]!.id);
  expect(await bull.waiting()).toBe(3);
  const queue = bull.queue();
  const refused: Record<string, unknown> = {};
  for (let index = 0; index < 3; index += 1) {
    const job = await taken(queue);
    refused[String(job.id)] = bull.begin(job);
    await job.moveToCompleted('', true, true);
  }
  const [first, second, third] = jobs.map(({ id }) => id);
  expect(refused).toEqual({
    [first!]: { state: 'waiting' },
    [second!]: { state: 'cancelled' },
    [third!]: { state: 'waiting' },
  });
  db.prepare("UPDATE runs SET state = 'running'").run();
  bull.bench.leases.hold('run_1', 0);
  bull.bench.queue.ring('');
  await inRedis(2);
});

test('what Bull hands out again is a new start; the first result counts, and a failure of the newest start only', async () => {
  const { id } = bull.bench.addAndRing();
  await inRedis(1);
  const first = begun({ id });
  const second = begun({ id });
  expect(second.token).toBeGreaterThan(first.token);
  expect(bull.bench.jobs().get(id)).toMatchObject({ state: 'running', attempts: 2 });
  const lost = expect.objectContaining({ code: 'LEASE_LOST' });
  expect(() => bull.bench.queue.fail(first, new AppError('IMAGE_CORRUPT'))).toThrow(lost);
  bull.bench.queue.complete(first, { suggestionId: 'sug_1', modelId: 'fake' });
  expect(() => bull.bench.queue.complete(second, { suggestionId: 'sug_2', modelId: 'fake' })).toThrow(lost);
  expect(bull.bench.jobs().get(id)).toMatchObject({ state: 'done', suggestion_id: 'sug_1' });
  expect(bull.begin({ id })).toEqual({ state: 'done' });
});

test('a job that Bull hands out again and again is given up', () => {
  const { id } = bull.bench.addAndRing();
  let starts = 0;
  while (bull.bench.jobs().get(id)?.state !== 'failed' && starts < 50) {
    bull.begin({ id });
    starts += 1;
    bull.bench.advance(11 * 60_000);
  }
  expect(bull.bench.jobs().get(id)).toMatchObject({ state: 'failed', error: { code: 'JOB_INTERRUPTED' } });
  expect(bull.bench.ended).toEqual([`failed ${id}`]);
});

test('the lock in Redis is the lease: no heartbeat is needed while it is held, and without it the job comes back', async () => {
  const { id } = bull.bench.addAndRing();
  await inRedis(1);
  const queue = bull.queue('caption', 3_600_000);
  const claim = begun(await taken(queue));
  const leaseUntil = () =>
    bull.bench.storage.db.prepare<[string], number>('SELECT lease_until FROM jobs WHERE id = ?').pluck().get(id) ?? 0;
  bull.bench.advance(LEASE_MS / 2);
  await waitFor('the lease to be renewed', () => leaseUntil() > bull.bench.now() + LEASE_MS / 2);
  await redis.command('FLUSHALL');
  bull.bench.advance(LEASE_MS + 1);
  await inRedis(1);
  expect(bull.bench.jobs().get(id)).toMatchObject({ state: 'waiting' });
  // The first result counts, although its worker has lost the lock.
  bull.bench.queue.complete(claim, { suggestionId: 'sug_1', modelId: 'fake' });
});

test('the sidecar’s own workers take what is not in Redis, and the rest once nothing else is left', async () => {
  takers = [{ tasks: ['caption'], slots: 1 }];
  const ids = Array.from({ length: 4 }, () => bull.bench.addAndRing().id);
  await inRedis(2);
  const claim = async () => (await bull.bench.queue.claim({ worker: 'local-1', waitMs: 0 }))?.jobId;
  expect([await claim(), await claim()]).toEqual(ids.slice(2));
  expect([await claim(), await claim()].sort()).toEqual(ids.slice(0, 2).sort());
  expect(bull.begin(await taken(bull.queue()))).toEqual({ state: 'running' });
});

test('workers that are gone leave their jobs to others', async () => {
  bull.bench.addAndRing();
  await inRedis(1, 'caption');
  takers = [{ tasks: ['caption', 'answer'], slots: 1 }];
  await inRedis(1, 'answer.caption');
});

test('in a stranger’s hands Redis makes no job and hides none', async () => {
  const own = bull.bench.addAndRing();
  await inRedis(1);
  const queue = bull.queue();
  await queue.add({}, { jobId: 'job_unknown' });
  await queue.add({ site_id: bull.bench.siteB, bytes: 'x'.repeat(1_000_000) }, { jobId: '../../v1/admin', lifo: true });
  await redis.command('RPUSH altsmith:caption:wait 905');
  const states: unknown[] = [];
  await waitFor('the own job', async () => {
    const job = await queue.getNextJob();
    if (!job) return false;
    const claim = bull.begin(job);
    states.push('state' in claim ? claim.state : claim.jobId);
    return job.id === own.id;
  });
  expect(states.filter((one) => one !== 'gone')).toEqual([own.id]);
  expect(bull.bench.jobs().list({ limit: 10 }).items).toHaveLength(1);
  expect(bull.bench.jobs(bull.bench.siteB).list({ limit: 10 }).items).toHaveLength(0);
});

test('a Redis that throws keys away when it is full is refused at the start', async () => {
  const evicting = await RedisServer.start(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
  const link = new RedisLink({ url: evicting.url, prefix: 'altsmith', ca: null }, pino({ level: 'silent' }));
  try {
    await expect(link.start()).rejects.toMatchObject({ code: 'REDIS_EVICTS' });
  } finally {
    link.close();
    await evicting.remove();
  }
});

test('Redis absent at the start, killed or frozen: jobs are accepted and handed out all the same', async () => {
  const own = await RedisServer.prepare();
  const other = await BullBench.start(own, () => takers);
  const passes = async () => {
    const started = performance.now();
    const job = other.bench.addAndRing();
    expect(performance.now() - started).toBeLessThan(5000);
    const claimed = await other.bench.queue.claim({ worker: 'w', waitMs: 10_000 });
    expect(claimed?.jobId).toBe(job.id);
    other.bench.queue.complete(claimed!, { suggestionId: `sug_${job.id}`, modelId: 'fake' });
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
    other.bench.addAndRing();
    await waitFor('a job in Redis again', async () => (await other.waiting()) === 1, { timeoutMs: 20_000 });
  } finally {
    await other.remove();
    await own.remove();
  }
}, 120_000);
