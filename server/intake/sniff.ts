import { AppError } from '../errors';
import { readAvif } from './headers/avif';
import type { ByteSource } from './headers/byte-source';
import { HeaderError, type Dimensions } from './headers/dimensions';
import { readGif } from './headers/gif';
import { readJpeg } from './headers/jpeg';
import { readPng } from './headers/png';
import { readTiff } from './headers/tiff';
import { readWebp } from './headers/webp';

export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export interface SniffedImage extends Dimensions {
  readonly format: ImageFormat;
  readonly mediaType: `image/${ImageFormat}`;
}

/** Bytes that the format is told from; a body of fewer bytes is no image. */
export const MAGIC_BYTES = 32;

const READERS: Readonly<Record<ImageFormat, (source: ByteSource) => Promise<Dimensions>>> = {
  jpeg: readJpeg,
  png: readPng,
  webp: readWebp,
  gif: readGif,
  avif: readAvif,
  tiff: readTiff,
};

/**
 * Formats whose decoder needs far more memory than its pixels: measured peaks of 513 MB for an AVIF of 25 megapixels
 * and 151 MB for a GIF of 16 (reliability notes, 4.3). The general limit still holds where it is lower.
 */
const FORMAT_PIXELS: Partial<Record<ImageFormat, number>> = { avif: 16_000_000, gif: 25_000_000 };

/** libvips and the formats themselves stop at this many pixels a side. */
const MOST_PIXELS_A_SIDE = 65_535;

/** The format that the first bytes tell, whatever name or header came with them; null when it is none of ours. */
export function formatOf(bytes: Buffer): ImageFormat | null {
  const text = bytes.toString('latin1', 0, MAGIC_BYTES);
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif';
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'tiff';
  if (text.startsWith('ftyp', 4) && /^(avif|avis)|(mif1|msf1).{8,16}avi[fs]/s.test(text.slice(8))) return 'avif';
  return null;
}

/**
 * Reads type and size from the header, before anything is decoded.
 * Throws IMAGE_TYPE_UNSUPPORTED, IMAGE_CORRUPT or IMAGE_TOO_MANY_PIXELS.
 */
export async function sniff(source: ByteSource, maxPixels: number): Promise<SniffedImage> {
  const format = formatOf(await source.read(0, MAGIC_BYTES));
  if (format === null) throw new AppError('IMAGE_TYPE_UNSUPPORTED');
  const { width, height } = await READERS[format](source).catch((error: unknown) => {
    // RangeError: a declared length that points outside of the file.
    if (error instanceof HeaderError || error instanceof RangeError) {
      throw new AppError('IMAGE_CORRUPT', {}, { cause: error });
    }
    throw error;
  });
  if (width === 0 || height === 0) throw new AppError('IMAGE_CORRUPT');
  const limit = Math.min(maxPixels, FORMAT_PIXELS[format] ?? maxPixels);
  if (width * height > limit || Math.max(width, height) > MOST_PIXELS_A_SIDE) {
    throw new AppError('IMAGE_TOO_MANY_PIXELS', { width, height, max_pixels: limit });
  }
  return { format, mediaType: `image/${format}`, width, height };
}
