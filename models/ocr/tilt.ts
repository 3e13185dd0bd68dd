import type { GreyPicture } from './tesseract';

/** The picture is looked at this small, in pixels of its longer side: lines of text are still rows of their own. */
const LOOKED_AT = 500;
/** Degrees. */
const [MOST_ANGLE, STEP] = [15, 1];
/** A step of grey, of 255, that is an edge of a letter. */
const EDGE = 24;
/** How much sharper the rows are at the angle than upright, so that it is no accident. */
const SHARPER = 1.4;

/** Edge points of the picture made small: x, y, x, y … */
function edges({ data, width, height }: GreyPicture): { points: number[]; factor: number } {
  const factor = Math.max(1, Math.ceil(Math.max(width, height) / LOOKED_AT));
  const points: number[] = [];
  for (let y = factor; y < height; y += factor) {
    for (let x = 0; x < width; x += factor) {
      const here = data[y * width + x] ?? 0;
      const above = data[(y - factor) * width + x] ?? 0;
      if (Math.abs(here - above) > EDGE) points.push(x / factor, y / factor);
    }
  }
  return { points, factor };
}

/** How sharply rows of ink and gaps change when the picture is turned by an angle: the squares of the changes from row to row. */
function sharpness(points: readonly number[], radians: number, rows: number): number {
  const counts = new Uint32Array(3 * rows);
  const slope = Math.tan(radians);
  for (let at = 0; at < points.length; at += 2) {
    const row = Math.round((points[at + 1] ?? 0) - slope * (points[at] ?? 0)) + rows;
    if (row >= 0 && row < counts.length) counts[row] = (counts[row] ?? 0) + 1;
  }
  let sum = 0;
  for (let row = 1; row < counts.length; row += 1) sum += ((counts[row] ?? 0) - (counts[row - 1] ?? 0)) ** 2;
  return sum;
}

/**
 * The angle by which lines of text are tilted, in radians as Tesseract takes it; null where none stands out. After the projection
 * profiles of Postl (1986).
 */
export function tiltOf(picture: GreyPicture): number | null {
  const { points, factor } = edges(picture);
  const rows = Math.max(picture.width, picture.height) / factor;
  const at = (degrees: number) => sharpness(points, (degrees * Math.PI) / 180, Math.ceil(rows));
  let [best, most] = [0, 0];
  for (let degrees = -MOST_ANGLE; degrees <= MOST_ANGLE; degrees += STEP) {
    const sharp = at(degrees);
    if (sharp > most) [best, most] = [degrees, sharp];
  }
  // Tesseract counts the other way round.
  return best === 0 || most < SHARPER * at(0) ? null : (-best * Math.PI) / 180;
}
