import { randomBytes } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { inBackground } from '../background';
import { AppError } from '../errors';

/** Bytes that came inside another body, on disk until somebody asks for them. */
export class HeldPicture {
  readonly #fd: number;
  #bytes = 0;
  #isPicture = true;
  #isOpen = true;

  constructor(
    readonly name: string,
    private readonly file: string,
    private readonly maxBytes: number,
  ) {
    this.#fd = openSync(file, 'wx', 0o600);
  }

  /** To the page cache at once, as everything that arrives. What is above the limit is counted and not kept. */
  write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.maxBytes) return;
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
  }

  end(isPicture: boolean): void {
    this.#isPicture = isPicture;
    this.#close();
  }

  /** Throws BAD_REQUEST when the text was no base64, and IMAGE_TOO_LARGE. */
  bytes(): AsyncIterable<Uint8Array> {
    if (!this.#isPicture) throw notAPicture();
    if (this.#bytes > this.maxBytes) throw new AppError('IMAGE_TOO_LARGE', { max_bytes: this.maxBytes });
    return createReadStream('', { fd: openSync(this.file, 'r') });
  }

  remove(): void {
    this.#close();
    rmSync(this.file, { force: true });
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }
}

export const notAPicture = () =>
  new AppError('BAD_REQUEST', {
    problems: [{ where: 'image', problem: 'is neither a data URI nor base64; send the picture itself' }],
  });

export interface HeldPicturesParts {
  readonly folder: string;
  readonly maxBytes: number;
  /** Names have this many characters at least. */
  readonly nameLength: number;
  /** Throws where there is no room for pictures. */
  readonly disk: { requireRoom(): void };
  readonly notRemoved: (error: unknown) => void;
}

/** Pictures of requests that are under way, by the name that stands in their place. Nobody can guess a name. */
export class HeldPictures {
  readonly #held = new Map<string, HeldPicture>();

  constructor(private readonly parts: HeldPicturesParts) {}

  /** Throws STORAGE_FULL, STORAGE_UNAVAILABLE. */
  open(): HeldPicture {
    const { disk, folder, maxBytes, nameLength } = this.parts;
    disk.requireRoom();
    const id = randomBytes(24).toString('hex');
    const name = `picture ${id}`.padEnd(nameLength, '.');
    const picture = new HeldPicture(name, path.join(folder, `${id}.part`), maxBytes);
    this.#held.set(name, picture);
    return picture;
  }

  get notRemoved(): (error: unknown) => void {
    return this.parts.notRemoved;
  }

  find(name: string): HeldPicture | null {
    return this.#held.get(name) ?? null;
  }

  /** Never throws: a picture that the disk does not let go of is removed at the next start. */
  remove(picture: HeldPicture): void {
    this.#held.delete(picture.name);
    inBackground(() => picture.remove(), this.parts.notRemoved);
  }
}
