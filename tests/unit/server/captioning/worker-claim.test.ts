import { workerClaim } from '../../../../server/captioning/worker-claim';
import { WorkerClaim } from '../../../../server/contract/worker';
import type { Claim } from '../../../../server/queue/queue';

const claim = { jobId: 'job_a', token: 1, siteId: 'site_a', imageSha256: 'a', work: {} } as unknown as Claim;
const toldWith = (readIn: readonly string[]) => workerClaim(claim, { leaseMs: 60_000, maxPixels: 1000, readIn });

test('a worker is told no more languages than it takes, the one that is asked for among them', () => {
  const twenty = Array.from({ length: 20 }, (_, at) => `x${at}`);
  const told = toldWith(['de', ...twenty]);
  expect(WorkerClaim.safeParse(told).success).toBe(true);
  expect(told.read_in?.slice(0, 2)).toEqual(['de', 'x0']);
});

test('where no words are read, it is told none', () => {
  expect(toldWith([])).not.toHaveProperty('read_in');
});
