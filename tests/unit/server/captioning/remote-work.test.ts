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
    readIn: () => ['en'],
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

test('a worker that brings a result waits for translations for a part of the time that its call lasts', async () => {
  const claim = { jobId: 'job_a', token: 1, siteId: 'site_a', imageSha256: 'a', language: 'de', work: {} };
  const patience: unknown[] = [];
  const work = new RemoteWork({
    leases: { begun: () => ({ claim, isNewest: true }), onInterruption: () => undefined },
    finisher: {
      keepResult: () => undefined,
      textsOf: (_claim: unknown, _result: unknown, mostMs: number) => Promise.resolve(patience.push(mostMs)),
      finish: () => undefined,
    },
    storage: { together: (write: () => unknown) => Promise.resolve(write()) },
    model: { wroteElsewhere: () => undefined },
    jobEnded: () => undefined,
  } as unknown as RemoteWorkParts);
  await work.finish('job_a', { token: 1, result: { model, timingsMs: { total: 1 } } } as never);
  expect(patience).toEqual([10_000]);
});
