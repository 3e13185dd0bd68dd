import pino from 'pino';
import { AppError } from '../../../../server/errors';
import { SqliteQueue } from '../../../../server/queue/sqlite-queue';
import { SiteStore } from '../../../../server/sites/site-store';
import { LEASE_MS, QueueBench } from '../../../support/queue-bench';

const silent = pino({ level: 'silent' });
let bench: QueueBench;
beforeEach(async () => (bench = await QueueBench.start((leases) => new SqliteQueue(leases, LEASE_MS, silent))));
afterEach(() => bench.remove());

const claim = async () => {
  const claimed = await bench.queue.claim({ worker: 'w', waitMs: 1000 });
  if (claimed === null) throw new Error('no job came');
  return claimed;
};

test('a site of weight three gets three turns for one of another', async () => {
  new SiteStore(bench.storage).update(bench.siteB, { limits: { weight: 3 } });
  for (let index = 0; index < 30; index += 1) {
    bench.addAndRing({ site: bench.siteA });
    bench.addAndRing({ site: bench.siteB });
  }
  const sites: string[] = [];
  for (let index = 0; index < 20; index += 1) sites.push((await claim()).siteId);
  expect(sites.filter((site) => site === bench.siteB)).toHaveLength(15);
});

test('a stream of people keeps neither uploads nor backfills waiting for ever', async () => {
  for (let index = 0; index < 3; index += 1) bench.addAndRing({ priority: 'upload' });
  for (let index = 0; index < 3; index += 1) bench.addAndRing({ priority: 'backfill' });
  const got = { interactive: 0, upload: 0, backfill: 0 };
  for (let index = 0; index < 32; index += 1) {
    bench.addAndRing({ priority: 'interactive' });
    const { jobId } = await claim();
    got[bench.jobs().get(jobId)?.priority ?? 'upload'] += 1;
  }
  expect(got.upload).toBe(3);
  expect(got.backfill).toBeGreaterThanOrEqual(2);
  expect(got.interactive).toBeGreaterThan(20);
});

test('a failure that may be the machine’s counts once the picture failed on another, too', async () => {
  const job = bench.addAndRing();
  const failOn = async (machine: string) => {
    const outcome = bench.queue.fail(await claim(), new AppError('DECODE_CRASHED'), { machine, blame: 'unknown' });
    bench.advance(3_600_000);
    return outcome;
  };
  for (let times = 0; times < 5; times += 1) expect(await failOn('sick')).toBe('waiting');
  expect(await failOn('healthy')).toBe('failed');
  expect(bench.jobs().get(job.id)).toMatchObject({ attempts: 6, error: { code: 'DECODE_CRASHED' } });
});

test('a person who waits, or asks to try again, shortens the back-off', async () => {
  const job = bench.addAndRing();
  const failed = async () => bench.queue.fail(await claim(), new AppError('STORAGE_UNAVAILABLE'));
  await failed();
  bench.jobs().retry(job.id);
  await failed();
  bench.jobs().raisePriority(job.id, 'interactive');
  expect((await claim()).attempt).toBe(3);
});
