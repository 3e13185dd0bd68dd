import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** Size of the pictures, as most uploads are at least. */
const WIDTH = 640;
const HEIGHT = 480;
export const SAMPLE_COUNT = 12;

type Colour = readonly [number, number, number];
type Painter = (x: number, y: number) => Colour | null;

const SKIES: readonly Colour[] = [
  [90, 160, 230],
  [240, 170, 110],
  [40, 40, 80],
  [180, 190, 200],
];
const GROUNDS: readonly Colour[] = [
  [70, 140, 60],
  [210, 190, 130],
  [120, 120, 120],
];
const THINGS: readonly Colour[] = [
  [200, 40, 40],
  [250, 220, 60],
  [250, 250, 250],
  [60, 60, 160],
];

function pick(colours: readonly Colour[], index: number): Colour {
  return colours[index % colours.length] ?? [0, 0, 0];
}

/** Sky over ground, a ball, a box and a row of posts, their places and colours after the number of the picture. */
function scene(index: number): readonly Painter[] {
  const horizon = 220 + (index % 5) * 30;
  const ballX = 120 + (index % 4) * 130;
  const ballY = 90 + (index % 3) * 60;
  const radius = 35 + (index % 6) * 9;
  const boxX = 60 + ((index * 7) % 10) * 40;
  return [
    (x, y) => (Math.hypot(x - ballX, y - ballY) < radius ? pick(THINGS, index + 1) : null),
    (x, y) => (x > boxX && x < boxX + 150 && y > horizon - 90 && y < horizon + 60 ? pick(THINGS, index) : null),
    (x, y) => (y > horizon - 40 && y < horizon + 90 && x % 80 < 8 + (index % 4) ? [90, 60, 30] : null),
    (_, y) => (y > horizon ? pick(GROUNDS, index) : pick(SKIES, index)),
  ];
}

/** Shade and a little texture, so that no two areas are quite alike. */
function shaded([red, green, blue]: Colour, x: number, y: number): Colour {
  const light = 0.75 + (0.35 * y) / HEIGHT + ((x * 31 + y * 17) % 13) / 130;
  const part = (value: number) => Math.min(255, Math.round(value * light));
  return [part(red), part(green), part(blue)];
}

/** RGB rows, each with PNG's filter byte in front. */
function paint(index: number): Buffer {
  const painters = scene(index);
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  let at = 0;
  for (let y = 0; y < HEIGHT; y++) {
    at += 1;
    for (let x = 0; x < WIDTH; x++) {
      let colour: Colour | null = null;
      for (const painter of painters) colour ??= painter(x, y);
      for (const part of shaded(colour ?? [0, 0, 0], x, y)) rows[at++] = part;
    }
  }
  return rows;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

/** A truecolour PNG (W3C PNG specification, sections 5 and 11). */
function png(index: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(paint(index))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Writes simple scenes to compare two models on; gives their files. The same ones every time. */
export function writeSamplePictures(folder: string, count = SAMPLE_COUNT): string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, index) => {
    const file = path.join(folder, `scene-${index}.png`);
    writeFileSync(file, png(index));
    return file;
  });
}
