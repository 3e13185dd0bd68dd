import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DataFolder } from '../../../server/storage/data-folder';
import type { Storage } from '../../../server/storage/database';
import { fakeCaption } from '../../support/fake-engine';
import { makeAdminKey } from '../../support/admin-key';
import { altsmith } from '../../support/altsmith-command';
import { aDecidedPicture, filesOf, filesWith, SECRET, withStorageOf, type Needle } from '../../support/erased-data';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

const found = (needles: readonly Needle[]) => filesWith(sidecar, needles);
const aPicture = (seed: number, subjectId: string) => aDecidedPicture(sidecar, seed, subjectId);
const withStorage = <Result>(work: (storage: Storage) => Result) => withStorageOf(sidecar, work);

test('after a subject is erased no byte of its picture or text is in the data folder', async () => {
  const { needles } = await aPicture(1, '7');
  const other = await aPicture(2, '8');
  expect(found(needles).map((file) => path.basename(file))).toContain('altsmith.db-wal');
  const answer = await sidecar.call('DELETE', '/v1/subjects/attachment/7');
  expect(answer).toMatchObject({
    status: 200,
    body: { erased: { suggestions: 1, jobs: 1, images: 1 }, backups: 0, backups_until: null },
  });
  expect(statSync(path.join(sidecar.dataDir, 'altsmith.db-wal')).size).toBe(0);
  for (const needle of needles)
    expect({ needle: String(needle).slice(0, 40), in: found([needle]) }).toMatchObject({ in: [] });
  expect(found(other.needles).length).toBeGreaterThan(1);
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toHaveLength(1);
  const news = (await sidecar.call('GET', '/v1/changes')).body.items;
  expect(new Set(news.map((entry: any) => entry.suggestion.subject.id))).toEqual(new Set(['8']));
});

test('a picture that another subject shares stays until that one is erased', async () => {
  const { image } = await aPicture(1, '7');
  await sidecar.suggest(image, '8');
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/7')).body.erased).toMatchObject({ images: 0, jobs: 1 });
  expect((await sidecar.call('GET', `/v1/images/${image.sha256}/thumbnail`)).status).toBe(200);
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toMatchObject([{ subject: { id: '8' } }]);
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/8')).body.erased).toMatchObject({ images: 1 });
  expect(found([image.sha256, image.bytes.subarray(0, 200)])).toEqual([]);
});

test('an image is erased with all its subjects, of the speaking instance only', async () => {
  const { image } = await aPicture(1, '7');
  await sidecar.suggest(image, '8');
  const headers = { 'altsmith-instance': 'another-instance' };
  await sidecar.putImage(image, { headers });
  const wish = { image_sha256: image.sha256, subject: { type: 'attachment', id: '7' } };
  const { body } = await sidecar.call('POST', '/v1/jobs', wish, { headers });
  await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`, undefined, { headers });
  expect((await sidecar.call('DELETE', `/v1/images/${image.sha256}`)).body.erased).toEqual({
    suggestions: 2,
    jobs: 2,
    images: 0,
  });
  const theirs = await sidecar.call('GET', '/v1/suggestions', undefined, { headers });
  expect(theirs.body.items).toHaveLength(1);
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(200);
  expect((await sidecar.call('DELETE', `/v1/images/${image.sha256}`, undefined, { headers })).body.erased.images).toBe(
    1,
  );
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(404);
});

test('a job that is under way when its subject is erased leaves nothing behind', async () => {
  let goOn = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    sidecar.engine.before = () => {
      resolve();
      return new Promise<void>((done) => (goOn = done));
    };
  });
  const image = samplePng(1);
  const { body } = await sidecar.submit(image, '7');
  await begun;
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/7')).body.erased.jobs).toBe(1);
  sidecar.engine.before = () => undefined;
  goOn();
  // The next picture is done by the same worker, so the first has ended by then.
  await sidecar.suggest(samplePng(2), '8');
  expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}`)).status).toBe(404);
  expect(found([image.sha256, fakeCaption(image.bytes).slice(2)])).toEqual([]);
  const names = filesOf(sidecar.dataDir).map((file) => path.basename(file));
  expect(names.filter((name) => name.includes(image.sha256))).toEqual([]);
});

test('somebody who captions the same bytes meanwhile keeps nothing from being erased', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '7');
  const goOn: (() => void)[] = [];
  sidecar.engine.before = () => new Promise<void>((done) => goOn.push(done));
  const caption = sidecar.call('POST', '/v1/captions', image.bytes);
  await waitFor('the caption to run', () => goOn.length > 0);
  const input = { image: `data:image/png;base64,${image.bytes.toString('base64')}` };
  const asked = await sidecar.call('POST', '/replicate/v1/predictions', { version: 'a'.repeat(64), input });
  expect(asked.status).toBe(201);
  expect((await sidecar.call('DELETE', `/v1/images/${image.sha256}`)).body.erased).toMatchObject({
    images: 1,
    jobs: 1,
  });
  const ofImage = () => filesOf(sidecar.dataDir).filter((file) => path.basename(file).includes(image.sha256));
  expect(ofImage()).toEqual([]);
  expect((await sidecar.call('GET', `/replicate/v1/predictions/${asked.body.id}`)).status).toBe(404);
  sidecar.engine.before = () => undefined;
  goOn.forEach((done) => done());
  expect((await caption).status).toBe(200);
  // The next picture is done by the same worker, so all before it has ended by then.
  await sidecar.suggest(samplePng(2), '8');
  expect(ofImage()).toEqual([]);
});

