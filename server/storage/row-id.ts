import { randomBytes } from 'node:crypto';

/** A new identifier of 128 random bits, such as `job_2Xv…`. */
export function newId(kind: 'job' | 'sug' | 'run' | 'key' | 'site' | 'epoch' | 'ask'): string {
  return `${kind}_${randomBytes(16).toString('base64url')}`;
}
