import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withVideo } from '../../server/video/read-video';
import { clip, ffmpeg } from '../support/videos/clips';
import { readingIn } from '../support/videos/reading';

// The first five are in tests/integration/video/chosen-frames.test.ts.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-clips-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Array.from({ length: 35 }, (_, number) => clip(number + 5)))(
  'every scene of $name has a frame of its own time',
  async ({ name, scenes, args }) => {
    const file = path.join(folder, name);
    await ffmpeg(...args, file);
    await withVideo(file, await readingIn(folder), (video) => {
      const times = video.frames.map(({ at }) => at);
      const missed = scenes.filter(({ from, to }) => !times.some((at) => at >= from && at < to));
      expect({ missed, times }).toEqual({ missed: [], times });
      return Promise.resolve();
    });
  },
);
