import { createHash } from 'node:crypto';
import type { Picture, StoredPicture } from '../../models/captioner';
import type { DecodedImage } from './decode-image';
import type { ImageFacts } from './engine';
import { readImageFile } from './image-file';

/** Files whose facts are kept: as many as the model remembers pictures, and a few hundred bytes each. */
const MOST_REMEMBERED = 56;

/**
 * Opens image files for the model, and knows the last ones by the hash of their bytes: a second question about a picture then
 * neither decodes nor measures it again.
 */
export class ImageReader {
  /** By key, least recently used first. */
  private readonly known = new Map<string, ImageFacts>();

  constructor(private readonly decode: (bytes: Buffer, maxPixels?: number) => Promise<DecodedImage>) {}

  /** Reads a file. `maxPixels` is its own limit, if it has one. Throws AppError IMAGE_UNKNOWN or STORAGE_UNAVAILABLE. */
  async open(file: string, maxPixels?: number): Promise<OpenImage> {
    const bytes = await readImageFile(file);
    const key = createHash('sha256').update(bytes).digest('base64');
    const known = this.known.get(key) ?? null;
    if (known !== null) this.remember(key, known);
    return new OpenImage(key, known, async () => {
      const decoded = await this.decode(bytes, maxPixels);
      this.remember(key, decoded.facts);
      return decoded;
    });
  }

  private remember(key: string, facts: ImageFacts): void {
    this.known.delete(key);
    this.known.set(key, facts);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_REMEMBERED && oldest !== undefined) this.known.delete(oldest);
  }
}

/** One file: decoded when its pixels are wanted, and at most once. Both methods throw what the decoder throws. */
export class OpenImage implements StoredPicture {
  private decoding: Promise<DecodedImage> | null = null;
  /** Milliseconds that decoding took so far. */
  decodeMs = 0;

  constructor(
    readonly key: string,
    private readonly remembered: ImageFacts | null,
    private readonly decode: () => Promise<DecodedImage>,
  ) {}

  async pixels(): Promise<Picture> {
    return (await this.decoded()).picture;
  }

  async facts(): Promise<ImageFacts> {
    return this.remembered ?? (await this.decoded()).facts;
  }

  private decoded(): Promise<DecodedImage> {
    this.decoding ??= this.timed();
    return this.decoding;
  }

  private async timed(): Promise<DecodedImage> {
    const begin = performance.now();
    const decoded = await this.decode();
    this.decodeMs += performance.now() - begin;
    return decoded;
  }
}
