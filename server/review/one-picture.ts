import type { Subject } from '../contract/primitives';
import type { Storage } from '../storage/database';
import type { ListScope } from '../storage/list-scopes';

/** The picture that a text is for, in one language. */
export interface Picture {
  readonly subject: Subject;
  readonly sourceSha256: string;
  /** Of the bytes that were sent; what was asked without a source is for these. */
  readonly imageSha256: string;
  readonly language: string;
}

/** The job whose suggestion for this picture a person rejected or called decorative, the latest; null when nobody did. */
export function jobDecidedAgainst(
  storage: Storage,
  { siteId, instance }: ListScope,
  { subject, sourceSha256, imageSha256, language }: Picture,
): string | null {
  const row = storage
    .prepare<object, { job_id: string }>(
      `WITH wanted (sha256, is_image) AS (VALUES (:source, 0), (:source, 1), (:image, 1))
       SELECT job_id FROM suggestions WHERE seq = (
         SELECT max((
           SELECT seq FROM suggestions
           WHERE site_id = :siteId AND subject_type = :type AND subject_id = :id AND language = :language
             AND coalesce(source_sha256, image_sha256) = wanted.sha256 AND (source_sha256 IS NULL) = wanted.is_image
             AND (state IN ('rejected', 'decorative') OR (state = 'applied' AND "values" ->> '$.alt_text' = ''))
             AND (:instance IS NULL OR instance = :instance)
           ORDER BY seq DESC LIMIT 1
         )) FROM wanted
       )`,
    )
    .get({ siteId, instance, ...subject, language, source: sourceSha256, image: imageSha256 });
  return row?.job_id ?? null;
}

/** A suggestion among the others of its subject. */
export interface Place {
  readonly siteId: string;
  readonly instance: number;
  readonly subject: Subject;
  readonly language: string;
  readonly jobSeq: number;
}

/** Ids of the open suggestions of earlier jobs, and whether a later job already has one. Of the same language, of any source. */
export function inTurn(
  storage: Storage,
  { subject, ...place }: Place,
): { readonly older: readonly string[]; readonly isLate: boolean } {
  const values = { ...place, ...subject };
  const older = storage.prepare<object, { id: string }>(
    `SELECT id FROM suggestions
     WHERE site_id = :siteId AND subject_type = :type AND subject_id = :id AND instance = :instance
       AND language = :language AND state = 'pending' AND job_seq <= :jobSeq`,
  );
  // All states are named, so that the index leads to the row.
  const later = storage.prepare<object>(
    `SELECT 1 FROM suggestions
     WHERE site_id = :siteId AND subject_type = :type AND subject_id = :id AND instance = :instance
       AND language = :language AND job_seq > :jobSeq
       AND state IN ('pending', 'approved', 'rejected', 'decorative', 'applied', 'conflict', 'superseded') LIMIT 1`,
  );
  return { older: older.all(values).map(({ id }) => id), isLate: later.get(values) !== undefined };
}
