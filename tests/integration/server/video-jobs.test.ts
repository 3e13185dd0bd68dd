import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RetentionStore } from '../../../server/intake/retention-store';
import { filesWith, withStorageOf } from '../../support/erased-data';
import { decodersOf } from '../../support/process-life';
import { ToyTranslator } from '../../support/models/toy-translator';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { ffmpeg } from '../../support/videos/clips';
import { writeHostileVideos } from '../../support/videos/hostile';
import { waitFor } from '../../support/wait-for';

const PATH = process.env['PATH'] ?? '';
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const SUBJECT = { type: 'attachment', id: '7' };

let folder: string;
let clip: Buffer;
let sidecar: TestSidecar;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-videos-'));
  const file = path.join(folder, 'clip.mp4');
  const scenes = ['testsrc2', 'smptebars', 'mandelbrot'].flatMap((source) => [
    ...['-f', 'lavfi', '-t', '3', '-i', `${source}=s=320x180:r=10`],
  ]);
  const joined = '[0:v][1:v][2:v]concat=n=3:v=1,format=yuv420p[out]';
  await ffmpeg(...scenes, '-filter_complex', joined, '-map', '[out]', '-c:v', 'libx264', '-preset', 'ultrafast', file);
  clip = readFileSync(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => (sidecar = await TestSidecar.start({ env: { PATH } })));
afterEach(() => sidecar.remove());

const put = (bytes: Buffer) => sidecar.call('PUT', `/v1/videos/${sha256Of(bytes)}`, bytes);
const temporary = () => readdirSync(path.join(sidecar.dataDir, 'tmp'));

