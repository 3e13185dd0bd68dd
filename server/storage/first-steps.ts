import type { FirstSteps } from '../contract/first-steps';
import type { Storage } from './database';

/** Which of the three first steps of a site are done; null: of any site. */
export function readFirstSteps(storage: Pick<Storage, 'prepare'>, site: string | null): FirstSteps {
  // Two texts, since an index helps only where the site is compared plainly.
  const ofSite = site === null ? '' : 'site_id = :site AND';
  const holds = (sql: string) => storage.prepare<{ site: string | null }, number>(sql).pluck().get({ site }) === 1;
  return {
    connect: holds(`SELECT EXISTS (SELECT 1 FROM instances WHERE ${ofSite} id <> '')`),
    try: holds(`SELECT EXISTS (SELECT 1 FROM suggestions WHERE ${ofSite} true)`),
    existing: holds(`SELECT EXISTS (SELECT 1 FROM runs WHERE ${ofSite} true)`),
  };
}
