import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../errors';
import { thumbnailIn } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { codeOf } from '../storage/sqlite-error';
import { presenceOf, type Presence } from './picture-presence';
import type { SiteBytes } from './site-bytes';
import type { SpooledImage } from './spool';

const fsyncOf = promisify(fsync);

export interface StoredImage {
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly mediaType: string;
  /** False once retention has removed the bytes. */
  readonly hasOriginal: boolean;
  readonly hasThumbnail: boolean;
  /** In ms. */
  readonly receivedAt: number;
  /** Until when somebody was promised that the bytes stay, in ms; null: nobody was. */
  readonly keptUntil: number | null;
}

interface ImageRow {
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly media_type: string;
  readonly original: number;
  readonly thumbnail: number;
  readonly received_at: number;
  readonly kept_until: number | null;
}

export interface ImageFolders {
  readonly images: string;
  readonly thumbnails: string;
  /** On the same disk, emptied at every start. */
  readonly temporary: string;
}

/** A complete file, checked; a video has no size in pixels. */
type Spooled = Omit<SpooledImage, 'image'> & {
  readonly image: { readonly width: number; readonly height: number; readonly mediaType: string };
};

/** The images of one site: rows in SQLite, bytes by sha256 in folders of the site's own. */
export class ImageStore {
  constructor(
    private readonly storage: Storage,
    private readonly folders: ImageFolders,
    private readonly siteId: string,
    private readonly siteBytes: Pick<SiteBytes, 'requireRoom'>,
  ) {}

  /** The row, also of an image whose bytes are gone; null when this site never sent it. */
  get(sha256: string): StoredImage | null {
    const row = this.storage
      .prepare<[string, string], ImageRow>(
        `SELECT sha256, bytes, width, height, media_type, original, thumbnail, received_at, kept_until FROM images
         WHERE site_id = ? AND sha256 = ?`,
      )
      .get(this.siteId, sha256);
    if (row === undefined) return null;
    return {
      sha256: row.sha256,
      bytes: row.bytes,
      width: row.width,
      height: row.height,
      mediaType: row.media_type,
      hasOriginal: row.original === 1,
      hasThumbnail: row.thumbnail === 1,
      receivedAt: row.received_at,
      keptUntil: row.kept_until,
    };
  }

  /** Whether the bytes are here to be captioned. Looks at the disk: a restored database may remember more than it holds. */
  hasBytes(sha256: string): boolean {
    return this.presence(sha256) === 'here';
  }

  /** The same, and they are those of a picture. */
  hasPicture(sha256: string): boolean {
    return this.get(sha256)?.mediaType.startsWith('video/') === false && this.hasBytes(sha256);
  }

  presence(sha256: string): Presence {
    if (this.get(sha256)?.hasOriginal !== true) return 'gone';
    return presenceOf(this.originalPath(sha256), path.join(this.folders.images, this.siteId));
  }

  /** Path of bytes that are to be captioned. Throws IMAGE_UNKNOWN where they are gone, STORAGE_UNAVAILABLE where nobody can tell. */
  captionablePath(sha256: string): string {
    const presence = this.presence(sha256);
    if (presence === 'here') return this.originalPath(sha256);
    throw new AppError(presence === 'gone' ? 'IMAGE_UNKNOWN' : 'STORAGE_UNAVAILABLE');
  }

  /** Called before a body is read. Throws SITE_FULL where a picture that is not stored yet would take the site over its limit. */
  requireRoom(sha256: string, bytes: number): void {
    if (!this.hasBytes(sha256)) this.siteBytes.requireRoom(this.siteId, bytes);
  }

