import type { Storage } from './database';

/** Whose rows a list shows: those of one installation of a site, or with null those of all of them. */
export interface ListScope {
  readonly siteId: string;
  readonly instance: number | null;
}

/** One installation of one site, by the number that the search index and the counters know it by. */
export interface ScopeNumber {
  readonly instance: number;
  readonly number: number;
}

/** The numbers of a scope; empty while it has no row. Jobs that are answered with a reply (instance -1) are on no list. */
export function scopeNumbers(storage: Storage, { siteId, instance }: ListScope): ScopeNumber[] {
  if (instance !== null) {
    const one = 'SELECT instance, number FROM list_scopes WHERE site_id = ? AND instance = ? AND instance >= 0';
    return storage.prepare<[string, number], ScopeNumber>(one).all(siteId, instance);
  }
  return storage
    .prepare<[string], ScopeNumber>(
      'SELECT instance, number FROM list_scopes WHERE site_id = ? AND instance >= 0 ORDER BY instance',
    )
    .all(siteId);
}
