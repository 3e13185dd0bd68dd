import pino from 'pino';
import { WorkerFacts } from '../../../../server/contract/worker';
import { BullDispatcher } from '../../../../server/queue/bull-dispatcher';
import type { PickedJob, PickWish } from '../../../../server/queue/job-picker';
import { waitFor } from '../../../support/wait-for';

/** A dispatcher over `waiting` jobs, with a Redis that can be used for `pieces` pieces. */
function fed({ waiting, slots, pieces = Infinity }: { waiting: number; slots: number; pieces?: number }) {
  const limits: number[] = [];
  const added: string[] = [];
  let left = pieces;
  const pick = (limit: number, { except = [], peopleOnly = false }: PickWish): PickedJob[] => {
    // Nobody waits for one of these at a screen.
    if (peopleOnly) return [];
    limits.push(limit);
    return Array.from({ length: waiting }, (_, index) => index + 1)
      .filter((seq) => !except.includes(seq))
      .slice(0, limit)
      .map((seq) => ({ seq, id: `job_${seq}`, siteId: 'site', isForPerson: false }));
  };
  const dispatcher = new BullDispatcher({
    window: {
      start: () => Promise.resolve(),
      isUsable: () => left > 0,
      add: (_, jobs) => {
        left -= 1;
        added.push(...jobs.map(({ id }) => id));
        return Promise.resolve(true);
      },
      look: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    },
    leases: { pick },
    rows: { notEnded: () => [], keep: () => undefined },
    takers: () => [{ tasks: ['caption'], slots }],
    logger: pino({ level: 'silent' }),
  });
  dispatcher.wake();
  return { dispatcher, limits, added };
}

test('a large window is filled a piece at a time, each of them in Redis before the next is chosen', async () => {
  const { dispatcher, limits, added } = fed({ waiting: 1000, slots: 40 });
  await waitFor('a full window', () => added.length >= 80);
  await dispatcher.stop();
  expect(limits).toEqual([25, 25, 25, 5]);
  expect(new Set(added).size).toBe(80);
});

test('it ends with the first piece that is short', async () => {
  const { dispatcher, limits, added } = fed({ waiting: 30, slots: 40 });
  await waitFor('all that waits', () => added.length >= 30);
  await dispatcher.stop();
  expect(limits).toEqual([25, 25]);
});

test('nothing more is chosen once Redis cannot be used', async () => {
  const { dispatcher, limits, added } = fed({ waiting: 1000, slots: 40, pieces: 2 });
  await waitFor('two pieces', () => added.length >= 50);
  await dispatcher.stop();
  expect(limits).toEqual([25, 25]);
  expect(dispatcher.window()).toHaveLength(50);
});

test('a machine announces no more slots than ALTSMITH_WORKERS may give it', () => {
  const isTaken = (slots: number) => WorkerFacts.shape.slots.safeParse(slots).success;
  expect([isTaken(1), isTaken(64), isTaken(65), isTaken(0)]).toEqual([true, true, false, false]);
});
