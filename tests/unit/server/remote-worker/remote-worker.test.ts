import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { AppError } from '../../../../server/errors';
import { RemoteRun, type RemoteRunParts } from '../../../../server/remote-worker/remote-run';
import { RemoteWorker, type RemoteWorkerParts } from '../../../../server/remote-worker/remote-worker';
import { waitFor } from '../../../support/wait-for';

const model = { id: 'm', precision: 'fp32', demonstration: false, canAnswer: false };

test('that a picture of its own went well is said until the sidecar has heard it, and then no more', async () => {
  const said: unknown[] = [];
  const api = {
    next: async (facts: { well?: boolean }) => {
      said.push(facts.well);
      await pause(5);
      if (said.length === 1) throw new AppError('SIDECAR_UNREACHABLE');
      return null;
    },
  };
  const parts = {
    api,
    engine: { state: () => ({ ready: true, model }) },
    condition: { problem: () => null, stop: () => undefined },
    link: null,
    name: 'w',
    folder: os.tmpdir(),
    logger: pino({ level: 'silent' }),
  };
  const worker = new RemoteWorker(parts as unknown as RemoteWorkerParts);
  worker.wasWell();
  worker.start(1);
  await waitFor('three calls', () => said.length >= 3, { everyMs: 10 });
  await worker.stop(0);
  expect(said.slice(0, 3)).toEqual([true, true, undefined]);
});

test('a failure, or a job given back, is told again when the sidecar was away', async () => {
  const told: string[] = [];
  const away = (what: string) => {
    told.push(what);
    return told.length % 2 === 1 ? Promise.reject(new AppError('SIDECAR_UNREACHABLE')) : Promise.resolve();
  };
  const abandoning = new AbortController();
  const parts = {
    api: {
      start: () => Promise.resolve({ claim: { job_id: 'job_1', token: 1, lease_seconds: 60 }, picture: null }),
      save: () => Promise.reject(new AppError('IMAGE_CORRUPT')),
      fail: (_hold: unknown, error: AppError) => away(error.code),
      release: () => away('released'),
    },
    condition: { failed: () => Promise.resolve('picture') },
    folder: os.tmpdir(),
    abandoned: abandoning.signal,
    logger: pino({ level: 'silent' }),
  };
  const run = new RemoteRun(parts as unknown as RemoteRunParts);
  const job = { id: 'job_1', isLocked: () => Promise.resolve(true) } as unknown as Parameters<RemoteRun['work']>[0];
  await run.work(job);
  abandoning.abort();
  await run.work(job);
  expect(told).toEqual(['IMAGE_CORRUPT', 'IMAGE_CORRUPT', 'released', 'released']);
});
