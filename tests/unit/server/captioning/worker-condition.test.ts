import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { tryOwnPicture } from '../../../../server/captioning/own-picture';
import { MOST_IN_A_ROW, MOST_REFUSALS, WorkerCondition } from '../../../../server/captioning/worker-condition';
import { AppError } from '../../../../server/errors';

const logger = pino({ level: 'silent' });
const crash = new AppError('DECODE_CRASHED');
const never = new AbortController().signal;

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] }));
afterEach(() => jest.useRealTimers());

test('whose own picture goes well goes on, and the failure is the picture’s', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(null), logger });
  expect(await condition.failed('a', crash)).toBe('picture');
  expect(condition.problem()).toBeNull();
  condition.stop();
});

test('whose own picture fails is sick at once, and says why', async () => {
  const condition = new WorkerCondition({ check: () => Promise.resolve(new AppError('STORAGE_FULL')), logger });
  expect(await condition.failed('a', crash)).toBe('unknown');
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

test('whose model server has too much to do waits, holds nothing against the picture, and tries none of its own', async () => {
  const check = jest.fn(() => Promise.resolve(null));
  const condition = new WorkerCondition({ check, logger });
  const busy = new AppError('MODEL_SERVER_BUSY', { retry_after_seconds: 90 });
  expect(await condition.failed('a', busy)).toBe('nobody');
  expect(condition.problem()).toMatchObject({ code: 'MODEL_SERVER_BUSY' });
  expect(condition.isSick).toBe(false);
  expect(condition.overload()?.details).toEqual({ retry_after_seconds: 90 });
  expect(check).not.toHaveBeenCalled();
  condition.stop();
});

test('whose model server refuses one picture again and again tries its own: where that goes well the picture is to blame', async () => {
  const check = jest.fn(() => Promise.resolve<AppError | null>(null));
  const wasWell = jest.fn();
  const condition = new WorkerCondition({ check, wasWell, logger });
  const busy = new AppError('MODEL_SERVER_BUSY');
  for (let times = 1; times <= MOST_REFUSALS; times += 1) expect(await condition.failed('a', busy)).toBe('nobody');
  expect(check).not.toHaveBeenCalled();
  expect(await condition.failed('a', busy)).toBe('picture');
  expect(wasWell).toHaveBeenCalledTimes(1);
  // Another picture has a count of its own, and a server that refuses the machine's own too has much to do.
  expect(await condition.failed('b', busy)).toBe('nobody');
  expect(check).toHaveBeenCalledTimes(1);
  check.mockImplementation(() => Promise.resolve(busy));
  expect(await condition.failed('a', busy)).toBe('nobody');
  condition.stop();
});

test('to which pictures do not come whole waits after several, and its own picture shows nothing', async () => {
  const check = jest.fn(() => Promise.resolve(null));
  const condition = new WorkerCondition({ check, logger });
  const cut = new AppError('IMAGE_TRANSFER_FAILED');
  for (let picture = 1; picture < MOST_IN_A_ROW; picture += 1)
    expect(await condition.failed(String(picture), cut)).toBe('unknown');
  expect(condition.problem()).toBeNull();
  await condition.failed('last', cut);
  expect(condition.problem()).toMatchObject({ code: 'IMAGE_TRANSFER_FAILED' });
  expect(check).not.toHaveBeenCalled();
  condition.stop();
});

test('refuses a picture for good only once it has done one, its own included', async () => {
  const corrupt = new AppError('IMAGE_CORRUPT');
  const broken = new WorkerCondition({ check: () => Promise.resolve(new AppError('INTERNAL')), logger });
  expect(await broken.failed('a', corrupt)).toBe('unknown');
  expect(broken.problem()).toMatchObject({ code: 'INTERNAL' });
  const check = jest.fn(() => Promise.resolve(null));
  const fine = new WorkerCondition({ check, logger });
  for (const picture of ['a', 'b', 'c', 'd']) expect(await fine.failed(picture, corrupt)).toBe('picture');
  expect(check).toHaveBeenCalledTimes(1);
  expect(fine.problem()).toBeNull();
  broken.stop();
  fine.stop();
});

test('whose model says nothing usable about its own picture either is sick', async () => {
  const silent = new AppError('MODEL_REPLY_UNUSABLE');
  const condition = new WorkerCondition({ check: () => Promise.resolve(silent), logger });
  condition.wentWell();
  expect(await condition.failed('a', silent)).toBe('unknown');
  expect(condition.isSick).toBe(true);
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
