import sharp from 'sharp';
import type { Picture } from '../../models/captioner';
import type { GreyPicture } from '../../models/ocr/tesseract';

/** Longest side, in pixels, up to which small pictures are made twice as large: letters of 8 pixels are read at 16. */
const ENLARGED_TO = 1800;
const MOST_FACTOR = 2;
/** Larger ones are made smaller: reading takes as long as there are pixels. */
const LONGEST = 2400;

function factorFor(longest: number): number {
  return longest > LONGEST ? LONGEST / longest : Math.max(1, Math.min(MOST_FACTOR, ENLARGED_TO / longest));
}

/** The grey values of a picture at the size at which its words are read, and how much larger it was made. */
export async function greyForReading({ data, width, height }: Picture): Promise<{ grey: GreyPicture; factor: number }> {
  const factor = factorFor(Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
  const { data: pixels, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .greyscale()
    .resize({ ...size, fit: 'fill' })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { grey: { data: pixels, width: info.width, height: info.height }, factor };
}
