import { AppError } from '../errors';
import type { Storage } from '../storage/database';

/** What one site has on disk. */
export interface SiteStorage {
  /** Pictures that are known, with their bytes or without. */
  readonly images: number;
  readonly image_bytes: number;
  readonly thumbnail_bytes: number;
}

const NOTHING: SiteStorage = { images: 0, image_bytes: 0, thumbnail_bytes: 0 };

/** How long a client waits before it sends a refused picture again: pictures go minutes after they were captioned. */
const RETRY_AFTER_S = 60;

/** What the sites have on disk, from counters that triggers keep, and how much more one may send. */
export class SiteBytes {
  constructor(
    private readonly storage: Storage,
    /** Most bytes of a site; null: half of the room that its pictures and what is free make up. */
    private readonly limitOf: (siteId: string) => number | null,
    /** Bytes of the disk that pictures may fill now. */
    private readonly freeBytes: () => number,
  ) {}

  of(siteId: string): SiteStorage {
    return (
      this.storage
        .prepare<[string], SiteStorage>(
          'SELECT images, image_bytes, thumbnail_bytes FROM site_storage WHERE site_id = ?',
        )
        .get(siteId) ?? NOTHING
    );
  }

  /** Throws SITE_FULL where so many more bytes would go over the site's limit. */
  requireRoom(siteId: string, more: number): void {
    const own = this.limitOf(siteId);
    const { image_bytes, thumbnail_bytes } = this.of(siteId);
    const stored = own === null ? image_bytes : image_bytes + thumbnail_bytes;
    const limit = own ?? this.#shareOf(image_bytes);
    if (stored + more <= limit) return;
    throw new AppError('SITE_FULL', { limit, stored, retry_after_seconds: RETRY_AFTER_S });
  }

  /** However many sites there are, one that never stops leaves the next as much as it took. A full disk has an error of its own. */
  #shareOf(stored: number): number {
    const free = this.freeBytes();
    return free === 0 ? Infinity : Math.floor((stored + free) / 2);
  }
}
