import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { AppError } from '../../../../server/errors';
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
