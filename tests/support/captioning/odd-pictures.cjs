'use strict';
// Writes odd pictures into the folder named by the first argument. Each shows the same thing: 60 x 40 pixels, red in the
// upper left quarter, blue elsewhere; "transparent" ones have nothing in the lower half.
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const sharp = require('sharp');

const WIDTH = 60;
const HEIGHT = 40;

function pixels(channels, deep) {
  const Data = deep ? Uint16Array : Uint8Array;
  const most = deep ? 65_535 : 255;
  const data = new Data(WIDTH * HEIGHT * channels);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const red = x < WIDTH / 2 && y < HEIGHT / 2;
      const colour = [red ? most : 0, 0, red ? 0 : most, y < HEIGHT / 2 ? most : 0].slice(0, channels);
      data.set(colour, (y * WIDTH + x) * channels);
    }
  }
  return data;
}

const plain = () => sharp(pixels(3), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const clear = () => sharp(pixels(4), { raw: { width: WIDTH, height: HEIGHT, channels: 4 } });
const deep = () =>
  sharp(pixels(3, true), { raw: { width: WIDTH, height: HEIGHT, channels: 3, depth: 'ushort' } }).toColourspace(
    'rgb16',
  );

/** Turns and mirrors that give the stored picture, so that a viewer who obeys the tag sees the upright one. */
const TURNED = {
  1: [],
  2: [(image) => image.flop()],
  3: [(image) => image.rotate(180)],
  4: [(image) => image.flip()],
  5: [(image) => image.rotate(90), (image) => image.flop()],
  6: [(image) => image.rotate(270)],
  7: [(image) => image.rotate(270), (image) => image.flop()],
  8: [(image) => image.rotate(90)],
};

async function main(folder) {
  const write = (name, bytes) => writeFileSync(path.join(folder, name), bytes);
  const jpeg = { quality: 95, chromaSubsampling: '4:4:4' };
  write('plain.jpg', await plain().jpeg(jpeg).toBuffer());
  write('plain.webp', await plain().webp({ lossless: true }).toBuffer());
  write('plain.avif', await plain().avif({ lossless: true }).toBuffer());
  write('plain.tiff', await plain().tiff().toBuffer());
  write('cmyk.jpg', await plain().toColourspace('cmyk').jpeg(jpeg).toBuffer());
  write('16-bit.png', await deep().png().toBuffer());
  write('grey.png', await plain().toColourspace('b-w').png().toBuffer());
  write('palette.png', await plain().png({ palette: true }).toBuffer());
  write('transparent.png', await clear().png().toBuffer());
  write('transparent.webp', await clear().webp({ lossless: true }).toBuffer());
  for (const [tag, turns] of Object.entries(TURNED)) {
    let stored = await plain().png().toBuffer();
    for (const turn of turns) stored = await turn(sharp(stored)).png().toBuffer();
    write(
      `exif-${tag}.jpg`,
      await sharp(stored)
        .withMetadata({ orientation: Number(tag) })
        .jpeg(jpeg)
        .toBuffer(),
    );
  }
  const large = await sharp(await plain().rotate(270).png().toBuffer())
    .resize(2400, 3600, { kernel: 'nearest' })
    .toBuffer();
  write('large-turned.jpg', await sharp(large).withMetadata({ orientation: 6 }).jpeg(jpeg).toBuffer());
  const frames = await sharp(Buffer.concat([Buffer.from(pixels(3)), Buffer.alloc(WIDTH * HEIGHT * 3, 255)]), {
    raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT },
  })
    .gif({ delay: [100, 100] })
    .toBuffer();
  write('animated.gif', frames);
  write(
    'one-pixel.png',
    await sharp(Buffer.from([0, 0, 255]), { raw: { width: 1, height: 1, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

main(process.argv[2]);
