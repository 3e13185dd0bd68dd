import type { Storage } from '../storage/database';

/** Whether a picture is a frame or the poster of a video of the site. */
export function belongsToVideo(storage: Storage, siteId: string, sha256: string): boolean {
  const link = storage.prepare('SELECT 1 FROM video_pictures WHERE site_id = ? AND image_sha256 = ?');
  return link.get(siteId, sha256) !== undefined;
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
