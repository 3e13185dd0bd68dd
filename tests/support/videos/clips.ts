import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { seededRandom } from '../seeded-random';

const PHOTOGRAPHS = path.resolve(__dirname, '../../fixtures/images');
const FRAMES_A_SECOND = 12;

/** Containers and codecs, each with the flags that make it quickly. */
const KINDS: readonly (readonly [ending: string, ...flags: string[]])[] = [
  ['mp4', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '250'],
  ['webm', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k'],
  ['mkv', '-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3'],
  ['avi', '-c:v', 'mpeg4', '-q:v', '5'],
  ['ts', '-c:v', 'mpeg2video', '-r', '25', '-q:v', '5', '-f', 'mpegts'],
  ['mov', '-c:v', 'mjpeg', '-q:v', '5'],
  ['flv', '-c:v', 'flv', '-q:v', '5'],
  ['wmv', '-c:v', 'wmv2', '-q:v', '5'],
  ['ogv', '-c:v', 'libtheora', '-q:v', '6'],
  ['mpg', '-c:v', 'mpeg1video', '-r', '25', '-q:v', '5'],
];

/** Sources of ffmpeg's own that look unlike each other, some of them always moving. */
const GENERATED = ['testsrc', 'testsrc2', 'smptebars', 'mandelbrot', 'yuvtestsrc'];

export interface ClipScene {
  readonly of: string;
  readonly from: number;
  readonly to: number;
}

export interface Clip {
  readonly name: string;
  readonly scenes: readonly ClipScene[];
  /** Of ffmpeg, up to the file. */
  readonly args: readonly string[];
}

interface Look {
  readonly of: string;
  readonly input: (seconds: number) => string[];
  readonly filter: string;
}

const generated = (source: string): Look => ({
  of: source,
  input: (seconds) => [
    '-f',
    'lavfi',
    '-t',
    String(seconds),
    '-i',
    `${source}${source.includes('=') ? ':' : '='}s=320x180:r=${FRAMES_A_SECOND}`,
  ],
  filter: 'null',
});
const BLACK = generated('color=c=black');
const photograph = (name: string, filter: string): Look => ({
  of: name,
  input: (seconds) => [
    ...['-loop', '1', '-framerate', String(FRAMES_A_SECOND), '-t', String(seconds)],
    ...['-i', path.join(PHOTOGRAPHS, name)],
  ],
  filter,
});
const STILL = 'scale=320:180';
const MOVED = "scale=480:270,crop=320:180:x='t*30':y='t*10'";
const FADED = `${STILL},fade=in:d=0.6`;

function looks(random: () => number): Look[] {
  const photographs = readdirSync(PHOTOGRAPHS)
    // Nearly black, as the sky is at night.
    .filter((name) => name.endsWith('.jpg') && name !== 'galaxies.jpg')
    .map((name) => photograph(name, [STILL, MOVED, FADED][Math.floor(random() * 3)] ?? STILL));
  return [...photographs, ...GENERATED.map(generated)]
    .map((look) => ({ look, order: random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ look }) => look);
}

/** Clip `number` of a series that is the same in every run: 3 to 8 scenes of 2 to 4 seconds, now and then black between them. */
export function clip(number: number): Clip {
  const random = seededRandom(number + 1);
  const [ending, ...flags] = KINDS[number % KINDS.length] ?? ['mp4'];
  const scenes: ClipScene[] = [];
  const inputs: string[] = [];
  const filters: string[] = [];
  let at = 0;
  const add = ({ input, filter }: Look, seconds: number) => {
    const size = 'setsar=1,format=yuv420p';
    filters.push(`[${filters.length}:v]fps=${FRAMES_A_SECOND},${filter},${size}[v${filters.length}]`);
    inputs.push(...input(seconds));
    at = Math.round((at + seconds) * 10) / 10;
  };
  for (const look of looks(random).slice(0, 3 + Math.floor(random() * 6))) {
    if (random() < 0.2) add(BLACK, 1);
    const from = at;
    add(look, 2 + Math.round(random() * 20) / 10);
    scenes.push({ of: look.of, from, to: at });
  }
  const joined = filters.map((_, index) => `[v${index}]`).join('');
  const graph = `${filters.join(';')};${joined}concat=n=${filters.length}:v=1[out]`;
  const args = [...inputs, '-filter_complex', graph, '-map', '[out]', ...flags];
  return { name: `clip-${number}.${ending}`, scenes, args };
}

/** Runs ffmpeg as its users do, without any of our limits. */
export async function ffmpeg(...args: string[]): Promise<void> {
  await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-threads', '1', ...args]);
}