test('a site is erased with its keys, rows and files', async () => {
  const key = makeAdminKey(sidecar.dataDir);
  const { needles } = await aPicture(1, '7');
  await sidecar.call('POST', '/v1/runs', { name: SECRET });
  const site = withStorage((storage) => String(storage.db.prepare('SELECT id FROM sites').pluck().get()));
  expect((await sidecar.call('DELETE', `/v1/admin/sites/${site}`, undefined, { key })).status).toBe(200);
  expect(found(needles)).toEqual([]);
  expect((await sidecar.call('GET', '/v1/status')).status).toBe(401);
  expect((await sidecar.call('DELETE', `/v1/admin/sites/${site}`, undefined, { key })).status).toBe(404);
  expect(filesOf(sidecar.dataDir, true).filter((file) => file.includes(site))).toEqual([]);
});

test('the files of a site go with their rows, a few at a time', async () => {
  await sidecar.stop();
  const { ErasureStore } = await import('../../../server/retention/erasure-store');
  const thumbnails = path.join(sidecar.dataDir, 'thumbnails');
  withStorage((storage) => {
    const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
    for (let number = 0; number < 60; number += 1) {
      const sha256 = number.toString(16).padStart(64, '0');
      storage.db
        .prepare(
          `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, original, thumbnail, received_at)
           VALUES (?, ?, 1, 1, 1, 'image/png', 0, 1, 1)`,
        )
        .run(site, sha256);
      mkdirSync(path.join(thumbnails, site, '00'), { recursive: true });
      writeFileSync(path.join(thumbnails, site, '00', `${sha256}.webp`), 'x');
    }
    const store = new ErasureStore(storage, new DataFolder(sidecar.dataDir));
    const left = () => filesOf(thumbnails).length;
    const gone: number[] = [];
    store.beginSite(site, Date.now());
    for (let [before, more] = [left(), true]; more; before = left()) {
      more = store.siteStep(site);
      gone.push(before - left());
    }
    expect(left()).toBe(0);
    expect(Math.max(...gone)).toBeLessThanOrEqual(25);
  });
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
});

test('erasing a site that a kill cut off goes on after the next start', async () => {
  const { needles } = await aPicture(1, '7');
  await sidecar.stop();
  const { ErasureStore } = await import('../../../server/retention/erasure-store');
  withStorage((storage) => {
    const site = String(storage.db.prepare('SELECT id FROM sites').pluck().get());
    new ErasureStore(storage, new DataFolder('/nowhere')).beginSite(site, Date.now());
  });
  const key = makeAdminKey(sidecar.dataDir);
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  const { items } = (await sidecar.call('GET', '/v1/admin/sites', undefined, { key })).body;
  expect(items).toMatchObject([{ erasing_since: expect.stringMatching(/^20/) }]);
  await waitFor('the site to go', () => found(needles).length === 0, { timeoutMs: 20_000 });
}, 120_000);

test('the command line erases too, and guesses no installation', async () => {
  const { needles } = await aPicture(1, '7');
  await sidecar.call('GET', '/v1/status', undefined, { headers: { 'altsmith-instance': 'another-instance' } });
  expect((await altsmith(sidecar.dataDir, ['erase', 'subject', 'attachment', '7'])).code).toBe(2);
  const args = ['erase', 'subject', 'attachment', '7', '--instance', '', '--json'];
  const { code, json } = await altsmith(sidecar.dataDir, args);
  expect([code, json.erased]).toEqual([0, { suggestions: 1, jobs: 1, images: 1 }]);
  expect(found(needles)).toEqual([]);
  const audit = withStorage((storage) => storage.db.prepare('SELECT action, target FROM audit').all());
  expect(audit).toEqual([
    expect.objectContaining({ action: 'start: keys create' }),
    { action: 'erase subject', target: 'subject' },
  ]);
  expect((await altsmith(sidecar.dataDir, ['erase', 'image', 'nonsense', '--instance', ''])).code).toBe(2);
}, 120_000);

test('a subject that the CMS reports as gone takes bytes and thumbnail along', async () => {
  const image = samplePng(1);
  const suggestion = await sidecar.suggest(image, '7');
  const gone = { outcome: 'gone', before: {}, after: {} };
  await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/write-back`, gone);
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(404);
  expect((await sidecar.call('GET', `/v1/images/${image.sha256}/thumbnail`)).status).toBe(404);
  expect(filesOf(sidecar.dataDir).filter((file) => file.includes(image.sha256))).toEqual([]);
});

test('no thumbnail stays of a job that was cancelled while it ran, and none that its row does not know', async () => {
  const image = samplePng(1);
  const thumbnails = () => filesOf(path.join(sidecar.dataDir, 'thumbnails'));
  let release: () => void = () => undefined;
  sidecar.engine.before = () => new Promise((resolve) => (release = resolve));
  const { body } = await sidecar.submit(image, '7');
  await waitFor('the job to run', () => sidecar.engine.requests.length > 0);
  await sidecar.call('POST', `/v1/jobs/${body.job.id}/cancel`, {});
  release();
  await waitFor('the attempt to end', () => sidecar.logLines.some((line) => line.includes('job ended')));
  expect((await sidecar.call('GET', `/v1/images/${image.sha256}/thumbnail`)).status).toBe(404);
  expect(readdirSync(path.join(sidecar.dataDir, 'thumbnails'))).toEqual([]);
  // As earlier versions left it: a file whose row is gone.
  const siteId = withStorage((storage) => storage.db.prepare<[], string>('SELECT id FROM sites').pluck().get()!);
  const folder = path.join(sidecar.dataDir, 'thumbnails', siteId, image.sha256.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${image.sha256}.webp`), 'thumbnail');
  withStorage((storage) => storage.db.prepare('DELETE FROM images').run());
  await sidecar.call('DELETE', `/v1/images/${image.sha256}`);
  expect(thumbnails()).toEqual([]);
});
