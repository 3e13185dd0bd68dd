import type { Subject } from '../contract/primitives';
import { AppError } from '../errors';
import type { SiteBytes } from '../intake/site-bytes';
import type { Storage } from '../storage/database';
import { jobCounts, suggestionCounts, totalOf } from '../storage/row-counts';
import type { Erasing, HeldByBackups } from './eraser';
import type { Erased, ErasureOwner } from './erasure';
import { OF_PICTURE } from './erasure-store';
import { belongsToVideo } from './video-pictures';

export interface ErasurePreviewParts {
  readonly storage: Storage;
  readonly siteBytes: Pick<SiteBytes, 'of'>;
  readonly heldByBackups: HeldByBackups;
  readonly now: () => number;
}

const OF_SUBJECT = 'site_id = :siteId AND subject_type = :type AND subject_id = :id AND instance = :instance';
/** Of subjects: a prediction (instance -1) keeps no picture. */
const OF_IMAGE = `${OF_PICTURE} AND +instance >= 0`;

/** What erasing would delete, and until when backups would hold it; deletes nothing. */
export class ErasurePreview {
  constructor(private readonly parts: ErasurePreviewParts) {}

  subject(owner: ErasureOwner, subject: Subject): Promise<Erasing> {
    const values = { ...owner, ...subject };
    const pictures = this.parts.storage
      .prepare<object, string>(
        `SELECT image_sha256 FROM jobs WHERE ${OF_SUBJECT} UNION SELECT image_sha256 FROM suggestions WHERE ${OF_SUBJECT}`,
      )
      .pluck()
      .all(values);
    const images = pictures.map((sha256) => this.#picture({ ...values, sha256 }, `NOT (${OF_SUBJECT})`));
    return this.#erasing({
      suggestions: this.#count('suggestions', OF_SUBJECT, values),
      jobs: this.#count('jobs', OF_SUBJECT, values),
      images: images.reduce((sum, count) => sum + count, 0),
    });
  }

  image(owner: ErasureOwner, sha256: string): Promise<Erasing> {
    const values = { ...owner, sha256 };
    const own = `${OF_IMAGE} AND +instance = :instance`;
    return this.#erasing({
      suggestions: this.#count('suggestions', own, values),
      jobs: this.#count('jobs', own, values),
      images: this.#picture(values, '+instance <> :instance'),
    });
  }

  /** 1 for a picture that would go, 0 where it is not there, or the rows of `others` are about it or about its video. */
  #picture(values: { siteId: string; sha256: string }, others: string): number {
    const isShared = (['jobs', 'suggestions'] as const).some(
      (table) => this.#count(table, `${OF_IMAGE} AND ${others}`, values) > 0,
    );
    if (isShared || belongsToVideo(this.parts.storage, values, { jobs: others, suggestions: others })) return 0;
    return this.#count('images', 'site_id = :siteId AND sha256 = :sha256', values);
  }

  /** Throws NOT_FOUND. */
  site(siteId: string): Promise<Erasing> {
    const { storage, siteBytes } = this.parts;
    if (storage.prepare('SELECT 1 FROM sites WHERE id = ?').get(siteId) === undefined) throw new AppError('NOT_FOUND');
    const scope = { siteId, instance: null };
    return this.#erasing({
      suggestions: totalOf(suggestionCounts(storage, scope), undefined),
      jobs: totalOf(jobCounts(storage, scope), undefined),
      images: siteBytes.of(siteId).images,
    });
  }

  #count(table: 'jobs' | 'suggestions' | 'images', where: string, values: object): number {
    return (
      this.parts.storage.prepare<object, number>(`SELECT count(*) FROM ${table} WHERE ${where}`).pluck().get(values) ??
      0
    );
  }

  async #erasing(erased: Erased): Promise<Erasing> {
    const { backups, until } = await this.parts.heldByBackups(this.parts.now());
    return { erased, backups, backupsUntil: until };
  }
}
