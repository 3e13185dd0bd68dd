import { rmSync } from 'node:fs';
import { thumbnailIn } from '../storage/data-folder';
import type { Storage } from '../storage/database';

/** Rows looked at in one step; a few milliseconds. */
const PIECE = 25;

interface ImageRow {
  readonly site_id: string;
  readonly sha256: string;
  readonly original: number;
  readonly thumbnail: number;
  /** When a suggestion of the picture last changed; null where it has none. */
  readonly latest: number | null;
  readonly open: number;
  readonly jobs: number;
  readonly received_at: number;
}

/**
 * The end of thumbnails: they stay while a suggestion for the picture is open, and for `keepMs` after the last one was decided.
 * The row of a picture goes once nothing of the picture is left. Works through the images of all sites, a piece at a time.
 */
export class ThumbnailStore {
  #site = '';
  #sha256 = '';

  constructor(
    private readonly storage: Storage,
    private readonly folder: string,
    private readonly keepMs: number,
  ) {}

  /** Looks at the next piece. False once all have been looked at; then it begins anew. */
  step(now: number): boolean {
    const rows = this.storage
      .prepare<object, ImageRow>(
        `SELECT site_id, sha256, original, thumbnail, received_at,
           (SELECT max(updated_at) FROM suggestions
            WHERE substr(image_sha256, 1, 12) = substr(sha256, 1, 12) AND image_sha256 = sha256
              AND suggestions.site_id = images.site_id) AS latest,
           EXISTS (SELECT 1 FROM suggestions
            WHERE substr(image_sha256, 1, 12) = substr(sha256, 1, 12) AND image_sha256 = sha256
              AND suggestions.site_id = images.site_id AND state IN ('pending', 'approved', 'decorative', 'conflict')) AS open,
           EXISTS (SELECT 1 FROM jobs
            WHERE substr(image_sha256, 1, 12) = substr(sha256, 1, 12) AND image_sha256 = sha256
              AND jobs.site_id = images.site_id) AS jobs
         FROM images WHERE (site_id, sha256) > (:site, :sha256) ORDER BY site_id, sha256 LIMIT ${PIECE}`,
      )
      .all({ site: this.#site, sha256: this.#sha256 });
    const last = rows.at(-1);
    this.#site = last?.site_id ?? '';
    this.#sha256 = last?.sha256 ?? '';
    const over = rows.filter((row) => row.open === 0 && (row.latest ?? row.received_at) < now - this.keepMs);
    const files = over.filter((row) => row.thumbnail === 1);
    // A commit that failed may have left a file that its row does not know; it must not outlive the row.
    const gone = over.filter((row) => row.thumbnail === 1 || (row.original === 0 && row.jobs === 0));
    this.storage.transaction(() => {
      const forget = this.storage.prepare('UPDATE images SET thumbnail = 0 WHERE site_id = ? AND sha256 = ?');
      for (const row of files) forget.run(row.site_id, row.sha256);
      const remove = this.storage.prepare('DELETE FROM images WHERE site_id = ? AND sha256 = ?');
      for (const row of over) if (row.original === 0 && row.jobs === 0) remove.run(row.site_id, row.sha256);
    });
    // In the same turn of the event loop, so that no job of the same picture can end in between.
    for (const { site_id, sha256 } of gone) {
      rmSync(thumbnailIn(this.folder, site_id, sha256), { force: true });
    }
    return last !== undefined;
  }
}
