import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { openStores } from '../../../server/composition/stores';
import { readConfig } from '../../../server/config';
import { forgetOldKeys } from '../../../server/queue/idempotency-store';
import { requeueFailed } from '../../../server/queue/requeue-store';
import { HistoryStore } from '../../../server/retention/history-store';
import { ThumbnailStore } from '../../../server/retention/thumbnail-store';
import { DataFolder } from '../../../server/storage/data-folder';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { giveBackPages } from '../../../server/storage/free-pages';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const DAY = 86_400_000;
const by = { id: '1', name: 'Ada' };

let sidecar: TestSidecar;
let storage: Storage;
beforeEach(async () => {
  sidecar = await TestSidecar.start();
  storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
});
afterEach(async () => {
  storage.close();
  await sidecar.remove();
});

const decide = (id: string, action: string) =>
  sidecar.call('POST', `/v1/suggestions/${id}/decision`, { action, by, version: 1 });
const writeBack = (id: string, outcome: string) =>
  sidecar.call('POST', `/v1/suggestions/${id}/write-back`, { outcome, before: {}, after: {} });
const count = (table: string) => storage.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
/** What a pass does `days` from now. */
function pruneIn(days: number, keepDays = 30): void {
  const history = new HistoryStore(storage, keepDays * DAY);
  while (history.step(Date.now() + days * DAY));
}
const thumbnailOf = ({ sha256 }: { sha256: string }) => {
  const site = storage.db.prepare('SELECT id FROM sites').pluck().get();
  return path.join(sidecar.dataDir, 'thumbnails', String(site), sha256.slice(0, 2), `${sha256}.webp`);
};

test('what was decided long ago goes with its job; what waits for somebody stays however old it is', async () => {
  const [pending, approved, decorative, applied, rejected, conflict] = await Promise.all(
    [1, 2, 3, 4, 5, 6].map((seed) => sidecar.suggest(samplePng(seed), String(seed))),
  );
  const run = (await sidecar.call('POST', '/v1/runs', { name: 'long ago' })).body.run.id;
  await decide(approved.id, 'approve');
  await decide(decorative.id, 'decorative');
  await decide(applied.id, 'approve');
  await writeBack(applied.id, 'applied');
  await decide(rejected.id, 'reject');
  await decide(conflict.id, 'approve');
  await writeBack(conflict.id, 'conflict');
  sidecar.engine.ready = false;
  const waiting = (await sidecar.submit(samplePng(7), '7')).body.job.id;
  const cancelled = (await sidecar.submit(samplePng(8), '8', { run_id: run })).body.job.id;
  await sidecar.call('POST', `/v1/jobs/${cancelled}/cancel`);

  pruneIn(29);
  expect([count('suggestions'), count('jobs'), count('runs')]).toEqual([6, 8, 1]);
  pruneIn(31);
  for (const kept of [pending, approved, decorative, conflict]) {
    expect((await sidecar.call('GET', `/v1/suggestions/${kept.id}`)).status).toBe(200);
    expect((await sidecar.call('GET', `/v1/jobs/${kept.job_id}`)).status).toBe(200);
  }
  for (const gone of [applied, rejected]) {
    expect((await sidecar.call('GET', `/v1/suggestions/${gone.id}`)).status).toBe(404);
    expect((await sidecar.call('GET', `/v1/jobs/${gone.job_id}`)).status).toBe(404);
  }
  expect((await sidecar.call('GET', `/v1/jobs/${waiting}`)).body.job.state).toBe('waiting');
  expect((await sidecar.call('GET', `/v1/jobs/${cancelled}`)).status).toBe(404);
  expect((await sidecar.call('GET', `/v1/runs/${run}`)).status).toBe(404);
  expect(storage.db.prepare('SELECT count(*) FROM job_counts WHERE run_id = ?').pluck().get(run)).toBe(0);
});

