import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RetentionStore } from '../../../server/intake/retention-store';
import { withStorageOf } from '../../support/erased-data';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { ffmpeg } from '../../support/videos/clips';

const PATH = process.env['PATH'] ?? '';
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let clip: Buffer;
let sidecar: TestSidecar;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-videos-'));
  const file = path.join(folder, 'clip.mp4');
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x180:r=10',
    '-t',
    '2',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    file,
  );
  clip = readFileSync(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => (sidecar = await TestSidecar.start({ env: { PATH } })));
afterEach(() => sidecar.remove());

const put = (bytes: Buffer, to = sidecar, sha256 = sha256Of(bytes)) => to.call('PUT', `/v1/videos/${sha256}`, bytes);
const temporary = () => readdirSync(path.join(sidecar.dataDir, 'tmp'));

test('a video is stored once, counts as stored bytes, and is no picture', async () => {
  const sha256 = sha256Of(clip);
  expect(await put(clip)).toMatchObject({
    status: 201,
    body: { video: { sha256, bytes: clip.length, media_type: 'video/mp4' } },
  });
  expect((await put(clip)).status).toBe(200);
  expect((await sidecar.call('HEAD', `/v1/videos/${sha256}`)).status).toBe(200);
  expect((await sidecar.call('HEAD', `/v1/images/${sha256}`)).status).toBe(404);
  expect((await sidecar.call('GET', `/v1/videos/${sha256}/poster`)).status).toBe(404);
  const picture = samplePng(1);
  await sidecar.putImage(picture);
  expect((await sidecar.call('HEAD', `/v1/videos/${picture.sha256}`)).status).toBe(404);
  const stored = withStorageOf(sidecar, ({ db }) => db.prepare('SELECT image_bytes FROM site_storage').pluck().get());
  expect(stored).toBe(clip.length + picture.bytes.length);
});

test('what is no video, has other bytes than its name says, or nothing at all is refused and leaves no file', async () => {
  const picture = Buffer.from(samplePng(1).bytes);
  expect(await put(picture)).toMatchObject({ status: 415, body: { error: { code: 'VIDEO_TYPE_UNSUPPORTED' } } });
  expect(await put(Buffer.from('#EXTM3U\n'))).toMatchObject({ status: 415 });
  expect(await put(clip, sidecar, 'a'.repeat(64))).toMatchObject({ body: { error: { code: 'HASH_MISMATCH' } } });
  expect(await put(Buffer.alloc(0))).toMatchObject({ body: { error: { code: 'BODY_MISSING' } } });
  expect(temporary()).toEqual([]);
});

test('a video above the limit, of announced or unknown length, is refused and leaves no file', async () => {
  const small = await TestSidecar.start({ env: { PATH, ALTSMITH_MAX_VIDEO_BYTES: String(clip.length - 1) } });
  try {
    expect(await put(clip, small)).toMatchObject({ status: 413, body: { error: { code: 'VIDEO_TOO_LARGE' } } });
    const pieces = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(clip));
        controller.close();
      },
    });
    const request = { method: 'PUT', headers: { authorization: `Bearer ${small.key}` }, body: pieces, duplex: 'half' };
    const answer = await fetch(`${small.url}/v1/videos/${sha256Of(clip)}`, request);
    expect(answer.status).toBe(413);
    expect(readdirSync(path.join(small.dataDir, 'tmp'))).toEqual([]);
    expect((await small.call('GET', '/v1/status')).body.video).toMatchObject({ max_bytes: clip.length - 1 });
  } finally {
    await small.remove();
  }
});

test('without a decoder a video is refused before its bytes are read, and the status says what to install', async () => {
  const bare = await TestSidecar.start({ env: { PATH: folder } });
  try {
    const refused = { status: 503, body: { error: { code: 'VIDEO_DECODER_MISSING' } } };
    expect(await put(clip, bare)).toMatchObject(refused);
    const { video } = (await bare.call('GET', '/v1/status')).body;
    expect(video).toMatchObject({ decoder: false, problem: { message: expect.stringContaining('ALTSMITH_FFMPEG') } });
    expect((await sidecar.call('GET', '/v1/status')).body.video).toMatchObject({ decoder: true, problem: null });
  } finally {
    await bare.remove();
  }
});

test('the bytes of a video go after their time as those of pictures do, and at once when it is erased', async () => {
  const sha256 = sha256Of(clip);
  const stored = (site: string) => path.join(sidecar.dataDir, 'images', site, sha256.slice(0, 2), sha256);
  await put(clip);
  const [site = ''] = readdirSync(path.join(sidecar.dataDir, 'images'));
  expect((await sidecar.call('GET', `/v1/videos/${sha256}/erasure`)).body.would_erase.images).toBe(1);
  expect((await sidecar.call('DELETE', `/v1/videos/${sha256}`)).body.erased.images).toBe(1);
  expect(existsSync(stored(site))).toBe(false);
  await put(clip);
  withStorageOf(sidecar, (storage) => {
    const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 60_000);
    expect(retention.sweep(Date.now())).toBe(0);
    expect(retention.sweep(Date.now() + 120_000)).toBe(1);
  });
  expect(existsSync(stored(site))).toBe(false);
});

test('what a killed sidecar left of a video is gone after the next start', async () => {
  const { dataDir } = sidecar;
  await sidecar.stop();
  mkdirSync(path.join(dataDir, 'tmp/video-left/frames'), { recursive: true });
  writeFileSync(path.join(dataDir, 'tmp/video-left/frames/0.jpg'), 'left');
  sidecar = await TestSidecar.start({ dataDir, env: { PATH } });
  expect(temporary()).toEqual([]);
});
