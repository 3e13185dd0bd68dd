import sharp, { type Sharp } from 'sharp';
import { seededRandom } from '../seeded-random';
import { type Specimen } from './specimen';

const WIDTH = 96;
const HEIGHT = 72;

/** A gradient with a disc and some noise: every seed is another picture. */
export function pixels(seed: number, { width = WIDTH, height = HEIGHT, channels = 3 } = {}): Buffer {
  const random = seededRandom(seed);
  const [red, green, blue, x0, y0] = [random() * 255, random() * 255, random() * 255, random(), random()];
  const data = Buffer.alloc(width * height * channels);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [(at % width) / width, Math.floor(at / width) / height];
    const disc = Math.hypot(x - x0, y - y0) < 0.3 ? 90 : 0;
    const value = [red * x + disc, green * y + disc, (blue * (x + y)) / 2, 60 + 195 * x];
    for (let channel = 0; channel < channels; channel += 1) {
      data[at * channels + channel] = Math.min(255, (value[channel] ?? 0) + random() * 12);
    }
  }
  return data;
}

export function picture(seed: number, size: { width?: number; height?: number; channels?: 3 | 4 } = {}): Sharp {
  const { width = WIDTH, height = HEIGHT, channels = 3 } = size;
  return sharp(pixels(seed, { width, height, channels }), { raw: { width, height, channels } });
}

const ENCODERS: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  'baseline.jpg': (image) => image.jpeg(),
  'progressive.jpg': (image) => image.jpeg({ progressive: true }),
  'plain.png': (image) => image.png(),
  'interlaced.png': (image) => image.png({ progressive: true }),
  'lossy.webp': (image) => image.webp(),
  'lossless.webp': (image) => image.webp({ lossless: true }),
  'plain.gif': (image) => image.gif(),
  'plain.avif': (image) => image.avif({ effort: 0 }),
  'plain.tif': (image) => image.tiff({ compression: 'deflate' }),
};

/** One sound file of every encoding that is accepted. The same seed gives the same bytes. */
export async function soundImages(seed: number): Promise<Specimen[]> {
  const files = Object.entries(ENCODERS).map(async ([name, encode], index) => {
    const bytes = await encode(picture(seed + index)).toBuffer();
    return { name, ending: 'captioned', bytes } as const;
  });
  return Promise.all(files);
}
