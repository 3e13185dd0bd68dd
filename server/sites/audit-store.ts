import type { Storage } from '../storage/database';

/** Something that an administrator did. */
export interface AuditEvent {
  /** Of the key; null on the command line. */
  readonly keyId: string | null;
  /** Method and route, or the words of the command: `POST /v1/admin/keys`, `keys revoke`. */
  readonly action: string;
  /** Id of what it was done to; null when there is none. */
  readonly target: string | null;
  /** What was asked for. Never a secret. */
  readonly details: unknown;
}

/** An event as the log has stored it; `at` in ms. */
export interface AuditEntry extends AuditEvent {
  readonly seq: number;
  readonly at: number;
}

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly key_id: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly details: string;
}

/** The newest so many stay. */
const KEPT = 100_000;
const MOST_DETAIL = 2000;

/** What administrators did, in order. */
export class AuditStore {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {}

  append({ keyId, action, target, details }: AuditEvent): void {
    const json = JSON.stringify(details ?? null);
    this.storage.transaction(() => {
      const { lastInsertRowid } = this.storage
        .prepare('INSERT INTO audit (at, key_id, action, target, details) VALUES (?, ?, ?, ?, ?)')
        .run(this.now(), keyId, action, target, json.length > MOST_DETAIL ? '"too long to keep"' : json);
      this.storage.prepare('DELETE FROM audit WHERE seq <= ?').run(Number(lastInsertRowid) - KEPT);
    });
  }

  /** Newest first; `before` is the `seq` of the last one seen. */
  list(before: number | undefined, limit: number): { items: AuditEntry[]; next: number | null } {
    const rows = this.storage
      .prepare<[number, number], Row>(
        'SELECT seq, at, key_id, action, target, details FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?',
      )
      .all(before ?? Number.MAX_SAFE_INTEGER, limit + 1);
    const items = rows.slice(0, limit).map(({ key_id: keyId, details, ...row }): AuditEntry => {
      const parsed: unknown = JSON.parse(details);
      return { ...row, keyId, details: parsed };
    });
    return { items, next: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
  }
}
