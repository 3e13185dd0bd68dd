import type { Glossary } from '../contract/glossary';
import type { Storage } from '../storage/database';

/** The owner's words of one site. */
export class GlossaryStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** Empty where there are none. */
  get(): Glossary {
    const row = this.storage
      .prepare<[string], { entries: string }>('SELECT entries FROM glossaries WHERE site_id = ?')
      .get(this.siteId);
    return row === undefined ? [] : (JSON.parse(row.entries) as Glossary);
  }

  /** Takes the place of all that were there. */
  put(entries: Glossary): void {
    this.storage
      .prepare(
        `INSERT INTO glossaries (site_id, entries, changed_at) VALUES (?, ?, ?)
         ON CONFLICT (site_id) DO UPDATE SET entries = excluded.entries, changed_at = excluded.changed_at`,
      )
      .run(this.siteId, JSON.stringify(entries), this.now());
  }
}
