import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withVideo } from '../../../server/video/read-video';
import { clip, ffmpeg } from '../../support/videos/clips';
import { readingIn } from '../../support/videos/reading';

// Here five containers; tests/nightly/videos.test.ts has the rest of the forty.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-clips-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Array.from({ length: 5 }, (_, number) => clip(number)))(
  'every scene of $name has a frame of its own time',
  async ({ name, scenes, args }) => {
    const file = path.join(folder, name);
    await ffmpeg(...args, file);
    const end = scenes.at(-1)?.to ?? 0;
    await withVideo(file, await readingIn(folder), (video) => {
      const times = video.frames.map(({ at }) => at);
      const missed = scenes.filter(({ from, to }) => !times.some((at) => at >= from && at < to));
      expect({ missed, times }).toEqual({ missed: [], times });
      expect(times.length).toBeLessThanOrEqual(scenes.length * 3);
      expect(Math.abs(video.duration - end)).toBeLessThan(0.6);
      expect(video).toMatchObject({ hasSound: false, isWhole: true });
      for (const frame of video.frames) expect(statSync(frame.file).size).toBeGreaterThan(500);
      return Promise.resolve();
    });
    expect(readdirSync(folder).filter((entry) => entry.startsWith('video-'))).toEqual([]);
  },
);
