import { z } from 'zod';
import { SiteLimits, type SiteLimitsChange } from '../contract/admin';
import { newId } from '../storage/row-id';
import type { Storage } from '../storage/database';

/** What an administrator may set for one site. */
export const SiteSettings = z.object({
  /** Approve a fresh suggestion of a calibrated model that is no demonstration, when its confidence is at least this. */
  auto_approve_from: z.number().min(0).max(1).nullable().default(null),
  /** Approve one where, by the site's own decisions, no more than this share of such texts is bad; goes before the line above. */
  auto_approve_most_bad: z.number().min(0).max(1).nullable().default(null),
  limits: SiteLimits.default(SiteLimits.parse({})),
  /** Languages of its texts where a request names none, its own first. */
  languages: z.array(z.string()).default([]),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

/** What of a site may be changed; what is left out stays. */
export interface SiteUpdate {
  readonly name?: string | undefined;
  readonly auto_approve_from?: number | null | undefined;
  readonly auto_approve_most_bad?: number | null | undefined;
  readonly limits?: SiteLimitsChange | undefined;
  readonly languages?: readonly string[] | undefined;
}

export interface Site {
  readonly id: string;
  readonly name: string;
  readonly settings: SiteSettings;
  readonly createdAt: number;
}

interface SiteRow {
  readonly id: string;
  readonly name: string;
  readonly settings: string;
  readonly created_at: number;
}

/** The sites that this sidecar serves. */
export class SiteStore {
  readonly #byId;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {
    this.#byId = storage.prepare<[string], SiteRow>('SELECT id, name, settings, created_at FROM sites WHERE id = ?');
  }

  create(name: string): Site {
    const site = { id: newId('site'), name, settings: SiteSettings.parse({}), createdAt: this.now() };
    this.storage
      .prepare('INSERT INTO sites (id, name, settings, created_at) VALUES (?, ?, ?, ?)')
      .run(site.id, site.name, JSON.stringify(site.settings), site.createdAt);
    return site;
  }

  get(id: string): Site | null {
    const row = this.#byId.get(id);
    return row === undefined ? null : siteOf(row);
  }

  list(): Site[] {
    return this.storage
      .prepare<[], SiteRow>('SELECT id, name, settings, created_at FROM sites ORDER BY created_at, id')
      .all()
      .map(siteOf);
  }

  /** Null when there is no such site. */
  update(id: string, change: SiteUpdate): Site | null {
    return this.storage.transaction(() => {
      const site = this.get(id);
      if (site === null) return null;
      const name = change.name ?? site.name;
      const settings = SiteSettings.parse({
        ...site.settings,
        ...(change.auto_approve_from === undefined ? {} : { auto_approve_from: change.auto_approve_from }),
        ...(change.auto_approve_most_bad === undefined ? {} : { auto_approve_most_bad: change.auto_approve_most_bad }),
        limits: { ...site.settings.limits, ...change.limits },
        ...(change.languages === undefined ? {} : { languages: [...new Set(change.languages)] }),
      });
      this.storage
        .prepare('UPDATE sites SET name = ?, settings = ? WHERE id = ?')
        .run(name, JSON.stringify(settings), id);
      return { ...site, name, settings };
    });
  }
}

function siteOf(row: SiteRow): Site {
  return {
    id: row.id,
    name: row.name,
    settings: SiteSettings.parse(JSON.parse(row.settings)),
    createdAt: row.created_at,
  };
}
