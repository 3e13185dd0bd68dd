import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ModelInput, Picture } from '../../models/captioner';
import { AppError } from '../errors';
import { storageProblem } from '../storage/sqlite-error';
import type { ImageFacts } from './engine';
import { imageError } from './image-error';
import { measure } from './image-facts';
import { readImageFile } from './image-file';

/** Decoders of libvips that may run; everything else (SVG, PDF, ImageMagick, raw camera files …) is refused. */
const ALLOWED_LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}Buffer`);
/** JPEGs whose shorter side has this many pixels may be decoded smaller. */
const SHRUNK_FROM = 2400;
/**
 * At half the size, which their decoder does for a third of the time, bytes differ by at most 1 from a full decode after the model's own
 * resizing (by 2 in 3 of 5.7 million), where the shorter side has this many times the pixels that the model takes (tests/bench/decode.cjs).
 */
const EXACT_HALF_FROM = SHRUNK_FROM / 384;
/**
 * Where a model may see a picture that is nearly the same, it is decoded at 1/3 to 1/5 of its size, as long as its shorter side keeps
 * this many times the pixels that the model takes: after its resizing a byte differs by 0.4 on average and by up to 13 at edges of
 * colour. Below 1/5 the average rises above 0.5.
 */
const LEAST_OF_SIDE = 1.3;
const [LEAST_PART, MOST_PART] = [3, 5];
const THUMBNAIL_SIDE = 640;
const THUMBNAIL_QUALITY = 78;
/** The usual 4 takes twice as long, as much as an eighth of a caption by `mini`, for a file 3 % smaller. */
const THUMBNAIL_EFFORT = 2;

export interface DecodedImage {
  readonly picture: Picture;
  readonly facts: ImageFacts;
}

/** Sets libvips up for one picture after the other. Call once, when the worker process starts. Its threads decode while the model's are idle. */
export function prepareDecoder(threads: number): void {
  sharp.cache(false);
  sharp.concurrency(threads);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ALLOWED_LOADERS });
}

/**
 * The one way to open an image: bounded, first frame only (sharp's default; `page` stays unset). What every viewer shows is read,
 * such as the JPEGs of some phones with wrong scan parameters; a file that is cut or cannot be made sense of is refused.
 */
function openImage(bytes: Buffer, maxPixels: number): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels });
}

function formatOf({ format, compression }: Metadata): string {
  return format === 'heif' && compression === 'av1' ? 'avif' : format;
}

/** Size of the upright picture. */
function uprightSize({ autoOrient, width, height }: Metadata): { width: number; height: number } {
  return { width: autoOrient.width || width, height: autoOrient.height || height };
}

/** By what both sides are divided while decoding. */
function divisorOf(metadata: Metadata, input: ModelInput | null): number {
  const { width, height } = uprightSize(metadata);
  const shorter = Math.min(width, height);
  if (metadata.format !== 'jpeg' || shorter < SHRUNK_FROM) return 1;
  if (input === null) return 2;
  if (input.isExact) return shorter >= EXACT_HALF_FROM * input.side ? 2 : 1;
  const part = Math.min(MOST_PART, Math.floor(shorter / (LEAST_OF_SIDE * input.side)));
  return part >= LEAST_PART ? part : 2;
}

function shrunk(image: Sharp, metadata: Metadata, input: ModelInput | null): Sharp {
  const divisor = divisorOf(metadata, input);
  if (divisor === 1) return image;
  const { width, height } = uprightSize(metadata);
  return image.resize({ width: Math.ceil(width / divisor), height: Math.ceil(height / divisor), fit: 'fill' });
}

async function readPixels(image: Sharp, metadata: Metadata, input: ModelInput | null): Promise<Picture> {
  const { data, info } = await shrunk(image.autoOrient(), metadata, input)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new AppError('IMAGE_CORRUPT', { channels: info.channels });
  return { data, width: info.width, height: info.height };
}

/**
 * Decodes an image file to upright RGB on white (very large ones at half their size), and says what the file was. Throws
 * what `readImageFile` and `decodeBytes` throw.
 */
export async function decodeImage(file: string, maxPixels: number): Promise<DecodedImage> {
  return decodeBytes(await readImageFile(file), maxPixels);
}

/** The same of bytes, as small as the model that is to see it allows. Throws what `imageError` makes. */
export async function decodeBytes(
  bytes: Buffer,
  maxPixels: number,
  input: ModelInput | null = null,
): Promise<DecodedImage> {
  try {
    const metadata = await openImage(bytes, maxPixels).metadata();
    const picture = await readPixels(openImage(bytes, maxPixels), metadata, input);
    const facts = {
      ...uprightSize(metadata),
      format: formatOf(metadata),
      hasAlpha: metadata.hasAlpha,
      ...measure(picture),
    };
    return { picture, facts };
  } catch (error) {
    throw imageError(error);
  }
}

/**
 * Writes a WebP of at most 640 pixels a side; the file appears whole or not at all. A picture that libvips makes no small copy
 * of goes without one. Throws STORAGE_UNAVAILABLE or STORAGE_FULL.
 */
export async function writeThumbnail(picture: Picture, file: string): Promise<void> {
  const bytes = await thumbnailOf(picture);
  if (bytes === null) return;
  const draft = `${file}.${randomUUID()}.partial`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw storageProblem(cause) ?? new AppError('STORAGE_UNAVAILABLE', {}, { cause });
  }
}

async function thumbnailOf({ data, width, height }: Picture): Promise<Buffer | null> {
  try {
    // Its own limit, of 268 million pixels, is for pictures that nobody has counted yet.
    return await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
      .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: THUMBNAIL_QUALITY, effort: THUMBNAIL_EFFORT })
      .toBuffer();
  } catch {
    return null;
  }
}
