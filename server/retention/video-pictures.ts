import type { Storage } from '../storage/database';

/** A picture, and whatever else the conditions of `VideoRows` name. */
interface Picture {
  readonly siteId: string;
  readonly sha256: string;
  readonly [name: string]: string | number;
}

/** Which rows about a picture or a video count, as conditions on `jobs` and on `suggestions`. */
export interface VideoRows {
  readonly jobs: string;
  readonly suggestions: string;
}

/** All of them, also of videos whose text was decided. */
export const ANY_ROWS: VideoRows = { jobs: 'true', suggestions: 'true' };

/** The statement that finds a video of which `:sha256` is a frame or the poster, and that such rows are about. */
export function videoWith(rows: VideoRows): string {
  const about = (table: 'jobs' | 'suggestions') => `EXISTS (
    SELECT 1 FROM ${table}
    WHERE substr(image_sha256, 1, 12) = substr(link.video, 1, 12) AND image_sha256 = link.video AND +site_id = :siteId
      AND (${rows[table]})
  )`;
  return `SELECT 1 FROM (
      SELECT video_sha256 AS video FROM video_pictures WHERE site_id = :siteId AND image_sha256 = :sha256
    ) AS link WHERE ${about('jobs')} OR ${about('suggestions')} LIMIT 1`;
}

/** Whether the picture is a frame or the poster of a video that rows of the site are about. */
export function belongsToVideo(storage: Storage, picture: Picture, rows: VideoRows): boolean {
  return storage.prepare<object>(videoWith(rows)).get(picture) !== undefined;
}

/** Frames and poster of a video that no other video has. */
export function picturesOfVideo(storage: Storage, siteId: string, video: string): string[] {
  return storage
    .prepare<object, string>(
      `SELECT image_sha256 FROM video_pictures AS own WHERE site_id = :siteId AND video_sha256 = :video
         AND NOT EXISTS (
           SELECT 1 FROM video_pictures AS other
           WHERE other.site_id = own.site_id AND other.image_sha256 = own.image_sha256 AND other.video_sha256 <> :video
         )`,
    )
    .pluck()
    .all({ siteId, video });
}
