import { rmSync } from 'node:fs';
import path from 'node:path';
import { callAll } from '../background';
import { ResultStore } from '../captioning/result-store';
import type { Subject } from '../contract/primitives';
import { thumbnailIn } from '../storage/data-folder';
import type { Storage } from '../storage/database';
import { ANY_ROWS, belongsToVideo, picturesOfVideo, type VideoRows } from './video-pictures';
import { ALL, NOTHING_ERASED, type Erased, type ErasureOwner, type ErasureReach } from './erasure';

/** Rows deleted in one step; a few milliseconds. */
const PIECE = 25;
/** Of suggestions: each of their words leaves the search index and is overwritten there. */
const SUGGESTIONS = 5;

/**
 * Rows about a picture of a site, of whatever subject. The plus keeps SQLite from an index that begins with the site, by
 * which it would read every row of the site.
 */
export const OF_PICTURE =
  'substr(image_sha256, 1, 12) = substr(:sha256, 1, 12) AND image_sha256 = :sha256 AND +site_id = :siteId';

export interface PictureFolders {
  readonly images: string;
  readonly thumbnails: string;
  /** The mirror that belongs to the backups; what is erased leaves it at once. */
  readonly thumbnailBackups: string;
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly image_sha256: string;
}

/** What of a picture, or of a video it is part of, keeps bytes and thumbnail when the CMS has deleted a subject. */
const STILL_USED: VideoRows = {
  jobs: "+instance >= 0 AND state IN ('waiting', 'running')",
  suggestions: "state IN ('pending', 'approved', 'decorative', 'conflict', 'applied')",
};
/** Of a picture, any row of a subject; predictions (instance -1) end with it. */
const OF_SUBJECTS: VideoRows = { jobs: '+instance >= 0', suggestions: 'true' };
/** An instance that erases a picture means its own videos as well: they share it with nobody. */
const OF_OTHER_INSTANCES: VideoRows = { jobs: '+instance <> :instance', suggestions: '+instance <> :instance' };

/** Tables with rows of a site, in an order in which they can go; then `images`, and `sites` itself last. */
const TABLES_OF_SITE = [
  { table: 'suggestions', key: 'seq', piece: SUGGESTIONS },
  { table: 'jobs', key: 'seq', piece: PIECE },
  { table: 'changes', key: 'cursor', piece: PIECE },
  { table: 'results', key: 'seq', piece: PIECE },
  { table: 'replies', key: 'seq', piece: PIECE },
  { table: 'idempotency_keys', key: 'name', piece: PIECE },
  { table: 'runs', key: 'seq', piece: PIECE },
] as const;

/** Erases rows and files for good. What is deleted is overwritten in the database file; the write-ahead log is the caller's. */
export class ErasureStore {
  readonly #listeners = new Set<(jobIds: readonly string[]) => void>();
  /** What is to leave the mirror of the thumbnails, which may be on another machine that does not answer. */
  #mirrored: string[] = [];

  constructor(
    private readonly storage: Storage,
    private readonly folders: PictureFolders,
  ) {}