test('a cursor older than the feed is told so, and where to go on after reading the lists', async () => {
  await sidecar.suggest(samplePng(1), '1');
  const cursor = (await sidecar.call('GET', '/v1/changes')).body.next;
  const second = await sidecar.suggest(samplePng(2), '2');
  pruneIn(31);
  let next = '';
  for (const after of ['', `?after=${cursor}`]) {
    const expired = await sidecar.call('GET', `/v1/changes${after}`);
    expect(expired).toMatchObject({ status: 410, body: { error: { code: 'CURSOR_EXPIRED', retryable: false } } });
    ({ next } = expired.body.error.details);
    expect((await sidecar.call('GET', `/v1/changes?after=${next}`)).body).toMatchObject({ items: [], next });
    expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toHaveLength(2);
  }
  await decide(second.id, 'approve');
  expect((await sidecar.call('GET', `/v1/changes?after=${next}`)).body.items).toMatchObject([
    { type: 'suggestion.decided', suggestion: { id: second.id } },
  ]);
});

test('an instance whose own entries are all there reads on, whatever was pruned beside it', async () => {
  await sidecar.suggest(samplePng(1), '1');
  pruneIn(31);
  const headers = { 'altsmith-instance': 'a-quiet-instance' };
  expect((await sidecar.call('GET', '/v1/changes', undefined, { headers })).status).toBe(200);
});

test('a thumbnail stays while somebody has to decide, and goes some time after', async () => {
  const [open, done] = [samplePng(1), samplePng(2)];
  await sidecar.suggest(open, '1');
  const decided = await sidecar.suggest(done, '2');
  await decide(decided.id, 'reject');
  const pass = (days: number) => {
    const thumbnails = new ThumbnailStore(storage, path.join(sidecar.dataDir, 'thumbnails'), 10 * DAY);
    while (thumbnails.step(Date.now() + days * DAY));
  };
  pass(9);
  expect([open, done].map(thumbnailOf).map((file) => existsSync(file))).toEqual([true, true]);
  pass(11);
  expect([open, done].map(thumbnailOf).map((file) => existsSync(file))).toEqual([true, false]);
  expect((await sidecar.call('GET', `/v1/images/${done.sha256}/thumbnail`)).status).toBe(404);
  expect(count('images')).toBe(2);
  storage.db.prepare('UPDATE images SET original = 0').run();
  pruneIn(40);
  pass(40);
  expect(count('images')).toBe(1);
});

test('no thumbnail outlives the history that names its subject', async () => {
  const image = samplePng(1);
  await decide((await sidecar.suggest(image, '1')).id, 'reject');
  await sidecar.stop();
  const settings = { ALTSMITH_KEEP_HISTORY_DAYS: '10', ALTSMITH_KEEP_THUMBNAILS_DAYS: '90' };
  const data = new DataFolder(sidecar.dataDir);
  const stores = openStores(data, readConfig({ ALTSMITH_DATA_DIR: sidecar.dataDir, ...settings }), storage);
  const pass = (days: number) => {
    while (stores.history.step(Date.now() + days * DAY));
    while (stores.thumbnails.step(Date.now() + days * DAY));
  };
  pass(9);
  expect([count('suggestions'), existsSync(thumbnailOf(image))]).toEqual([1, true]);
  pass(11);
  expect([count('suggestions'), existsSync(thumbnailOf(image))]).toEqual([0, false]);
});

test('the room of what went goes back to the disk in small steps', async () => {
  const file = path.join(sidecar.dataDir, 'altsmith.db');
  await sidecar.stop();
  storage.transaction(() => {
    const add = storage.db.prepare("INSERT INTO facts (name, value) VALUES ('filling ' || ?, hex(randomblob(2000)))");
    for (let number = 0; number < 2000; number += 1) add.run(number);
  });
  storage.db.pragma('wal_checkpoint(TRUNCATE)');
  const full = statSync(file).size;
  storage.db.exec("DELETE FROM facts WHERE name LIKE 'filling %'");
  let steps = 0;
  while (giveBackPages(storage)) steps += 1;
  storage.db.pragma('wal_checkpoint(TRUNCATE)');
  expect(steps).toBeGreaterThan(5);
  expect(statSync(file).size).toBeLessThan(full - 7_000_000);
});

