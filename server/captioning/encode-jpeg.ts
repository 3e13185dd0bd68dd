import sharp from 'sharp';
import type { Picture } from '../../models/captioner';

/** Large models look at less; a longer side would only cost time on the way. */
const LONGEST_SIDE = 1024;
const QUALITY = 85;

/** A JPEG of at most 1024 pixels a side: nothing of the original file is in it but its pixels. */
export function encodeJpeg({ data, width, height }: Picture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}
