import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captionEnv, captionWords, leftBehind, runCaption } from '../../support/caption-command';
import { spawnSync } from 'node:child_process';
import { ffmpeg } from '../../support/videos/clips';

const PHOTOGRAPHS = path.resolve(__dirname, '../../fixtures/images');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-video-'));
  mkdirSync(path.join(folder, 'temporary'));
  copyFileSync(path.join(PHOTOGRAPHS, 'cat.jpg'), path.join(folder, 'cat.jpg'));
  const photograph = (name: string) => [
    ...['-loop', '1', '-framerate', '10', '-t', '3', '-i', path.join(PHOTOGRAPHS, name)],
  ];
  const size = 'scale=480:320,setsar=1,format=yuv420p';
  const graph = `[0]${size}[a];[1]${size}[b];[a][b]concat[out]`;
  const inputs = [...photograph('cat.jpg'), ...photograph('coffee.jpg')];
  const made = ['-filter_complex', graph, '-map', '[out]', '-c:v', 'libx264', '-preset', 'ultrafast'];
  await ffmpeg(...inputs, ...made, path.join(folder, 'a clip.mp4'));
  writeFileSync(path.join(folder, 'bad.mp4'), '#EXTM3U\n#EXTINF:5,\na clip.mp4\n#EXT-X-ENDLIST\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (args: readonly string[]) => {
  const { code, out } = runCaption(folder, ['--json', ...args]);
  return { code, lines: out.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

test('a video is one line beside those of pictures: a sentence, and its scenes with their times', () => {
  const { code, lines } = json(['a clip.mp4', 'cat.jpg']);
  expect(code).toBe(0);
  const [video = {}, picture] = lines;
  expect(picture).toMatchObject({ file: 'cat.jpg', alt_text: 'A close up of a cat' });
  const scenes = video['scenes'] as { at: number; caption: string }[];
  expect(scenes).toHaveLength(2);
  const [
    { at: first, caption: cat } = { at: 9, caption: '' },
    { at: second, caption: other } = { at: 0, caption: '' },
  ] = scenes;
  expect([first < 3, second >= 3, second < 6, cat]).toEqual([true, true, true, 'A close up of a cat']);
  const summary = `${cat}; ${other.charAt(0).toLowerCase()}${other.slice(1)}`;
  expect(video).toMatchObject({
    ...{ file: 'a clip.mp4', duration: 6, has_sound: false, is_whole: true, summary },
    text_alternative: { text: `0:00 ${cat}.\n0:03 ${other}.`, helps: ['1.2.1'], open: [] },
    video_object: { '@type': 'VideoObject', name: video['title'], description: summary, duration: 'PT6S' },
    model: { id: 'mini' },
  });
  expect(leftBehind(folder)).toEqual([]);
});

test('what is no video is told in a sentence and opens nothing; a question about a video is refused', () => {
  const { code, lines } = json(['bad.mp4', 'not-there.mp4']);
  expect(code).toBe(1);
  expect(lines.map(({ error }) => (error as { code: string }).code)).toEqual(['VIDEO_UNREADABLE', 'FILE_UNREADABLE']);
  const asked = json(['--question', 'what is it?', 'a clip.mp4']);
  expect(asked.lines[0]).toMatchObject({ error: { code: 'VIDEO_QUESTION_NOT_POSSIBLE' } });
});

test('without ffmpeg videos fail with one sentence, and pictures do not', () => {
  const [program, ...words] = captionWords(['a clip.mp4', 'cat.jpg']);
  const env = { ...captionEnv(folder), ALTSMITH_FFMPEG: path.join(folder, 'no-such-program') };
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, env, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, 'cat.jpg: A close up of a cat\n']);
  expect(stderr).toContain('apt-get install ffmpeg');
  expect(stderr).toContain('(VIDEO_DECODER_MISSING)');
});
