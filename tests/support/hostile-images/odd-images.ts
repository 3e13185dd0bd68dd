import sharp, { type Sharp } from 'sharp';
import { picture, pixels } from './sound-images';
import type { Ending, Specimen } from './specimen';

type Case = readonly [name: string, image: Sharp, ending?: Ending];

function grey(seed: number): Sharp {
  return picture(seed).greyscale().toColourspace('b-w');
}

function depths(): Case[] {
  const palette = (colours: number) => picture(40 + colours).png({ palette: true, colours });
  return [
    ['16-bit.png', picture(1).toColourspace('rgb16').png()],
    ['16-bit-grey.png', picture(2).greyscale().toColourspace('grey16').png()],
    ['grey.png', grey(3).png()],
    ['grey-alpha.png', picture(4, { channels: 4 }).greyscale().toColourspace('b-w').png()],
    ['alpha.png', picture(5, { channels: 4 }).png()],
    ['transparent.png', sharp({ create: { width: 64, height: 64, channels: 4, background: '#0000' } }).png()],
    ...[2, 4, 16, 256].map((colours): Case => [`${String(colours)}-colours.png`, palette(colours)]),
    ['alpha.webp', picture(6, { channels: 4 }).webp()],
    ['alpha-lossless.webp', picture(7, { channels: 4 }).webp({ lossless: true })],
    ['near-lossless.webp', picture(8).webp({ nearLossless: true })],
    ['alpha.avif', picture(9, { channels: 4 }).avif({ effort: 0 })],
    ['4-2-0.avif', picture(10).avif({ effort: 0, chromaSubsampling: '4:2:0' })],
    ['alpha.gif', picture(11, { channels: 4 }).gif()],
    ['two-colours.gif', picture(12).gif({ colours: 2 })],
  ];
}

function jpegs(): Case[] {
  return [
    ['grey.jpg', grey(13).jpeg()],
    ['cmyk.jpg', picture(14).toColourspace('cmyk').jpeg()],
    ['4-4-4.jpg', picture(15).jpeg({ chromaSubsampling: '4:4:4' })],
    ['quality-1.jpg', picture(16).jpeg({ quality: 1 })],
    ['p3.jpg', picture(17).withIccProfile('p3').jpeg()],
    ...Array.from({ length: 8 }, (_, at): Case => [
      `orientation-${String(at + 1)}.jpg`,
      picture(20 + at)
        .withMetadata({ orientation: at + 1 })
        .jpeg(),
    ]),
  ];
}

function tiffs(): Case[] {
  return [
    ['raw.tif', picture(30).tiff({ compression: 'none' })],
    ['lzw.tif', picture(31).tiff({ compression: 'lzw' })],
    ['packbits.tif', picture(32).tiff({ compression: 'packbits' })],
    ['jpeg.tif', picture(33).tiff({ compression: 'jpeg' })],
    ['tiled.tif', picture(34).tiff({ compression: 'none', tile: true, tileWidth: 32, tileHeight: 32 })],
    [
      'pyramid.tif',
      picture(35).tiff({ compression: 'none', tile: true, pyramid: true, tileWidth: 32, tileHeight: 32 }),
    ],
    ['cmyk.tif', picture(36).toColourspace('cmyk').tiff({ compression: 'deflate' })],
    ['lab.tif', picture(37).toColourspace('lab').tiff({ compression: 'deflate' }), 'any'],
    ['16-bit.tif', picture(38).toColourspace('rgb16').tiff({ compression: 'deflate' })],
    ['float.tif', picture(39).toColourspace('scrgb').tiff({ compression: 'none', predictor: 'none' }), 'refused'],
    ['one-bit.tif', grey(40).threshold().toColourspace('b-w').tiff({ bitdepth: 1, compression: 'none' })],
  ];
}

function sizes(): Case[] {
  const of = (width: number, height: number) =>
    sharp(pixels(50, { width, height }), { raw: { width, height, channels: 3 } });
  return [
    ['1x1.png', of(1, 1).png()],
    ['1x8000.png', of(1, 8000).png()],
    ['8000x1.jpg', of(8000, 1).jpeg()],
    ['2x2.gif', of(2, 2).gif()],
    ['3x5000.webp', of(3, 5000).webp()],
    ['black.jpg', sharp({ create: { width: 300, height: 200, channels: 3, background: '#000' } }).jpeg()],
  ];
}

/** Sound pictures of uncommon kinds: they must be captioned, and with the right number of channels. */
export async function oddImages(): Promise<Specimen[]> {
  const cases = [...depths(), ...jpegs(), ...tiffs(), ...sizes()];
  return Promise.all(
    cases.map(async ([name, image, ending = 'captioned']) => ({ name, ending, bytes: await image.toBuffer() })),
  );
}

/** The first frame counts. */
export async function animations(): Promise<Specimen[]> {
  const frames = Buffer.concat([pixels(60), pixels(61), pixels(62)]);
  const reel = () => sharp(frames, { raw: { width: 96, height: 216, channels: 3, pageHeight: 72 } });
  return [
    { name: 'three-frames.gif', ending: 'captioned', bytes: await reel().gif({ loop: 0 }).toBuffer() },
    { name: 'three-frames.webp', ending: 'captioned', bytes: await reel().webp({ loop: 0 }).toBuffer() },
    {
      name: 'fast.gif',
      ending: 'captioned',
      bytes: await reel()
        .gif({ delay: [0, 0, 0] })
        .toBuffer(),
    },
  ];
}
