import pino from 'pino';
import { SqliteQueue } from '../../../../server/queue/sqlite-queue';
import { LEASE_MS, QueueBench } from '../../../support/queue-bench';
import { describeQueue } from './queue-contract';

const silent = pino({ level: 'silent' });

describeQueue('the SQLite queue', (leases) => new SqliteQueue(leases, LEASE_MS, silent));

test('jobs whose holders vanished together come back with one flush of the disk', async () => {
  const bench = await QueueBench.start((leases) => new SqliteQueue(leases, LEASE_MS, silent));
  const told: string[] = [];
  bench.leases.onInterruption(({ jobId }) => told.push(jobId));
  const ids = Array.from({ length: 100 }, () => bench.add().id);
  for (const id of ids) expect(bench.leases.claimNext({ worker: 'w' })?.jobId).toBe(id);
  bench.advance(LEASE_MS + 1);
  const before = bench.storage.flushedCommits;
  expect(bench.leases.sweep()).toBe(100);
  expect(bench.storage.flushedCommits - before).toBe(1);
  expect(told.sort()).toEqual(ids.sort());
  expect(bench.leases.sweep()).toBe(0);
  expect(bench.storage.flushedCommits - before).toBe(1);
  await bench.remove();
});
