import path from 'node:path';
import { RetentionStore } from '../../../server/intake/retention-store';
import { filesWith, withStorageOf } from '../../support/erased-data';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const OTHER = { headers: { 'altsmith-instance': 'another-instance' } };
const picture = samplePng(1);
const frame = samplePng(2);
const VIDEO = 'c'.repeat(64);

let sidecar: TestSidecar;
let goOn: () => void;
beforeEach(async () => {
  // No decoder is needed: the client sends frames.
  sidecar = await TestSidecar.start({ env: { PATH: '/nowhere' } });
  goOn = () => undefined;
});
afterEach(() => {
  goOn();
  return sidecar.remove();
});

/** Another installation asks about a video of which the picture is a frame. */
async function askAboutVideo(): Promise<string> {
  await Promise.all([sidecar.putImage(picture, OTHER), sidecar.putImage(frame, OTHER)]);
  const frames = [
    { image_sha256: picture.sha256, at: 1 },
    { image_sha256: frame.sha256, at: 6 },
  ];
  const subject = { type: 'attachment', id: '7' };
  const wish = { frames, video: { duration: 10, has_sound: true }, source_sha256: VIDEO, subject };
  const { body } = await sidecar.call('POST', '/v1/jobs', wish, OTHER);
  return body.job.id;
}

/** The same, and nobody has looked at it yet. */
async function askAndHold(): Promise<string> {
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const before = sidecar.engine.requests.length;
  sidecar.engine.before = () => held;
  const id = await askAboutVideo();
  await waitFor('the video to be looked at', () => sidecar.engine.requests.length > before);
  return id;
}

const ended = async (id: string) => (await sidecar.call('GET', `/v1/jobs/${id}?wait=20`, undefined, OTHER)).body.job;
const isThere = async () => (await sidecar.call('HEAD', `/v1/images/${picture.sha256}`)).status === 200;
const wouldErase = async (what: string) => (await sidecar.call('GET', `/v1/${what}/erasure`)).body.would_erase;

test('a frame of another installation’s video stays when the attachment with that picture ends', async () => {
  const attachment = await sidecar.suggest(picture, '7');
  const job = await askAndHold();
  const gone = { outcome: 'gone', before: {}, after: {} };
  expect((await sidecar.call('POST', `/v1/suggestions/${attachment.id}/write-back`, gone)).status).toBe(200);
  expect(await isThere()).toBe(true);
  const routes = [`images/${picture.sha256}`, 'subjects/attachment/7'];
  expect([await wouldErase(routes[0]!), await wouldErase(routes[1]!)]).toMatchObject([{ images: 0 }, { images: 0 }]);
  expect((await sidecar.call('DELETE', `/v1/images/${picture.sha256}`)).body.erased).toMatchObject({ images: 0 });
  // Nothing of this installation is left about it now.
  expect((await sidecar.call('DELETE', `/v1/images/${picture.sha256}`)).body.erased).toMatchObject({ images: 0 });
  expect(await isThere()).toBe(true);
  goOn();
  expect(await ended(job)).toMatchObject({ state: 'done' });
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/7', undefined, OTHER)).body.erased.images).toBe(1);
  const needles = [picture, frame].flatMap(({ sha256, bytes }) => [sha256, bytes.subarray(0, 200)]);
  expect(filesWith(sidecar, [...needles, VIDEO])).toEqual([]);
});

test('an installation that erases a picture has it erased although it is a frame of its own video', async () => {
  await ended(await askAboutVideo());
  const route = `/v1/images/${picture.sha256}`;
  expect((await sidecar.call('GET', `${route}/erasure`, undefined, OTHER)).body.would_erase).toMatchObject({
    images: 1,
  });
  expect((await sidecar.call('DELETE', route, undefined, OTHER)).body.erased).toMatchObject({ images: 1 });
  expect(filesWith(sidecar, [picture.bytes.subarray(0, 200)])).toEqual([]);
});

test('the frames of a video stay for a while after its job failed, so that it can be tried again', async () => {
  const job = await ended(await askAboutVideo());
  const minutes = 60_000;
  const now = Date.now();
  const swept = withStorageOf(sidecar, (storage) => {
    storage.db.prepare('UPDATE images SET received_at = ?, kept_until = NULL').run(now - 60 * minutes);
    storage.db.exec('DELETE FROM suggestions');
    const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 15 * minutes);
    return [5, 16].map((ago) => {
      storage.db
        .prepare("UPDATE jobs SET state = 'failed', suggestion_id = NULL, finished_at = ? WHERE id = ?")
        .run(now - ago * minutes, job.id);
      return retention.sweep(now);
    });
  });
  expect(swept).toEqual([0, 2]);
});
