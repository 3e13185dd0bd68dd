import path from 'node:path';
import { AppError } from '../../../server/errors';
import { RetentionStore } from '../../../server/intake/retention-store';
import { openDatabase } from '../../../server/storage/database';
import { altsmith } from '../../support/altsmith-command';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const HOUR = 3_600_000;
/** Where the clock of the machine goes, from where it is. */
const JUMPS: Readonly<Record<string, number>> = {
  'an hour ahead': HOUR,
  'an hour back': -HOUR,
  'a day ahead': 24 * HOUR,
  'ten minutes back': -HOUR / 6,
  'into the year 2038': Date.UTC(2038, 0, 20) - Date.now(),
};

const realNow = Date.now;
let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start({ env: { ALTSMITH_LEASE_SECONDS: '3' } })));
afterEach(() => (Date.now = realNow));
afterAll(() => sidecar.remove());

let subjects = 0;

test.each(Object.entries(JUMPS))(
  'the clock goes %s in the middle of a job: it runs once, and the next as well',
  async (_name, ms) => {
    const before = sidecar.engine.requests.length;
    const first = samplePng((subjects += 1));
    let jump: () => void = () => undefined;
    const jumped = new Promise<void>((resolve) => (jump = resolve));
    sidecar.engine.before = () => {
      sidecar.engine.before = () => undefined;
      Date.now = () => realNow() + ms;
      jump();
    };
    const { body } = await sidecar.submit(first, `jump ${subjects}`);
    await jumped;
    const { job } = (await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=10`)).body;
    expect(job).toMatchObject({ state: 'done', attempts: 1 });
    // What is asked for under the new time is done, too, and what waits is not kept waiting by it.
    expect(await sidecar.suggest(samplePng((subjects += 1)), `after ${subjects}`)).toMatchObject({ state: 'pending' });
    Date.now = realNow;
    expect(await sidecar.suggest(samplePng((subjects += 1)), `again ${subjects}`)).toMatchObject({ state: 'pending' });
    expect(sidecar.engine.requests.length - before).toBe(3);
  },
);

test('jobs that wait while the clock jumps and the sidecar starts again are done, each once', async () => {
  sidecar.engine.ready = false;
  const waiting = [samplePng((subjects += 1)), samplePng((subjects += 1))];
  for (const [at, image] of waiting.entries()) await sidecar.submit(image, `restart ${at}`);
  Date.now = () => realNow() - HOUR;
  const { engine, dataDir } = sidecar;
  await sidecar.stop();
  sidecar = await TestSidecar.start({ dataDir, engine });
  engine.ready = true;
  const before = engine.requests.length;
  for (const [at, image] of waiting.entries()) {
    const { body } = await sidecar.submit(image, `restart ${at}`);
    expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job).toMatchObject({ state: 'done' });
  }
  expect(engine.requests.length - before).toBe(2);
}, 120_000);

test('a command whose clock is an hour ahead of the sidecar lets failed jobs run at once', async () => {
  const { engine, dataDir } = sidecar;
  await sidecar.stop();
  Date.now = () => realNow() - HOUR;
  sidecar = await TestSidecar.start({ dataDir, engine });
  // A machine that has done no picture yet could be the one that is broken.
  await sidecar.suggest(samplePng((subjects += 1)), 'well');
  engine.before = () => {
    throw new AppError('IMAGE_CORRUPT');
  };
  const { body } = await sidecar.submit(samplePng((subjects += 1)), 'requeued');
  const jobAfter = async () => (await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job;
  expect(await jobAfter()).toMatchObject({ state: 'failed' });
  engine.before = () => undefined;
  expect(await altsmith(dataDir, ['requeue', '--code', 'IMAGE_CORRUPT'])).toMatchObject({ code: 0 });
  expect(await jobAfter()).toMatchObject({ state: 'done' });
});

test('pictures that came while the clock was ahead go as if they came now, and a prediction’s with the same delay', () => {
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
  const add = storage.db.prepare(
    `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, received_at, kept_until)
     VALUES (?, ?, 1, 1, 1, 'image/png', ?, ?)`,
  );
  const now = Date.now();
  const ahead = now + 3650 * (24 * HOUR);
  const [plain = '', kept = ''] = ['a', 'b'].map((digit) => digit.repeat(64));
  add.run(site, plain, ahead, null);
  add.run(site, kept, ahead, ahead + 24 * HOUR);
  const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 60_000);
  const original = storage.db.prepare<[string], number>('SELECT original FROM images WHERE sha256 = ?').pluck();
  const originals = (at: number) => {
    // The first pass may still clamp.
    for (let pass = 0; pass < 2; pass += 1) for (const step = retention.turn(at); step(););
    return [plain, kept].map((sha256) => original.get(sha256));
  };
  expect(originals(now)).toEqual([1, 1]);
  expect(originals(now + 2 * 60_000)).toEqual([0, 1]);
  expect(originals(now + 2 * (24 * HOUR))).toEqual([0, 0]);
  storage.close();
});