test('what nobody reads of a request is not stored', async () => {
  const context = {
    file_name: 'IMG_1.jpg',
    surrounding_text: 'a secret about somebody',
    page_url: 'https://example.com/secret',
    used_in: 3,
  };
  expect((await sidecar.submit(samplePng(1), '1', { context, locale: 'de_DE' })).status).toBe(202);
  const stored = String(storage.db.prepare('SELECT request FROM jobs').pluck().get());
  expect(stored).toContain('IMG_1.jpg');
  expect(stored).not.toContain('secret');
});

test('one request forgets a few of the names of old requests, however many there are', async () => {
  const site = storage.db.prepare('SELECT id FROM sites').pluck().get();
  const add = storage.db.prepare("INSERT INTO idempotency_keys VALUES (?, ?, x'00', 'job_1', ?)");
  for (let number = 0; number < 100; number += 1) add.run(site, `old ${number}`, Date.now() - 4 * DAY);
  const names = () => storage.db.prepare('SELECT count(*) FROM idempotency_keys').pluck().get();
  const image = samplePng(1);
  await sidecar.putImage(image);
  const request = { image_sha256: image.sha256, subject: { type: 'attachment', id: '1' } };
  await sidecar.call('POST', '/v1/jobs', request, { headers: { 'idempotency-key': 'new' } });
  expect(names()).toBe(81);
  // The rest goes although nobody asks.
  for (let number = 0; number < 300; number += 1) add.run(site, `older ${number}`, Date.now() - 5 * DAY);
  let steps = 1;
  while (forgetOldKeys(storage, Date.now())) steps += 1;
  expect([names(), steps]).toEqual([1, 4]);
});

test('jobs are requeued a few at a time, so that a sidecar beside it can write meanwhile', async () => {
  const site = storage.db.prepare('SELECT id FROM sites').pluck().get();
  const add = storage.db.prepare(
    `INSERT INTO jobs (id, site_id, subject_type, subject_id, image_sha256, priority, request, state, error_code,
       available_at, attempts, token, created_at, updated_at, finished_at)
     VALUES (?, ?, 'attachment', ?, '0', 2, '{}', 'failed', ?, 0, 1, 1, 1, 1, 1)`,
  );
  storage.transaction(() => {
    for (let number = 0; number < 500; number += 1)
      add.run(`job_${number}`, site, number, number % 5 === 0 ? 'IMAGE_CORRUPT' : 'CAPTION_TIMEOUT');
  });
  const waiting = () => storage.db.prepare("SELECT count(*) FROM jobs WHERE state = 'waiting'").pluck().get();
  const other = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  other.db.pragma('busy_timeout = 0');
  const requeueing = requeueFailed(storage, 'CAPTION_TIMEOUT');
  const meanwhile = waiting();
  other.db.prepare("INSERT INTO facts VALUES ('meanwhile', '1')").run();
  other.close();
  expect([meanwhile, await requeueing, waiting()]).toEqual([160, 400, 400]);
});

test('of a subject that is gone only the bytes stay, while a prediction of the same picture reads them', async () => {
  const image = samplePng(1);
  const suggestion = await sidecar.suggest(image, '7');
  let goOn: (() => void) | null = null;
  sidecar.engine.before = () => new Promise<void>((done) => (goOn = done));
  const input = { image: `data:image/png;base64,${image.bytes.toString('base64')}` };
  await sidecar.call('POST', '/replicate/v1/predictions', { version: 'a'.repeat(64), input });
  await waitFor('the prediction to run', () => goOn !== null);
  await writeBack(suggestion.id, 'gone');
  expect((await sidecar.call('GET', `/v1/images/${image.sha256}/thumbnail`)).status).toBe(404);
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(200);
  expect(storage.db.prepare('SELECT kept_until FROM images').pluck().get()).toBeNull();
  goOn!();
});
