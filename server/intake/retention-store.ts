import { rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isSiteFolder } from '../storage/data-folder';
import type { Storage } from '../storage/database';

/** Rows looked at in one go; a few milliseconds. */
const PIECE = 50;
/** A clock is set by less without anybody noticing. */
const AHEAD_MS = 60_000;
/** Pieces without anything to remove that one turn looks at; some 100 ms in all. */
const IDLE_PIECES = 40;

interface AgedRow {
  readonly site_id: string;
  readonly sha256: string;
  readonly received_at: number;
  readonly wanted: number;
}

/**
 * Originals go once they are captioned: the bytes of a picture stay for `keepMs` after they came and after the end of its
 * last job, so that a failed one can be tried again, and as long as a job or a prediction for them has not ended; those of frames as
 * long as those of their video would. Thumbnails stay, and so do posters of videos that wait for a decision. Works through the images of all sites, a piece at a time.
 */
export class RetentionStore {
  readonly #aged;
  #position = 0;

  constructor(
    private readonly storage: Storage,
    private readonly folder: string,
    private readonly keepMs: number,
  ) {
    this.#aged = storage.prepare<{ after: number; before: number; now: number }, AgedRow>(
      `SELECT site_id, sha256, received_at,
         EXISTS (
           SELECT 1 FROM jobs
           WHERE jobs.site_id = images.site_id AND jobs.image_sha256 = images.sha256
             AND jobs.state IN ('waiting', 'running')
         ) OR EXISTS (
           SELECT 1 FROM jobs
           WHERE substr(jobs.image_sha256, 1, 12) = substr(images.sha256, 1, 12)
             AND jobs.site_id = images.site_id AND jobs.image_sha256 = images.sha256
             AND jobs.finished_at >= :before AND jobs.finished_at <= :now + ${AHEAD_MS}
         ) OR EXISTS (
           SELECT 1 FROM video_pictures AS link
           WHERE link.site_id = images.site_id AND link.image_sha256 = images.sha256
             AND (EXISTS (
               SELECT 1 FROM jobs
               WHERE substr(jobs.image_sha256, 1, 12) = substr(link.video_sha256, 1, 12)
                 AND jobs.image_sha256 = link.video_sha256 AND jobs.site_id = link.site_id
                 AND (jobs.state IN ('waiting', 'running')
                   OR jobs.finished_at >= :before AND jobs.finished_at <= :now + ${AHEAD_MS})
             ) OR link.is_poster = 1 AND EXISTS (
               SELECT 1 FROM suggestions
               WHERE substr(suggestions.image_sha256, 1, 12) = substr(link.video_sha256, 1, 12)
                 AND suggestions.image_sha256 = link.video_sha256 AND suggestions.site_id = link.site_id
                 AND suggestions.state IN ('pending', 'approved', 'conflict')
             ))
         ) OR coalesce(kept_until, 0) > :now AS wanted
       FROM images
       WHERE original = 1 AND received_at > :after AND received_at < :before
       ORDER BY received_at LIMIT ${PIECE}`,
    );
  }

  /**
   * One turn, as steps that each give whether there is another: until all originals have been looked at, or a good many of which
   * none can go. The next turn goes on there.
   */
  turn(now: number): () => boolean {
    let idle = 0;
    return () => {
      idle = this.sweep(now) === 0 ? idle + 1 : 0;
      return this.#position !== 0 && idle < IDLE_PIECES;
    };
  }

  /** Looks at the next piece; from the beginning again after the last. Returns how many originals went. */
  sweep(now: number): number {
    const rows = this.#aged.all({ after: this.#position, before: now - this.keepMs, now });
    this.#position = rows.length < PIECE ? 0 : (rows.at(-1)?.received_at ?? 0);
    const unwanted = rows.filter((row) => row.wanted === 0);
    // The files first: on a full disk the commit needs the room they give back, and a row without a file is looked at again.
    // In the same turn of the event loop, so that no upload of the same bytes can come in between.
    for (const row of unwanted) rmSync(this.#path(row.site_id, row.sha256), { force: true });
    // What a power cut takes back is done again.
    this.storage.unflushed(() => {
      const forget = this.storage.prepare('UPDATE images SET original = 0 WHERE site_id = ? AND sha256 = ?');
      for (const row of unwanted) forget.run(row.site_id, row.sha256);
    });
    if (this.#position === 0) this.#clamp(now);
    return unwanted.length;
  }

  /** What came while the clock was ahead came now: otherwise it would stay for as long as that was. A piece at each pass. */
  #clamp(now: number): void {
    const values = { now, latest: now + AHEAD_MS };
    const ahead = this.storage
      .prepare<object, { site_id: string; sha256: string }>(
        `SELECT site_id, sha256 FROM images WHERE original = 1 AND received_at > :latest LIMIT ${PIECE}`,
      )
      .all(values);
    if (ahead.length === 0) return;
    this.storage.unflushed(() => {
      const clamp = this.storage.prepare(
        `UPDATE images SET received_at = :now, kept_until = kept_until - (received_at - :now)
         WHERE site_id = :site_id AND sha256 = :sha256 AND received_at > :latest`,
      );
      for (const row of ahead) clamp.run({ ...row, ...values });
    });
  }

  /** Removes files that no row knows, such as a kill between two steps leaves. Returns how many. */
  async removeOrphans(): Promise<number> {
    const known = this.storage.prepare<[string, string], { original: number }>(
      'SELECT original FROM images WHERE site_id = ? AND sha256 = ?',
    );
    let removed = 0;
    for (const siteId of (await readdir(this.folder)).filter(isSiteFolder)) {
      for (const prefix of await readdir(path.join(this.folder, siteId))) {
        for (const sha256 of await readdir(path.join(this.folder, siteId, prefix))) {
          // Asked for each file at the moment of its removal: uploads go on meanwhile.
          if (known.get(siteId, sha256)?.original === 1 || (await isFresh(this.#path(siteId, sha256)))) continue;
          await rm(this.#path(siteId, sha256), { force: true });
          removed += 1;
        }
      }
    }
    return removed;
  }

  #path(siteId: string, sha256: string): string {
    return path.join(this.folder, siteId, sha256.slice(0, 2), sha256);
  }
}

/** An upload writes the file first and its row a moment later. */
const FRESH_MS = 3_600_000;

async function isFresh(file: string): Promise<boolean> {
  const found = await stat(file);
  return found.mtimeMs > Date.now() - FRESH_MS;
}