  /**
   * Takes a spooled file over. The bytes are on disk under their final name before the row says so. Throws SITE_FULL,
   * KEY_INVALID when the site was erased meanwhile, and what a full disk throws; leaves no file behind then.
   */
  async put(spooled: Spooled): Promise<{ image: StoredImage; isNew: boolean }> {
    const known = this.get(spooled.sha256);
    if (known !== null && this.hasBytes(spooled.sha256)) {
      unlinkSync(spooled.file);
      this.#refresh(spooled.sha256);
      return { image: known, isNew: false };
    }
    try {
      this.siteBytes.requireRoom(this.siteId, spooled.bytes);
    } catch (error) {
      unlinkSync(spooled.file);
      throw error;
    }
    const file = this.originalPath(spooled.sha256);
    const made = mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    renameSync(spooled.file, file);
    const folders = made === undefined ? [path.dirname(file)] : [path.dirname(file), path.dirname(made)];
    try {
      // Together, so that the disk writes its journal once. Until the row is there nobody reads the file.
      await Promise.all([file, ...folders].map(flush));
      return { image: await this.#addRow(spooled), isNew: true };
    } catch (error) {
      this.#removeWithoutRow(spooled.sha256);
      if (codeOf(error) === 'SQLITE_CONSTRAINT_FOREIGNKEY') throw new AppError('KEY_INVALID', {}, { cause: error });
      throw error;
    }
  }

  async #addRow({ image, bytes, sha256 }: Spooled): Promise<StoredImage> {
    const stored = await this.storage.together(() => {
      this.storage
        .prepare(
          `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, received_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (site_id, sha256) DO UPDATE SET original = 1, received_at = excluded.received_at,
           bytes = excluded.bytes, media_type = excluded.media_type`,
        )
        .run(this.siteId, sha256, bytes, image.width, image.height, image.mediaType, Date.now());
      return this.get(sha256);
    });
    if (stored === null) throw new Error('the image row is not there after its insert');
    return stored;
  }

  /** No row knows the file of a picture that could not be stored, and nothing else would remove it before a look at all files. */
  #removeWithoutRow(sha256: string): void {
    if (this.get(sha256)?.hasOriginal === true) return;
    const file = this.originalPath(sha256);
    rmSync(file, { force: true });
    // Of an erased site not even its folders stay. Those that hold other pictures do.
    for (const folder of [path.dirname(file), path.dirname(path.dirname(file))]) {
      if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
    }
  }

  /** A picture that is sent again is about to get a job: its bytes stay as long as those of a new one. */
  #refresh(sha256: string): void {
    this.storage.unflushed(() => {
      this.storage
        .prepare('UPDATE images SET received_at = ? WHERE site_id = ? AND sha256 = ?')
        .run(Date.now(), this.siteId, sha256);
    });
  }

  /**
   * Inside the finishing transaction, once the job is known to be the worker's: the draft of so many bytes becomes the
   * thumbnail. Of a picture that was erased meanwhile none is kept.
   */
  keepThumbnail(sha256: string, { file, bytes }: { file: string; bytes: number }): void {
    if (this.get(sha256) === null) return;
    const place = this.thumbnailPath(sha256);
    mkdirSync(path.dirname(place), { recursive: true, mode: 0o700 });
    renameSync(file, place);
    this.storage
      .prepare('UPDATE images SET thumbnail = 1, thumbnail_bytes = ? WHERE site_id = ? AND sha256 = ?')
      .run(bytes, this.siteId, sha256);
  }

  /** The bytes stay until then at least, whether a job wants them or not. */
  keepUntil(sha256: string, until: number): void {
    this.storage
      .prepare('UPDATE images SET kept_until = max(coalesce(kept_until, 0), ?) WHERE site_id = ? AND sha256 = ?')
      .run(until, this.siteId, sha256);
  }

  originalPath(sha256: string): string {
    return path.join(this.folders.images, this.siteId, sha256.slice(0, 2), sha256);
  }

  /** Where a worker may write something that is not finished; `name` is its own for each attempt. */
  draftPath(name: string): string {
    return path.join(this.folders.temporary, name);
  }

  /** Removes what an attempt left behind, also what a killed process was in the middle of. */
  async removeDrafts(name: string): Promise<void> {
    const files = await readdir(this.folders.temporary);
    const own = files.filter((file) => file.startsWith(name));
    await Promise.all(own.map((file) => rm(path.join(this.folders.temporary, file), { force: true })));
  }

  /** Where the thumbnail lies, or will. */
  thumbnailPath(sha256: string): string {
    return thumbnailIn(this.folders.thumbnails, this.siteId, sha256);
  }
}

/** Resolves when a file's bytes, or a folder's names, are on disk: a rename is only once its folder is. */
async function flush(file: string): Promise<void> {
  const fd = openSync(file, 'r');
  try {
    await fsyncOf(fd);
  } finally {
    closeSync(fd);
  }
}
