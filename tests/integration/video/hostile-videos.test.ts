import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../../../server/errors';
import { withVideo } from '../../../server/video/read-video';
import { decodersOf } from '../../support/process-life';
import { writeHostileVideos, type HostileVideo } from '../../support/videos/hostile';
import { readingIn } from '../../support/videos/reading';

let folder: string;
let videos: HostileVideo[];
let connections = 0;
const server = net.createServer((socket) => {
  connections += 1;
  socket.destroy();
});

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-hostile-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  videos = await writeHostileVideos(folder, typeof address === 'object' && address !== null ? address.port : 0);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The code of the refusal, or `read`. */
async function outcomeOf(name: string): Promise<string> {
  try {
    return await withVideo(path.join(folder, name), await readingIn(folder), () => Promise.resolve('read'));
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

test('each of thirty hostile files ends as it should, asks nobody for anything, and leaves nothing', async () => {
  const wrong: string[] = [];
  for (const { name, codes } of videos) {
    const outcome = await outcomeOf(name);
    if (!(codes as readonly string[]).includes(outcome)) wrong.push(`${name}: ${outcome}`);
  }
  expect(wrong).toEqual([]);
  expect(videos.length).toBeGreaterThanOrEqual(30);
  expect(connections).toBe(0);
  expect(readdirSync(folder).filter((entry) => entry.startsWith('video-'))).toEqual([]);
  expect(decodersOf(process.pid)).toEqual([]);
}, 300_000);

test('the socket that counts connections does count them', async () => {
  const before = connections;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => net.connect(port, '127.0.0.1').once('close', resolve).on('error', resolve));
  expect(connections).toBe(before + 1);
});