  /** Told of jobs that were erased, once that is committed: somebody may be working on them, or waiting for them. */
  onErased(listener: (jobIds: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  #tell(jobIds: readonly string[]): void {
    if (jobIds.length === 0) return;
    this.storage.afterCommit(() => {
      callAll([...this.#listeners].map((listener) => () => listener(jobIds)));
    });
  }

  /** Up to PIECE rows about a subject, and the pictures that nothing else needs. Null when there was nothing left. */
  subjectStep({ siteId, instance }: ErasureOwner, { type, id }: Subject, reach: ErasureReach): Erased | null {
    const where = 'site_id = :siteId AND subject_type = :type AND subject_id = :id AND instance = :instance';
    // A frame of a video that stays is no longer the subject's, and stays too.
    const isOwn = (sha256: string) => !belongsToVideo(this.storage, { siteId, sha256 }, ANY_ROWS);
    return this.#step(siteId, where, { siteId, type, id, instance, ...reach }, isOwn);
  }

  /** Up to PIECE rows about a picture, of whatever subject, and the picture once nothing else needs it. */
  imageStep({ siteId, instance }: ErasureOwner, sha256: string, reach: ErasureReach): Erased | null {
    const where = `${OF_PICTURE} AND +instance = :instance`;
    const isOwn = () => !belongsToVideo(this.storage, { siteId, sha256, instance }, OF_OTHER_INSTANCES);
    const step = this.#step(siteId, where, { sha256, siteId, instance, ...reach }, isOwn);
    if (step !== null) return step;
    // Sent, and nothing asked about it.
    return this.storage.transaction(() =>
      isOwn() && this.#forgetPicture(siteId, sha256, reach.pictures) ? { ...NOTHING_ERASED, images: 1 } : null,
    );
  }

  /** Number of the newest job, and which life of the database counts it: a restore begins another. */
  newest(): { readonly lastJob: number; readonly epoch: string | null } {
    const lastJob = this.storage.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM jobs').pluck().get() ?? 0;
    const newest = 'SELECT epoch FROM change_epochs ORDER BY number DESC LIMIT 1';
    return { lastJob, epoch: this.storage.prepare<[], string>(newest).pluck().get() ?? null };
  }

  /** Files and folders beside the backups that were told of since the last call, and go with what was erased. */
  takeMirrored(): string[] {
    return this.#mirrored.splice(0);
  }

  hasSite(siteId: string): boolean {
    return this.storage.prepare('SELECT 1 FROM sites WHERE id = ?').get(siteId) !== undefined;
  }

  /** From here on the site's keys open nothing, and its rows go step by step. */
  beginSite(siteId: string, now: number): void {
    this.storage.transaction(() => {
      this.storage
        .prepare('INSERT OR IGNORE INTO erased_sites (site_id, at) SELECT id, ? FROM sites WHERE id = ?')
        .run(now, siteId);
      this.storage.prepare('DELETE FROM keys WHERE site_id = ?').run(siteId);
    });
  }

  /** When the erasing of the site began; null where none is under way. */
  siteSince(siteId: string): number | null {
    const at = this.storage.prepare<[string], number>('SELECT at FROM erased_sites WHERE site_id = ?').pluck();
    return at.get(siteId) ?? null;
  }

  sitesUnderWay(): string[] {
    return this.storage.prepare<[], string>('SELECT site_id FROM erased_sites').pluck().all();
  }

  /** The next rows of a site that is being erased; false once nothing of it is left. */
  siteStep(siteId: string): boolean {
    const isLeft = this.storage.transaction(() => {
      for (const { table, key, piece } of TABLES_OF_SITE) {
        const gone = this.storage
          .prepare<object, string>(
            `DELETE FROM ${table} WHERE site_id = :site AND ${key} IN (
               SELECT ${key} FROM ${table} WHERE site_id = :site LIMIT ${piece}
             ) RETURNING ${table === 'jobs' || table === 'replies' ? 'id' : key}`,
          )
          .pluck()
          .all({ site: siteId });
        if (table === 'jobs' || table === 'replies') this.#tell(gone);
        if (gone.length > 0) return true;
      }
      if (this.#forgetImages(siteId)) return true;
      this.storage.prepare('DELETE FROM sites WHERE id = ?').run(siteId);
      return false;
    });
    if (isLeft) return true;
    // Empty by now but for files that no row knew.
    for (const folder of [this.folders.images, this.folders.thumbnails]) {
      rmSync(path.join(folder, siteId), { recursive: true, force: true });
    }
    this.#mirrored.push(path.join(this.folders.thumbnailBackups, siteId));
    return false;
  }

  /** The next rows of images with their files: a folder of a million files takes minutes to remove at once. */
  #forgetImages(siteId: string): boolean {
    const images = this.storage
      .prepare<[string], string>(`SELECT sha256 FROM images WHERE site_id = ? LIMIT ${PIECE}`)
      .pluck()
      .all(siteId);
    const forget = this.storage.prepare('DELETE FROM images WHERE site_id = ? AND sha256 = ?');
    for (const sha256 of images) {
      forget.run(siteId, sha256);
      this.#eraseFiles(siteId, sha256);
    }
    return images.length > 0;
  }

  /**
   * The CMS has deleted the subject: bytes and thumbnail of its picture go now unless somebody still needs them. What was written
   * stays as long as all history does.
   */
  endPicture(siteId: string, sha256: string): void {
    this.storage.transaction(() => {
      if (this.#isKnown(siteId, sha256, STILL_USED)) return;
      if (belongsToVideo(this.storage, { siteId, sha256 }, STILL_USED)) return;
      if (this.#isKnown(siteId, sha256, { jobs: "+instance = -1 AND subject_id = 'prediction'" })) {
        // A prediction reads the bytes. Once its job is gone, nothing keeps them from RetentionStore.
        this.storage
          .prepare('UPDATE images SET thumbnail = 0, kept_until = NULL WHERE site_id = ? AND sha256 = ?')
          .run(siteId, sha256);
        this.#removeThumbnail(siteId, sha256);
        return;
      }
      this.storage
        .prepare('UPDATE images SET original = 0, thumbnail = 0, kept_until = NULL WHERE site_id = ? AND sha256 = ?')
        .run(siteId, sha256);
      this.#removeFiles(siteId, sha256);
      for (const one of picturesOfVideo(this.storage, siteId, sha256)) this.endPicture(siteId, one);
    });
  }

  #step(siteId: string, where: string, values: object, isOwn: (sha256: string) => boolean): Erased | null {
    return this.storage.transaction(() => {
      const take = (table: 'suggestions' | 'jobs', most: number) => {
        const isMeant = `(created_at <= :before OR ${table === 'jobs' ? '+seq' : '+job_seq'} <= :lastJob)`;
        const rows = this.storage
          .prepare<object, Row>(
            `SELECT seq, id, image_sha256 FROM ${table} WHERE ${where} AND ${isMeant} LIMIT ${most}`,
          )
          .all(values);
        const remove = this.storage.prepare(`DELETE FROM ${table} WHERE seq = ?`);
        for (const { seq } of rows) remove.run(seq);
        return rows;
      };
      const suggestions = take('suggestions', SUGGESTIONS);
      const jobs = take('jobs', PIECE);
      if (suggestions.length + jobs.length === 0) return null;
      this.#tell(jobs.map(({ id }) => id));
      const pictures = new Set([...suggestions, ...jobs].map((row) => row.image_sha256));
      const images = [...pictures].filter((sha256) => isOwn(sha256) && this.#forgetPicture(siteId, sha256, ALL)).length;
      return { suggestions: suggestions.length, jobs: jobs.length, images };
    });
  }

  /**
   * True when the picture went: no subject of the site knows it. Its predictions end with it; a job of `/v1/captions` has
   * a file of its own and goes on.
   */
  #forgetPicture(siteId: string, sha256: string, before: number): boolean {
    if (this.#isKnown(siteId, sha256, OF_SUBJECTS)) return false;
    const belonging = picturesOfVideo(this.storage, siteId, sha256);
    const { changes } = this.storage
      .prepare('DELETE FROM images WHERE site_id = ? AND sha256 = ? AND received_at <= ?')
      .run(siteId, sha256, before);
    new ResultStore(this.storage, siteId).forget(sha256);
    this.#forgetPredictions(siteId, sha256, before);
    if (changes === 1) this.#eraseFiles(siteId, sha256);
    // Left by an end that could not be stored. An original without a row may be on its way in, and stays.
    else if (!this.#hasRow(siteId, sha256)) this.#eraseThumbnail(siteId, sha256);
    // Their links went with the row of the video.
    if (changes === 1) for (const one of belonging) this.#forgetPicture(siteId, one, before);
    return changes === 1;
  }

  #forgetPredictions(siteId: string, sha256: string, before: number): void {
    const jobs = this.storage
      .prepare<object, string>(
        `DELETE FROM jobs
         WHERE +instance = -1 AND subject_id = 'prediction' AND created_at <= :before AND ${OF_PICTURE} RETURNING id`,
      )
      .pluck()
      .all({ siteId, sha256, before });
    this.storage
      .prepare(
        `DELETE FROM replies
         WHERE site_id = :siteId AND substr(image_sha256, 1, 12) = substr(:sha256, 1, 12) AND image_sha256 = :sha256
           AND created_at <= :before`,
      )
      .run({ siteId, sha256, before });
    this.#tell(jobs);
  }

  #hasRow(siteId: string, sha256: string): boolean {
    const row = this.storage.prepare('SELECT 1 FROM images WHERE site_id = ? AND sha256 = ?').get(siteId, sha256);
    return row !== undefined;
  }

  #isKnown(siteId: string, sha256: string, rows: Partial<VideoRows>): boolean {
    return Object.entries(rows).some(
      ([table, condition]) =>
        this.storage
          .prepare<object>(`SELECT 1 FROM ${table} WHERE ${condition} AND ${OF_PICTURE} LIMIT 1`)
          .get({ siteId, sha256 }) !== undefined,
    );
  }

  /** Before the commit: a file that stays without its row is worse than a row without its file. */
  #removeFiles(siteId: string, sha256: string): void {
    rmSync(path.join(this.folders.images, siteId, sha256.slice(0, 2), sha256), { force: true });
    this.#removeThumbnail(siteId, sha256);
  }

  #removeThumbnail(siteId: string, sha256: string): void {
    rmSync(thumbnailIn(this.folders.thumbnails, siteId, sha256), { force: true });
  }

  #eraseFiles(siteId: string, sha256: string): void {
    this.#removeFiles(siteId, sha256);
    this.#eraseThumbnail(siteId, sha256);
  }

  /** In this order: the mirror takes what it finds among the thumbnails, and looks there again afterwards. */
  #eraseThumbnail(siteId: string, sha256: string): void {
    this.#removeThumbnail(siteId, sha256);
    this.#mirrored.push(thumbnailIn(this.folders.thumbnailBackups, siteId, sha256));
  }
}
