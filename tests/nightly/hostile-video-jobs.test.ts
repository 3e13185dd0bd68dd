import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isErrorCode } from '../../server/errors';
import { decodersOf } from '../support/process-life';
import { TestSidecar } from '../support/test-sidecar';
import { writeHostileVideos, type HostileVideo } from '../support/videos/hostile';

let folder: string;
let sidecar: TestSidecar;
let videos: HostileVideo[];
let connections = 0;
const listener = net.createServer((socket) => {
  connections += 1;
  socket.destroy();
});

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-hostile-jobs-'));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  videos = await writeHostileVideos(folder, typeof address === 'object' && address !== null ? address.port : 0);
  sidecar = await TestSidecar.start({ env: { PATH: process.env['PATH'] ?? '' } });
});
afterAll(async () => {
  listener.close();
  await sidecar.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** How the service ends with a file: `read`, or the code of its refusal. */
async function outcomeOf(name: string): Promise<string> {
  const bytes = readFileSync(path.join(folder, name));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const sent = await sidecar.call('PUT', `/v1/videos/${sha256}`, bytes);
  if (sent.status > 201) return sent.body.error.code;
  const wish = { video_sha256: sha256, subject: { type: 'attachment', id: name } };
  const { body } = await sidecar.call('POST', '/v1/jobs', wish);
  for (;;) {
    const { job } = (await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=25`)).body;
    if (job.state === 'done') return 'read';
    if (job.state === 'failed') return job.error.code;
  }
}

test('every hostile file that is sent to the service ends as it should, and asks nobody for anything', async () => {
  const wrong: string[] = [];
  for (const { name, codes } of videos) {
    const outcome = await outcomeOf(name);
    // What is plainly no video is refused when it is sent.
    const isRefused = outcome === 'VIDEO_TYPE_UNSUPPORTED' || outcome === 'BODY_MISSING';
    const isRight = (codes as readonly string[]).includes(outcome) || (isRefused && !codes.includes('read'));
    if (!isRight || (outcome !== 'read' && !isErrorCode(outcome))) wrong.push(`${name}: ${outcome}`);
  }
  expect(wrong).toEqual([]);
  expect(videos.length).toBeGreaterThanOrEqual(30);
  expect(connections).toBe(0);
  expect(readdirSync(path.join(sidecar.dataDir, 'tmp'))).toEqual([]);
  expect(decodersOf(process.pid)).toEqual([]);
}, 300_000);
