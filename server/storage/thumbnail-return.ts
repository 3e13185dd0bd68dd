import { existsSync } from 'node:fs';
import { AppError } from '../errors';
import { thumbnailIn, type DataFolder } from './data-folder';
import type { Storage } from './database';
import { storageProblem } from './sqlite-error';
import { placeAll } from './thumbnail-mirror';

/** Pictures looked at in one go. */
const PIECE = 500;

interface Picture {
  readonly site_id: string;
  readonly sha256: string;
}

/**
 * Brings back from mirrors the thumbnails that a restored database knows and the data folder lacks. Gives how many came, and
 * why it ended early; null when it did not.
 */
export function returnThumbnails(
  { db }: Storage,
  data: DataFolder,
  mirrors: readonly string[],
): { returned: number; problem: AppError | null } {
  const next = db.prepare<object, Picture>(
    `SELECT site_id, sha256 FROM images
     WHERE (site_id, sha256) > (:site_id, :sha256) AND thumbnail = 1 ORDER BY site_id, sha256 LIMIT ${PIECE}`,
  );
  let returned = 0;
  let last: Picture | undefined = { site_id: '', sha256: '' };
  try {
    while (last !== undefined) {
      const pictures: Picture[] = next.all(last);
      last = pictures.at(-1);
      const lost = pictures.filter((one) => !existsSync(placeOf(data.thumbnails, one)));
      for (const mirror of mirrors) {
        const found = lost.filter(
          (one) => existsSync(placeOf(mirror, one)) && !existsSync(placeOf(data.thumbnails, one)),
        );
        const below = (root: string) => found.map((one) => placeOf(root, one));
        returned += placeAll(below(mirror), below(data.thumbnails), data.thumbnails);
      }
    }
  } catch (error) {
    const problem = storageProblem(error) ?? error;
    if (problem instanceof AppError) return { returned, problem };
    throw error;
  }
  return { returned, problem: null };
}

function placeOf(root: string, { site_id, sha256 }: Picture): string {
  return thumbnailIn(root, site_id, sha256);
}