async function ended(wish: object): Promise<any> {
  const { status, body } = await sidecar.call('POST', '/v1/jobs', { subject: SUBJECT, ...wish });
  if (status !== 202) throw new Error(`the job was not taken: ${JSON.stringify(body)}`);
  return (await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=25`)).body.job;
}

async function suggested(wish: object): Promise<any> {
  const job = await ended(wish);
  if (job.state !== 'done') throw new Error(`the job ended as ${JSON.stringify(job)}`);
  return (await sidecar.call('GET', `/v1/suggestions/${job.suggestion_id}`)).body.suggestion;
}

const CONTEXT = {
  content_url: 'https://example.org/clip.mp4',
  thumbnail_url: 'https://example.org/clip.jpg',
  uploaded_at: '2026-12-01T10:00:00Z',
};

test('a video becomes a suggestion with its scenes, its text alternative, its poster and its VideoObject', async () => {
  await put(clip);
  const suggestion = await suggested({ video_sha256: sha256Of(clip), context: CONTEXT });
  const { video, fields } = suggestion;
  expect(suggestion).toMatchObject({ kind: 'video', state: 'pending', image_sha256: sha256Of(clip) });
  expect(video.scenes.map(({ from, to }: any) => [Math.round(from), Math.round(to)])).toEqual([
    [0, 3],
    [3, 6],
    [6, 9],
  ]);
  expect(fields.text_alternative.split('\n')).toHaveLength(3);
  expect(fields.text_alternative).toMatch(/^0:00 .+\.\n0:03 .+\.\n0:06 .+\.$/u);
  expect(video).toMatchObject({ has_sound: false, is_whole: true, wcag: { helps: ['1.2.1'], open: [] } });
  expect(video.note).toContain('3 still pictures');
  expect(video.video_object).toEqual({
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    name: fields.title,
    description: fields.description,
    duration: 'PT9S',
    contentUrl: CONTEXT.content_url,
    thumbnailUrl: CONTEXT.thumbnail_url,
    uploadDate: CONTEXT.uploaded_at,
  });
  const poster = await fetch(`${sidecar.url}/v1/videos/${sha256Of(clip)}/poster`, {
    headers: { authorization: `Bearer ${sidecar.key}` },
  });
  expect(poster.headers.get('content-type')).toBe('image/jpeg');
  expect(sha256Of(Buffer.from(await poster.arrayBuffer()))).toBe(video.poster.image_sha256);
  expect((await sidecar.call('GET', `/v1/images/${sha256Of(clip)}/thumbnail`)).body).toBe('thumbnail');
  expect(temporary()).toEqual([]);
  const news = (await sidecar.call('GET', '/v1/changes')).body.items;
  expect(news).toMatchObject([{ type: 'suggestion.created', suggestion: { kind: 'video', video: { duration: 9 } } }]);
});

test('what a person approves stands in the VideoObject, and what is asked for is all there is', async () => {
  await put(clip);
  const { id, version, fields } = await suggested({ video_sha256: sha256Of(clip), fields: ['text_alternative'] });
  expect(fields).toMatchObject({
    title: null,
    description: null,
    keywords: null,
    text_alternative: expect.any(String),
  });
  const values = { alt_text: 'Test cards', description: 'Three test cards.', text_alternative: '0:00 A test card.' };
  const by = { id: '1', name: 'Ada' };
  const decision = { action: 'approve', values, by, version };
  const { suggestion } = (await sidecar.call('POST', `/v1/suggestions/${id}/decision`, decision)).body;
  expect(suggestion).toMatchObject({ state: 'approved', values });
  expect(suggestion.video.video_object).toMatchObject({ name: 'Test cards', description: 'Three test cards.' });
  expect(suggestion.video.video_object_lacks).toEqual(['thumbnailUrl', 'uploadDate']);
  expect((await sidecar.call('GET', '/v1/suggestions?q=card&state=approved')).body.items).toHaveLength(1);
});

test('the same video is one job, read once for two languages, and asked again it is the same', async () => {
  await put(clip);
  const wish = { video_sha256: sha256Of(clip), subject: SUBJECT };
  await suggested({ ...wish, language: 'en' });
  const seen = sidecar.engine.requests.length;
  expect(seen).toBe(3);
  const german = await suggested({ ...wish, language: 'de' });
  expect(german).toMatchObject({ language: 'de', flags: [{ code: 'not_translated' }] });
  expect(sidecar.engine.requests).toHaveLength(seen);
  expect((await sidecar.call('POST', '/v1/jobs', wish)).status).toBe(200);
});

test('scenes, text alternative and poster are translated with the sentence, now and from what a person approved', async () => {
  const toy = await ToyTranslator.make();
  toy.pullInto(sidecar.dataDir, 'de');
  toy.pullInto(sidecar.dataDir, 'nl');
  toy.remove();
  sidecar.engine.says = () => 'a man sitting on a wooden table';
  const GERMAN = 'Ein Mann sitzt auf einem Holztisch';
  await put(clip);
  const german = await suggested({ video_sha256: sha256Of(clip), language: 'de' });
  expect(german).toMatchObject({
    source: 'A man sitting on a wooden table',
    translator: { id: 'toy-de' },
    fields: { alt_text: GERMAN, description: `${GERMAN}.`, keywords: null, text_alternative: `0:00 ${GERMAN}.` },
    video: { poster: { alt_text: GERMAN }, video_object: { description: `${GERMAN}.` } },
  });
  const scene = { caption: GERMAN, source: 'A man sitting on a wooden table' };
  expect(german.video.scenes).toMatchObject([scene, scene, scene]);
  const by = { id: '1', name: 'Ada' };
  const decision = { action: 'approve', by, version: german.version };
  await sidecar.call('POST', `/v1/suggestions/${german.id}/decision`, decision);
  const translate = { languages: ['nl'], which: 'approved' };
  await sidecar.call('POST', '/v1/runs', { name: 'Dutch', translate });
  const dutch = await waitFor('the approved text to be translated', async () => {
    const { items } = (await sidecar.call('GET', '/v1/suggestions?state=pending')).body;
    return items.find(({ language }: { language: string }) => language === 'nl');
  });
  expect(dutch).toMatchObject({ kind: 'video', fields: { text_alternative: `0:00 ${GERMAN}.` } });
  expect(dutch.video.scenes).toMatchObject([scene, scene, scene]);
}, 60_000);

test('frames that a client cut are described without any decoder, and end with their video', async () => {
  const bare = await TestSidecar.start({ env: { PATH: folder } });
  await sidecar.remove();
  sidecar = bare;
  const [one, two] = [samplePng(1), samplePng(2)];
  const frames = [
    { image_sha256: one.sha256, at: 1 },
    { image_sha256: two.sha256, at: 6 },
  ];
  const wish = { frames, video: { duration: 10, has_sound: true }, source_sha256: 'c'.repeat(64), subject: SUBJECT };
  expect(await sidecar.call('POST', '/v1/jobs', { ...wish, video_sha256: 'c'.repeat(64) })).toMatchObject({
    status: 400,
  });
  const unknown = await sidecar.call('POST', '/v1/jobs', wish);
  expect(unknown).toMatchObject({
    status: 422,
    body: { error: { code: 'IMAGE_UNKNOWN', details: { missing: [one.sha256, two.sha256] } } },
  });
  await Promise.all([sidecar.putImage(one), sidecar.putImage(two)]);
  const { video, image_sha256 } = await suggested(wish);
  expect(image_sha256).toBe('c'.repeat(64));
  expect(video.scenes).toMatchObject([
    { at: 1, from: 0, to: 6 },
    { at: 6, from: 6, to: 10 },
  ]);
  expect(video).toMatchObject({ duration: 10, has_sound: true, wcag: { open: ['1.2.2', '1.2.3', '1.2.5'] } });
  expect([one.sha256, two.sha256]).toContain(video.poster.image_sha256);
  expect((await sidecar.call('GET', `/v1/videos/${image_sha256}/poster`)).status).toBe(200);
  expect((await sidecar.call('DELETE', '/v1/subjects/attachment/7')).body.erased).toMatchObject({ images: 1 });
  expect(filesWith(sidecar, [one.sha256, two.sha256, 'c'.repeat(64), one.bytes.subarray(0, 200)])).toEqual([]);
});

test('erasing a video leaves nothing of its bytes, its poster and its words', async () => {
  await put(clip);
  const { video, fields } = await suggested({ video_sha256: sha256Of(clip) });
  const needles = [sha256Of(clip), clip.subarray(200, 400), video.poster.image_sha256, fields.alt_text];
  expect(filesWith(sidecar, needles)).not.toEqual([]);
  expect((await sidecar.call('DELETE', `/v1/videos/${sha256Of(clip)}`)).body.erased).toEqual({
    suggestions: 1,
    jobs: 1,
    images: 1,
  });
  expect(filesWith(sidecar, needles)).toEqual([]);
});

test('the poster outlives the bytes while a person decides, and goes when the CMS says that the video is gone', async () => {
  const DAY = 86_400_000;
  await put(clip);
  const { id, version } = await suggested({ video_sha256: sha256Of(clip) });
  const poster = async () => (await sidecar.call('GET', `/v1/videos/${sha256Of(clip)}/poster`)).status;
  const sweep = (days: number) =>
    withStorageOf(sidecar, (storage) => {
      const retention = new RetentionStore(storage, path.join(sidecar.dataDir, 'images'), 60_000);
      return retention.sweep(Date.now() + days * DAY);
    });
  expect(sweep(1)).toBe(1);
  expect((await sidecar.call('HEAD', `/v1/videos/${sha256Of(clip)}`)).status).toBe(404);
  expect([sweep(2000), await poster()]).toEqual([0, 200]);
  const by = { id: '1', name: 'Ada' };
  await sidecar.call('POST', `/v1/suggestions/${id}/decision`, { action: 'approve', by, version });
  expect([sweep(2000), await poster()]).toEqual([0, 200]);
  const report = { outcome: 'gone', before: {}, after: {} };
  expect((await sidecar.call('POST', `/v1/suggestions/${id}/write-back`, report)).status).toBe(200);
  expect(await poster()).toBe(404);
  expect((await sidecar.call('GET', `/v1/images/${sha256Of(clip)}/thumbnail`)).status).toBe(404);
});

test('a video that is erased while it is looked at leaves nothing behind', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const begun = new Promise<void>((resolve) => {
    sidecar.engine.before = () => {
      resolve();
      return held;
    };
  });
  await put(clip);
  const { body } = await sidecar.call('POST', '/v1/jobs', { video_sha256: sha256Of(clip), subject: SUBJECT });
  await begun;
  await sidecar.call('DELETE', '/v1/subjects/attachment/7');
  goOn();
  await waitFor('the job to end', () => temporary().length === 0);
  expect(filesWith(sidecar, [sha256Of(clip), clip.subarray(200, 400), body.job.id])).toEqual([]);
  expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toEqual([]);
});

test('hostile videos fail with one plain error each, and leave no file, no process and no connection', async () => {
  let connections = 0;
  const listener = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const hostile = mkdtempSync(path.join(folder, 'hostile-'));
  const videos = await writeHostileVideos(hostile, port);
  const names = ['cut.mp4', 'ten-hours.mp4', 'ten-thousand-streams.mkv', 'wide.mkv', 'sound.mp4', 'black.mp4'];
  const wrong: string[] = [];
  for (const { name, codes } of videos.filter((one) => names.includes(one.name))) {
    const bytes = readFileSync(path.join(hostile, name));
    expect((await put(bytes)).status).toBe(201);
    const job = await ended({ video_sha256: sha256Of(bytes), subject: { type: 'attachment', id: name } });
    if (job.state !== 'failed' || !(codes as readonly string[]).includes(job.error.code))
      wrong.push(`${name}: ${JSON.stringify(job.error)}`);
    expect((await sidecar.call('HEAD', `/v1/videos/${sha256Of(bytes)}`)).status).toBe(404);
  }
  expect(wrong).toEqual([]);
  for (const name of ['playlist-http.mp4', 'concat-protocol.mp4', 'dash.mp4', 'text.webm', 'empty.mp4']) {
    const answer = await put(readFileSync(path.join(hostile, name)));
    expect([name, answer.status]).toEqual([name, name === 'empty.mp4' ? 400 : 415]);
  }
  expect(connections).toBe(0);
  expect(temporary()).toEqual([]);
  expect(decodersOf(process.pid)).toEqual([]);
  listener.close();
}, 60_000);
