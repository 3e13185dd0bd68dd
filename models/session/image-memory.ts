import { createHash } from 'node:crypto';
import { pixelsOf, type Picture, type StoredPicture } from '../captioner';
import { bytesOf, forget, forgetKeys, type ImageState } from './image-state';

/** Runs the image encoder. */
export type Encode = (picture: Picture) => Promise<ImageState>;

interface Entry {
  readonly key: string;
  readonly state: ImageState;
  /** Requests that are looking at it now. */
  users: number;
}

/** A stored picture brings its key, which saves decoding it; of pixels it is made here. */
function keyOf(picture: Picture | StoredPicture): string {
  if ('key' in picture) return `stored ${picture.key}`;
  const { data, width, height } = picture;
  return createHash('sha256').update(`${width}x${height}`).update(data).digest('base64');
}

/** What the encoder saw of the last pictures, so that a second question about one costs only the text. Forgets the picture that was not asked about for longest. */
export class ImageMemory {
  /** Least recently used first. */
  private entries: Entry[] = [];

  constructor(
    private readonly encode: Encode,
    private readonly room: { readonly bytes: number; readonly pictures: number },
  ) {}

  /** The state of a picture while `work` looks at it. Throws the signal's reason. */
  async with<T>(
    picture: Picture | StoredPicture,
    work: (state: ImageState) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const entry = await this.hold(picture);
    // Before this one gets its own.
    this.forgetOtherKeys();
    try {
      return await work(entry.state);
    } finally {
      entry.users -= 1;
      this.shrink();
    }
  }

  /** Forgets all pictures. None may be looked at any more. */
  clear(): void {
    for (const { state } of this.entries.splice(0)) forget(state);
  }

  private async hold(picture: Picture | StoredPicture): Promise<Entry> {
    const key = keyOf(picture);
    const known = this.entries.find((entry) => entry.key === key);
    if (known !== undefined) {
      known.users += 1;
      this.entries = [...this.entries.filter((entry) => entry !== known), known];
      return known;
    }
    const state = await this.encode(await pixelsOf(picture));
    const entry = { key, state, users: 1 };
    this.entries.push(entry);
    return entry;
  }

  /** Forgets pictures that no search uses until the rest fits the limit. The latest picture always stays, and only it keeps its keys. */
  private shrink(): void {
    this.forgetOtherKeys();
    while (this.entries.length > 1 && !this.fits()) {
      const oldest = this.entries.find(({ users }) => users === 0);
      if (oldest === undefined) return;
      this.entries = this.entries.filter((entry) => entry !== oldest);
      forget(oldest.state);
    }
  }

  private forgetOtherKeys(): void {
    for (const { state, users } of this.entries.slice(0, -1)) if (users === 0) forgetKeys(state);
  }

  private fits(): boolean {
    const bytes = this.entries.reduce((sum, { state }) => sum + bytesOf(state), 0);
    return this.entries.length <= this.room.pictures && bytes <= this.room.bytes;
  }
}
