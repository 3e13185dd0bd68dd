import type { FirstSteps } from '../contract/first-steps';
import type { Storage } from './database';

/** Which of the three first steps of a site are done; null: of any site. */
export function readFirstSteps(storage: Pick<Storage, 'prepare'>, site: string | null): FirstSteps {
  // Two texts, since an index helps only where the site is compared plainly.
  const ofSite = site === null ? '' : 'site_id = :site AND';
  const is = (table: string, condition: string) =>
    storage
      .prepare<{ site: string | null }, number>(`SELECT EXISTS (SELECT 1 FROM ${table} WHERE ${ofSite} ${condition})`)
      .pluck()
      .get(site === null ? { site: null } : { site }) === 1;
  return { connect: is('instances', "id <> ''"), try: is('suggestions', 'true'), existing: is('runs', 'true') };
}
