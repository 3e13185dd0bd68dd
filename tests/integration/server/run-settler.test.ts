import pino from 'pino';
import { RunSettler } from '../../../server/captioning/run-settler';
import { SqliteQueue } from '../../../server/queue/sqlite-queue';
import { LEASE_MS, QueueBench } from '../../support/queue-bench';
import { waitFor } from '../../support/wait-for';

const silent = pino({ level: 'silent' });
let bench: QueueBench;
beforeAll(async () => (bench = await QueueBench.start((leases) => new SqliteQueue(leases, LEASE_MS, silent))));
afterAll(() => bench.remove());

test('a disk that is full for a moment delays the jobs of a resumed run, and keeps none back', async () => {
  bench.storage.db
    .prepare(
      `INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at, settling)
       VALUES ('run_a', ?, 'a', 'running', 0, 0, 0, 1)`,
    )
    .run(bench.siteA);
  const { id } = bench.add({ runId: 'run_a' });
  bench.storage.db.prepare('UPDATE jobs SET held = 1 WHERE id = ?').run(id);
  let failures = 0;
  const hold = (runId: string, held: 0 | 1, from?: number) => {
    if ((failures += 1) <= 2) throw new Error('the disk is full');
    return bench.leases.hold(runId, held, from);
  };
  const settler = new RunSettler({
    storage: bench.storage,
    leases: { hold },
    jobsOf: (siteId) => bench.jobs(siteId),
    suggestionsOf: () => ({ withdrawOfRun: () => null }),
    ring: () => bench.queue.ring(''),
    logger: silent,
    againMs: 5,
  });
  settler.wake();
  await waitFor('the job to be freed', () => bench.leases.claimNext({ worker: 'w' })?.jobId === id);
  const settling = bench.storage.db.prepare('SELECT settling FROM runs').pluck();
  await waitFor('the run to be settled', () => settling.get() === 0);
  await settler.stop();
  expect(failures).toBe(4);
});

test('a claim meets a paused run with very many jobs, and goes through some of them only', () => {
  bench.storage.db
    .prepare(
      `INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at)
       VALUES ('run_b', ?, 'backfill', 'paused', 0, 0, 0)`,
    )
    .run(bench.siteA);
  bench.storage.transaction(() => {
    for (let index = 0; index < 2000; index += 1) bench.add({ runId: 'run_b' });
  });
  const held = () => Number(bench.storage.db.prepare('SELECT count(*) FROM jobs WHERE held = 1').pluck().get());
  expect(bench.leases.claimNext({ worker: 'w' })).toBeNull();
  expect(held()).toBeGreaterThan(0);
  expect(held()).toBeLessThan(1000);
  for (let from: number | null = 0; from !== null;) from = bench.leases.hold('run_b', 1, from);
  expect(held()).toBe(2000);
  const free = bench.add({ priority: 'backfill' });
  expect(bench.leases.claimNext({ worker: 'w' })?.jobId).toBe(free.id);
});

test('a run that is resumed, paused in the middle and resumed again leaves no job held', async () => {
  const { storage, leases, siteA } = bench;
  storage.db
    .prepare(
      `INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at, settling)
       VALUES ('run_c', ?, 'c', 'paused', 0, 0, 0, 1)`,
    )
    .run(siteA);
  storage.transaction(() => {
    for (let index = 0; index < 1500; index += 1) bench.add({ runId: 'run_c' });
  });
  const setState = storage.db.prepare("UPDATE runs SET state = ?, settling = 1 WHERE id = 'run_c'");
  let pieces = 0;
  const settler: RunSettler = new RunSettler({
    storage,
    leases: {
      hold: (runId, held, from) => {
        const last = leases.hold(runId, held, from);
        pieces += 1;
        // In the middle of the first walk of the resumed run, and of the walk of the paused one after it.
        if (pieces === 8 || pieces === 10)
          setImmediate(() => {
            setState.run(pieces < 10 ? 'paused' : 'running');
            settler.wake();
          });
        return last;
      },
    },
    jobsOf: (siteId) => bench.jobs(siteId),
    suggestionsOf: () => ({ withdrawOfRun: () => null }),
    ring: () => undefined,
    logger: silent,
  });
  settler.wake();
  await settler.settled();
  const held = storage.db.prepare("SELECT count(*) FROM jobs WHERE run_id = 'run_c' AND held = 1").pluck();
  expect(held.get()).toBe(1500);
  setState.run('running');
  settler.wake();
  await settler.settled();
  await settler.settled();
  expect(held.get()).toBe(0);
});

test('other runs that change their state do not make the walk of one begin anew', async () => {
  const { storage, leases, siteB } = bench;
  storage.db
    .prepare(
      `INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at, settling)
       VALUES ('run_d', ?, 'd', 'running', 0, 0, 0, 1)`,
    )
    .run(siteB);
  storage.transaction(() => {
    for (let index = 0; index < 1500; index += 1) bench.add({ site: siteB, runId: 'run_d' });
  });
  storage.db.prepare("UPDATE jobs SET held = 1 WHERE run_id = 'run_d'").run();
  let pieces = 0;
  const settler: RunSettler = new RunSettler({
    storage,
    leases: {
      hold: (runId, held, from) => {
        // Far more than the run takes: a walk that begins anew each time never ends.
        if ((pieces += 1) > 100) throw new Error('the walk does not end');
        setImmediate(() => settler.wake('run_of_another_site'));
        return leases.hold(runId, held, from);
      },
    },
    jobsOf: (siteId) => bench.jobs(siteId),
    suggestionsOf: () => ({ withdrawOfRun: () => null }),
    ring: () => undefined,
    logger: silent,
  });
  settler.wake();
  await settler.settled();
  const held = storage.db.prepare("SELECT count(*) FROM jobs WHERE run_id = 'run_d' AND held = 1").pluck();
  expect(held.get()).toBe(0);
  await settler.stop();
});
