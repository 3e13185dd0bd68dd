import { existsSync, rmSync } from 'node:fs';
import type { Storage } from '../storage/database';
import type { ImageStore, StoredImage } from './image-store';
import type { SpooledImage, SpooledVideo } from './spool';

/** Media type of a video whose bytes stayed with the client, who sent frames of it. */
const UNKNOWN_TYPE = 'video/unknown';

export function isVideoType(mediaType: string): boolean {
  return mediaType.startsWith('video/');
}

/** A frame that is offered as the poster of a video. */
export interface Poster {
  readonly video: string;
  readonly image: string;
  /** Until when it stays at least, in ms. */
  readonly keptUntil: number;
}

/**
 * The videos of one site. A video lives, counts and ends as pictures do: it is a row of `images`. Its frames and its poster are pictures of
 * their own that end with it.
 */
export class VideoStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly images: ImageStore,
  ) {}

  /** The row, also of a video whose bytes are gone, or never came; null when this site never spoke of it. */
  get(sha256: string): StoredImage | null {
    const stored = this.images.get(sha256);
    return stored !== null && isVideoType(stored.mediaType) ? stored : null;
  }

  hasBytes(sha256: string): boolean {
    return this.get(sha256) !== null && this.images.hasBytes(sha256);
  }

  /** Takes a spooled file over, as `ImageStore.put` does. */
  async put({ file, sha256, bytes, mediaType }: SpooledVideo): Promise<{ video: StoredImage; isNew: boolean }> {
    const spooled = { file, sha256, bytes, image: { width: 0, height: 0, mediaType } };
    const { image, isNew } = await this.images.put(spooled);
    return { video: image, isNew };
  }

  /** The row of a video whose frames were sent in its place, with those frames. Inside the transaction that adds the job. */
  addFrames(sha256: string, frames: readonly string[]): void {
    this.storage
      .prepare(
        `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, original, received_at)
         VALUES (?, ?, 0, 0, 0, '${UNKNOWN_TYPE}', 0, ?) ON CONFLICT DO NOTHING`,
      )
      .run(this.siteId, sha256, Date.now());
    for (const frame of frames) this.#link(sha256, frame, 0);
  }

  /** A frame that was cut here becomes a picture of the site. */
  async putPoster(spooled: SpooledImage): Promise<void> {
    await this.images.put(spooled);
  }

  /** The poster of a look that was not kept: the picture goes, unless something else knows it. */
  dropPoster(image: string): void {
    const isKnown = this.storage
      .prepare(
        `SELECT 1 FROM video_pictures WHERE site_id = :site AND image_sha256 = :image
         UNION ALL SELECT 1 FROM jobs
         WHERE substr(image_sha256, 1, 12) = substr(:image, 1, 12) AND image_sha256 = :image AND +site_id = :site LIMIT 1`,
      )
      .get({ site: this.siteId, image });
    if (isKnown !== undefined) return;
    rmSync(this.images.originalPath(image), { force: true });
    this.storage.transaction(() => {
      this.storage.prepare('DELETE FROM images WHERE site_id = ? AND sha256 = ?').run(this.siteId, image);
    });
  }

  /** Inside the finishing transaction. Of a video that was erased meanwhile none is kept. */
  keepPoster({ video, image, keptUntil }: Poster): void {
    if (this.get(video) === null || this.images.get(image) === null) return;
    this.storage
      .prepare('UPDATE video_pictures SET is_poster = 0 WHERE site_id = ? AND video_sha256 = ?')
      .run(this.siteId, video);
    this.#link(video, image, 1);
    this.images.keepUntil(image, keptUntil);
  }

  /** The poster, a JPEG where it was cut here; null once it is gone. */
  poster(sha256: string): { path: string; mediaType: string } | null {
    const image = this.storage
      .prepare<[string, string], string>(
        'SELECT image_sha256 FROM video_pictures WHERE site_id = ? AND video_sha256 = ? AND is_poster = 1',
      )
      .pluck()
      .get(this.siteId, sha256);
    const stored = image === undefined ? null : this.images.get(image);
    if (stored === null) return null;
    const file = this.images.originalPath(stored.sha256);
    return existsSync(file) ? { path: file, mediaType: stored.mediaType } : null;
  }

  /** The bytes of a video that cannot be read go at once, unless another job is about to try. */
  dropBytes(sha256: string): void {
    const isWanted = this.storage.prepare(
      "SELECT 1 FROM jobs WHERE site_id = ? AND image_sha256 = ? AND state IN ('waiting', 'running')",
    );
    if (this.get(sha256) === null || isWanted.get(this.siteId, sha256) !== undefined) return;
    rmSync(this.images.originalPath(sha256), { force: true });
    this.storage.unflushed(() => {
      this.storage.prepare('UPDATE images SET original = 0 WHERE site_id = ? AND sha256 = ?').run(this.siteId, sha256);
    });
  }

  #link(video: string, image: string, isPoster: 0 | 1): void {
    this.storage
      .prepare(
        `INSERT INTO video_pictures (site_id, video_sha256, image_sha256, is_poster) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET is_poster = max(is_poster, excluded.is_poster)`,
      )
      .run(this.siteId, video, image, isPoster);
  }
}
