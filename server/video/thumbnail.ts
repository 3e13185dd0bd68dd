/** A picture of 64 × 36 pixels, three bytes each (red, green, blue), row by row. */
export type Thumbnail = Uint8Array;

export const THUMBNAIL_WIDTH = 64;
export const THUMBNAIL_HEIGHT = 36;
const PIXELS = THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT;
export const THUMBNAIL_BYTES = PIXELS * 3;

/** Four steps of each colour. */
const COLOURS = 64;

export interface ThumbnailFacts {
  /** Of the grey values, 0..255. */
  readonly mean: number;
  /** Standard deviation of the grey values; near zero means a plain area. */
  readonly contrast: number;
  /** Variance of the Laplacian; small for a blurred picture. */
  readonly sharpness: number;
  /** Share of the pixels in each of 64 colours. */
  readonly colours: Float32Array;
}

/** A picture with what is known of it. */
export interface Sample extends ThumbnailFacts {
  readonly picture: Thumbnail;
}

function greyOf(picture: Thumbnail): Float32Array {
  const grey = new Float32Array(PIXELS);
  for (let at = 0; at < PIXELS; at += 1) {
    const place = at * 3;
    // The luma of ITU-R BT.601.
    grey[at] = 0.299 * (picture[place] ?? 0) + 0.587 * (picture[place + 1] ?? 0) + 0.114 * (picture[place + 2] ?? 0);
  }
  return grey;
}

function spread(values: Float32Array): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, variance: Math.max(0, squares / values.length - mean * mean) };
}

function laplacianOf(grey: Float32Array): Float32Array {
  const edges = new Float32Array((THUMBNAIL_WIDTH - 2) * (THUMBNAIL_HEIGHT - 2));
  let next = 0;
  for (let row = 1; row < THUMBNAIL_HEIGHT - 1; row += 1) {
    for (let column = 1; column < THUMBNAIL_WIDTH - 1; column += 1) {
      const at = row * THUMBNAIL_WIDTH + column;
      const beside = (grey[at - 1] ?? 0) + (grey[at + 1] ?? 0);
      const above = (grey[at - THUMBNAIL_WIDTH] ?? 0) + (grey[at + THUMBNAIL_WIDTH] ?? 0);
      edges[next] = beside + above - 4 * (grey[at] ?? 0);
      next += 1;
    }
  }
  return edges;
}

function coloursOf(picture: Thumbnail): Float32Array {
  const shares = new Float32Array(COLOURS);
  for (let at = 0; at < PIXELS; at += 1) {
    const place = at * 3;
    const [red, green, blue] = [picture[place] ?? 0, picture[place + 1] ?? 0, picture[place + 2] ?? 0];
    const colour = ((red >> 6) << 4) | ((green >> 6) << 2) | (blue >> 6);
    shares[colour] = (shares[colour] ?? 0) + 1 / PIXELS;
  }
  return shares;
}

function factsOf(picture: Thumbnail): ThumbnailFacts {
  const grey = greyOf(picture);
  const { mean, variance } = spread(grey);
  return {
    mean,
    contrast: Math.sqrt(variance),
    sharpness: spread(laplacianOf(grey)).variance,
    colours: coloursOf(picture),
  };
}

export function sampleOf(picture: Thumbnail): Sample {
  return { picture, ...factsOf(picture) };
}

/** Mean difference of the bytes of two pictures, 0..255. */
export function difference(one: Thumbnail, other: Thumbnail): number {
  let sum = 0;
  for (let at = 0; at < THUMBNAIL_BYTES; at += 1) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0));
  return sum / THUMBNAIL_BYTES;
}

/** Share of the pixels that have another colour, wherever they are: 0..1. Hardly moved by a moving camera. */
export function otherColours(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < COLOURS; at += 1) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0));
  return sum / 2;
}
