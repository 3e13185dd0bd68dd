import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { tryOwnPicture } from '../../../../server/captioning/own-picture';
import { MOST_IN_A_ROW, WorkerCondition } from '../../../../server/captioning/worker-condition';
import { AppError } from '../../../../server/errors';

const logger = pino({ level: 'silent' });
const crash = new AppError('DECODE_CRASHED');
const never = new AbortController().signal;

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] }));
afterEach(() => jest.useRealTimers());

test('whose own picture goes well goes on, and the failure is the picture’s', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(null), logger });
  expect(await condition.failed('a', crash)).toBe(true);
  expect(condition.problem()).toBeNull();
  condition.stop();
});

test('whose own picture fails is sick at once, and says why', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(new AppError('STORAGE_FULL')), logger });
  expect(await condition.failed('a', crash)).toBe(false);
  expect(condition.problem()).toMatchObject({ code: 'STORAGE_FULL' });
  expect(condition.isSick).toBe(true);
  condition.stop();
});

test('that fails at several pictures in a row pauses although its own went well; one picture alone is no reason', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(null), logger });
  for (let times = 0; times < 5; times += 1) await condition.failed('the same', crash);
  expect(condition.problem()).toBeNull();
  for (let picture = 2; picture <= MOST_IN_A_ROW; picture += 1) await condition.failed(String(picture), crash);
  expect(condition.problem()).toMatchObject({ code: 'DECODE_CRASHED' });
  expect(condition.isSick).toBe(false);
  condition.stop();
});

test('that did a picture between two failures has no row of failures', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(null), logger });
  for (let picture = 1; picture <= 10; picture += 1) {
    await condition.failed(String(picture), crash);
    condition.wentWell();
  }
  expect(condition.problem()).toBeNull();
  condition.stop();
});

test('that stops lets everybody go who waits for it', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(new AppError('STORAGE_FULL')), logger });
  await condition.failed('a', crash);
  const stopping = new AbortController();
  const waiting = condition.untilWell(stopping.signal);
  stopping.abort();
  await waiting;
  condition.stop();
  await condition.untilWell(never);
});

test('a trial leaves no listener at the signal that lives as long as the process', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-own-picture-'));
  const engine = {
    run: ({ signal }: { signal?: AbortSignal }) => {
      signal?.addEventListener('abort', () => undefined, { once: true });
      return Promise.reject(crash);
    },
  };
  const stopping = new AbortController();
  expect(await tryOwnPicture(engine, folder, stopping.signal)).toBe(crash);
  expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
  rmSync(folder, { recursive: true });
});
