import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { probeVideo } from '../../../../server/video/probe';
import { sampleVideo } from '../../../../server/video/sample-video';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-decoder-'));
  mkdirSync(path.join(folder, 'empty'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FACTS = { seconds: 1, width: 320, height: 180, hasSound: false, stream: 0 };
const HEALTHY = 'case "$1" in -version) exit 0;; esac; exit 1';

/** What both programs end with where each is this script. */
async function codesOf(script: string, { mode = 0o755, confinement = [] as string[] } = {}): Promise<unknown[]> {
  const program = path.join(folder, 'program');
  rmSync(program, { force: true });
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, mode);
  const decoder = { ffmpeg: program, ffprobe: program, confinement };
  const source = { file: path.join(folder, 'clip.mp4'), decoder, folder: path.join(folder, 'empty') };
  const ends = await Promise.allSettled([probeVideo(source), sampleVideo(source, FACTS, folder)]);
  return ends.map((one) => (one.status === 'rejected' ? one.reason.code : 'done'));
}

const both = (code: string) => [code, code];

test('a file that a healthy program gives up on is the file’s fault', async () => {
  expect(await codesOf(HEALTHY)).toEqual(both('VIDEO_UNREADABLE'));
});

test.each([
  ['cannot even say its version', 'exit 1', {}],
  ['lacks a library', 'exit 127', {}],
  ['cannot be executed', HEALTHY, { mode: 0o644 }],
  ['is refused its confinement', HEALTHY, { confinement: ['/bin/false'] }],
  ['has a confinement that was removed', HEALTHY, { confinement: ['/nowhere/setpriv', '--'] }],
])('a program that %s says nothing about the file', async (_what, script, more) => {
  expect(await codesOf(script, more)).toEqual(both('VIDEO_DECODER_MISSING'));
});
