import pino from 'pino';
import { RemoteWork, type RemoteWorkParts } from '../../../../server/captioning/remote-work';
import { WorkerRegistry } from '../../../../server/captioning/worker-registry';
import { NO_TRACING } from '../../../../server/tracing/tracing';

const model = { id: 'fake', precision: 'fp32' as const, demonstration: false, calibrated: true, canAnswer: false };

test('a machine that is busy for minutes is here as long as its lease is renewed or its picture is fetched', async () => {
  let now = 0;
  const registry = new WorkerRegistry(() => now);
  const claim = { jobId: 'job_a', token: 1, siteId: 'site_a', imageSha256: 'a', attempt: 1, work: {} };
  const parts = {
    queue: { claim: () => Promise.resolve(claim), renew: () => true, leaseMs: 60_000 },
    leases: { held: () => claim, onInterruption: () => undefined },
    looks: { await: () => Promise.resolve(null) },
    resultsOf: () => ({ get: () => null }),
    pictureOf: () => '/tmp/picture',
    registry,
    ownModel: () => null,
    tracing: NO_TRACING,
    logger: pino({ level: 'silent' }),
  } as unknown as RemoteWorkParts;
  const work = new RemoteWork(parts);
  await work.claim({ worker: 'one-1', machine: 'one', model, wait: 0 }, new AbortController().signal);
  const isHere = () => registry.canDo('caption');
  for (const call of [() => work.heartbeat(claim), () => work.image(claim), () => work.heartbeat(claim)]) {
    now += 50_000;
    call();
    expect(isHere()).toBe(true);
  }
  now += 70_000;
  expect(isHere()).toBe(false);
});
