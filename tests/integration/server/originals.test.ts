import { existsSync } from 'node:fs';
import path from 'node:path';
import { RetentionStore } from '../../../server/intake/retention-store';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { samplePng } from '../../support/sample-image';
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

test('bytes that are sent again stay as long as new ones, and those of a waiting prediction stay', async () => {
  const image = samplePng(1);
  await sidecar.putImage(image);
  storage.db.prepare('UPDATE images SET received_at = 5').run();
  expect((await sidecar.putImage(image)).status).toBe(200);
  expect(Number(storage.db.prepare('SELECT received_at FROM images').pluck().get())).toBeGreaterThan(5);
  const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 0);
  const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
  storage.db
    .prepare(
      `INSERT INTO jobs (id, site_id, instance, subject_type, subject_id, image_sha256, priority, request, state, available_at,
         created_at, updated_at)
       VALUES ('p', ?, -1, 'reply', 'prediction', ?, 0, '{"reply":{}}', 'waiting', 1, 1, 1)`,
    )
    .run(site, image.sha256);
  expect(retention.sweep(Date.now() + DAY)).toBe(0);
  storage.db.exec("DELETE FROM jobs WHERE id = 'p'");
  expect(retention.sweep(Date.now() + DAY)).toBe(1);
});

test('the bytes stay for a while after the end of a job that waited long, so that it can be tried again', async () => {
  const { job_id: jobId } = await sidecar.suggest(samplePng(1), '1');
  const minutes = 60_000;
  const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 15 * minutes);
  const now = Date.now();
  storage.db.prepare('UPDATE images SET received_at = ?').run(now - 60 * minutes);
  const end = (at: number) => storage.db.prepare('UPDATE jobs SET finished_at = ? WHERE id = ?').run(at, jobId);
  end(now - 5 * minutes);
  expect(retention.sweep(now)).toBe(0);
  // By a clock that was ahead.
  end(now + 500 * minutes);
  expect(retention.sweep(now)).toBe(1);
  storage.db.exec('UPDATE images SET original = 1');
  end(now - 16 * minutes);
  expect(retention.sweep(now)).toBe(1);
});

test('originals go although their rows cannot be written, and the rows follow', async () => {
  const image = samplePng(1);
  await sidecar.putImage(image);
  const folder = path.join(sidecar.dataDir, 'images');
  const retention = new RetentionStore(storage, folder, 0);
  const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
  storage.db.exec("CREATE TRIGGER full BEFORE UPDATE ON images BEGIN SELECT RAISE(ABORT, 'as a full disk'); END");
  expect(() => retention.sweep(Date.now() + DAY)).toThrow('as a full disk');
  expect(existsSync(path.join(folder, site, image.sha256.slice(0, 2), image.sha256))).toBe(false);
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(404);
  storage.db.exec('DROP TRIGGER full');
  expect(retention.sweep(Date.now() + DAY)).toBe(1);
});

test('one turn removes all originals that are due, and looks at so many that must stay', () => {
  const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
  const add = storage.db.prepare(
    `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, received_at, kept_until)
     VALUES (?, ?, 1, 1, 1, 'image/png', ?, ?)`,
  );
  const due = 3000;
  const kept = 5000;
  storage.transaction(() => {
    for (let number = 1; number <= due + kept; number += 1)
      add.run(site, number.toString(16).padStart(64, '0'), number, number > due ? Date.now() + 2 * DAY : null);
  });
  const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 0);
  const originals = storage.db.prepare('SELECT count(*) FROM images WHERE original = 1 AND received_at <= ?').pluck();
  let steps = 1;
  for (const step = retention.turn(DAY); step();) steps += 1;
  expect(originals.get(due + kept)).toBe(kept);
  expect(steps).toBeLessThanOrEqual(due / 50 + 40);
  storage.db.exec('DELETE FROM images WHERE received_at <= 8000');
});

test('an upload of the Replicate API goes after a day, whether it was captioned or not', async () => {
  const form = new FormData();
  form.append('content', new Blob([new Uint8Array(samplePng(77).bytes)], { type: 'image/png' }), 'a.png');
  const answer = await fetch(`${sidecar.url}/replicate/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sidecar.key}` },
    body: form,
  });
  const { id, expires_at } = (await answer.json()) as { id: string; expires_at: string };
  const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 0);
  const sweepAt = (time: number) => {
    for (const step = retention.turn(time); step(););
  };
  const end = Date.parse(expires_at);
  expect(end).toBeGreaterThan(Date.now() + DAY - 60_000);
  sweepAt(end - 60_000);
  expect((await sidecar.call('HEAD', `/v1/images/${id}`)).status).toBe(200);
  sweepAt(end + 60_000);
  expect((await sidecar.call('HEAD', `/v1/images/${id}`)).status).toBe(404);
});
