import { statSync } from 'node:fs';
import { codeOf } from '../storage/sqlite-error';

/** `away`: it cannot be told, since the folder of the site is not there or cannot be read. */
export type Presence = 'here' | 'gone' | 'away';

/** Whether a picture's bytes are in the folder of its site. */
export function presenceOf(file: string, siteFolder: string): Presence {
  const found = isThere(file);
  if (found === true) return 'here';
  // Pictures go one by one, and their site's folder stays. Without it the disk that held them is not there.
  return found === false && isThere(siteFolder) === true ? 'gone' : 'away';
}

/** Null where the file system does not say. */
function isThere(place: string): boolean | null {
  try {
    statSync(place);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? false : null;
  }
}
