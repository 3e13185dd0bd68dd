import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { pngOf } from '../support/sample-image';

// More pixels than libvips takes as they are unless told so.
const SIDE = 16_400;

/** Decodes as a worker process does, and prints the size of the picture and of its thumbnail, with two of its pixels. */
const SCRIPT = `
const { readFileSync } = require('node:fs');
const sharp = require('sharp');
const { decodeImage, prepareDecoder, writeThumbnail } = require('./build/server/captioning/decode-image.js');
const [, file, thumbnail] = process.argv;
(async () => {
  prepareDecoder(1);
  const { picture, facts } = await decodeImage(file, 300_000_000);
  await writeThumbnail(picture, thumbnail);
  const { data, info } = await sharp(readFileSync(thumbnail)).raw().toBuffer({ resolveWithObject: true });
  const pixels = [data[0], data[data.length - 1]];
  console.log(JSON.stringify({ width: facts.width, height: facts.height, thumbnail: [info.width, info.height], pixels }));
})();`;

test('a picture of more than 268 million pixels gets its thumbnail, where the owner lets such pictures in', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-huge-'));
  const file = path.join(folder, 'huge.png');
  // One bit a pixel: the upper half black, the lower one white.
  const row = 1 + SIDE / 8;
  const rows = Buffer.alloc(row * SIDE);
  for (let y = SIDE / 2; y < SIDE; y += 1) rows.fill(0xff, y * row + 1, (y + 1) * row);
  writeFileSync(
    file,
    pngOf({ width: SIDE, height: SIDE, bitDepth: 1, colourType: 0 }, deflateSync(rows, { level: 1 })),
  );
  try {
    const said = execFileSync(process.execPath, ['-e', SCRIPT, file, path.join(folder, 'small.webp')], {
      cwd: path.resolve(__dirname, '../..'),
      encoding: 'utf8',
    });
    expect(JSON.parse(said)).toEqual({ width: SIDE, height: SIDE, thumbnail: [640, 640], pixels: [0, 255] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
