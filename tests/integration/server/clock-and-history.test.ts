import path from 'node:path';
import { forgetResults } from '../../../server/captioning/result-store';
import { HistoryStore } from '../../../server/retention/history-store';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { TestSidecar } from '../../support/test-sidecar';

const DAY = 86_400_000;

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

const count = (table: string) => storage.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
/** What a pass does `days` from now. */
function pruneIn(days: number): void {
  const history = new HistoryStore(storage, 30 * DAY);
  while (history.step(Date.now() + days * DAY));
}

/** Rows as a clock wrote them: feed, cancelled jobs, rejected suggestions and results, `count` of each at each of the times. */
function addRows(times: readonly { readonly at: number; readonly count: number }[]): void {
  const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
  const job = storage.db.prepare(
    `INSERT INTO jobs (id, site_id, subject_type, subject_id, image_sha256, priority, request, state, available_at,
       created_at, updated_at, finished_at)
     VALUES (:id, :site, 'attachment', :id, '0', 2, '{}', 'cancelled', 0, :at, :at, :at)`,
  );
  const change = storage.db.prepare(
    "INSERT INTO changes (site_id, type, job_id, at) VALUES (:site, 'job.cancelled', :id, :at)",
  );
  const suggestion = storage.db.prepare(
    `INSERT INTO suggestions (id, site_id, job_id, job_seq, version, state, subject_type, subject_id, image_sha256, fields,
       alternatives, confidence, flags, model, current, created_at, updated_at)
     VALUES (:id, :site, :id, 0, 1, 'rejected', 'attachment', :id, '0', '{}', '[]', 0.5, '[]', '{}', '{}', :at, :at)`,
  );
  const result = storage.db.prepare(
    `INSERT INTO results (site_id, image_sha256, model, settings, result, created_at)
     VALUES (:site, randomblob(32), 'm', 's', x'00', :at)`,
  );
  let number = 0;
  storage.transaction(() => {
    for (const { at, count: most } of times) {
      for (let each = 0; each < most; each += 1) {
        number += 1;
        for (const add of [job, change, suggestion]) add.run({ id: `row ${number}`, site, at });
        result.run({ site, at });
      }
    }
  });
}

test('rows from a clock that was ahead keep no older row behind them', () => {
  const old = Date.now() - 200 * DAY;
  addRows([
    { at: Date.now() + 365 * DAY, count: 30 },
    { at: old, count: 100 },
    { at: Date.now() - DAY, count: 1 },
  ]);
  pruneIn(0);
  // Of the feed, which goes from its beginning on, those before the old ones go as well.
  expect([count('changes'), count('suggestions'), count('jobs')]).toEqual([1, 31, 31]);
  while (forgetResults(storage, 100 * DAY, 20) === 20);
  expect(count('results')).toBe(1);
  pruneIn(366 + 31);
  expect([count('changes'), count('suggestions'), count('jobs')]).toEqual([0, 0, 0]);
});

test('rows from before the clock was set are as old as when that was noticed', () => {
  addRows([
    { at: 5000, count: 30 },
    { at: Date.now() - DAY, count: 5 },
  ]);
  pruneIn(0);
  expect([count('changes'), count('suggestions'), count('jobs')]).toEqual([35, 35, 35]);
  // A clock that is not set yet removes nothing either.
  const history = new HistoryStore(storage, 30 * DAY);
  expect(history.step(5000)).toBe(false);
  pruneIn(31);
  expect([count('changes'), count('suggestions'), count('jobs')]).toEqual([0, 0, 0]);
});
