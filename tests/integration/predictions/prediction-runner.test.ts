import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CaptionReply } from '../../../server/contract/caption';
import { AppError, type ErrorCode } from '../../../server/errors';
import { createLogger } from '../../../server/logger';
import { PredictionRunner, type RunnerParts } from '../../../server/predictions/prediction-runner';
import { PredictionStore } from '../../../server/predictions/prediction-store';
import { PredictionWork } from '../../../server/predictions/prediction-work';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { migrate } from '../../../server/storage/migrate';
import { waitFor } from '../../support/wait-for';

const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-predictions-'));
let storage: Storage;
let store: PredictionStore;
let runner: PredictionRunner;
let now = Date.now();
let files = 0;

beforeEach(() => {
  storage = openDatabase(path.join(folder, `${String((files += 1))}.db`));
  migrate(storage);
  storage.db.prepare("INSERT INTO sites (id, name, created_at) VALUES ('site_a', 'a', 0)").run();
  now = Date.now();
  store = new PredictionStore(storage, 'site_a', () => now);
});
afterEach(async () => {
  await runner.stop();
  storage.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const reply: CaptionReply = {
  caption: 'a dog',
  alt_text: 'A dog',
  alternatives: [],
  confidence: 1,
  flags: [],
  seo: { title: null, caption: null, description: null, keywords: null, file_name: null },
  tokens: 2,
  model: { id: 'fake', precision: 'fp32', demonstration: false, calibrated: false },
  timings: { decode: 0, vision: 0, text: 0, total: 0 },
};

function begin(captionNow: RunnerParts['captionNow'], over: Partial<RunnerParts> = {}): void {
  runner = new PredictionRunner({
    work: new PredictionWork(storage, () => now),
    captionNow,
    copyOf: () => '/nowhere',
    webhooks: { wake: () => undefined, stop: () => Promise.resolve() },
    now: () => now,
    pauseMs: 5,
    logger: createLogger('silent'),
    translate: () => null,
    ...over,
  });
  runner.start();
}
const create = () => {
  const { id } = store.create({ model: 'm', version: 'v', input: {}, imageSha256: '0', options: {} });
  runner.wake();
  return id;
};
const ended = (id: string) =>
  waitFor('the run to end', () => {
    const prediction = store.get(id);
    return prediction?.state === 'starting' ? null : prediction;
  });
const attemptsOf = (id: string) => storage.db.prepare('SELECT attempts FROM predictions WHERE id = ?').pluck().get(id);

test('runs end in the order in which they came', async () => {
  const order: number[] = [];
  begin((_file, options) => {
    order.push(options.beams ?? 0);
    return Promise.resolve(reply);
  });
  const ids = [1, 2, 3, 4, 5].map((beams) => {
    return store.create({ model: 'm', version: 'v', input: {}, imageSha256: '0', options: { beams } }).id;
  });
  runner.wake();
  for (const id of ids) expect(await ended(id)).toMatchObject({ state: 'succeeded', output: 'A dog' });
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test('a picture that ends workers is tried three times', async () => {
  let tries = 0;
  begin(() => {
    tries += 1;
    return Promise.reject(new AppError('DECODE_CRASHED'));
  });
  expect(await ended(create())).toMatchObject({ state: 'failed', errorCode: 'DECODE_CRASHED' });
  expect(tries).toBe(3);
});

test('bad input is not tried again', async () => {
  let tries = 0;
  begin(() => {
    tries += 1;
    return Promise.reject(new AppError('IMAGE_CORRUPT'));
  });
  expect(await ended(create())).toMatchObject({ state: 'failed', errorCode: 'IMAGE_CORRUPT' });
  expect(tries).toBe(1);
});

test.each<ErrorCode>(['QUEUE_FULL', 'MODEL_UNAVAILABLE'])('%s costs no attempt', async (code) => {
  let tries = 0;
  begin(() => {
    tries += 1;
    return tries <= 4 ? Promise.reject(new AppError(code)) : Promise.resolve(reply);
  });
  const id = create();
  expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  expect(attemptsOf(id)).toBe(1);
});

test('a run that finds no worker for ten minutes says why', async () => {
  begin(() => Promise.reject(new AppError('MODEL_UNAVAILABLE')));
  const id = create();
  now += 601_000;
  expect(await ended(id)).toMatchObject({ state: 'failed', errorCode: 'MODEL_UNAVAILABLE' });
});

test('a picture that retention has removed is a clear failure', async () => {
  begin(() => Promise.resolve(reply), { copyOf: () => null });
  expect(await ended(create())).toMatchObject({ state: 'failed', errorCode: 'IMAGE_UNKNOWN' });
});

test('a result that comes after the cancel is dropped', async () => {
  const release = new AbortController();
  begin(async () => {
    await new Promise((resolve) => {
      release.signal.addEventListener('abort', resolve);
    });
    return reply;
  });
  const id = create();
  expect(store.cancel(id).state).toBe('canceled');
  release.abort();
  runner.cancelled(id);
  await waitFor('the work to end', () => attemptsOf(id) === 1);
  expect(store.get(id)).toMatchObject({ state: 'canceled', output: null });
});

test('a stop leaves the row as it was, without an attempt', async () => {
  begin(
    (_file, _options, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('stopped'));
        });
      }),
  );
  const id = create();
  await runner.stop();
  expect(store.get(id)!.state).toBe('starting');
  expect(attemptsOf(id)).toBe(0);
});

test('a site may have a hundred runs waiting', () => {
  begin(() => new Promise(() => undefined));
  runner.stop = () => Promise.resolve();
  for (let n = 0; n < 100; n += 1) store.create({ model: 'm', version: 'v', input: {}, imageSha256: '0', options: {} });
  expect(() => create()).toThrow('QUEUE_FULL');
});

test('runs that ended a day ago are forgotten', async () => {
  begin(() => Promise.resolve(reply));
  const id = create();
  await ended(id);
  const work = new PredictionWork(storage, () => now);
  now += 23 * 3_600_000;
  work.forgetOld();
  expect(store.get(id)).not.toBeNull();
  now += 2 * 3_600_000;
  work.forgetOld();
  expect(store.get(id)).toBeNull();
});
