import { toAppError } from '../errors';
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
  /** `done`; the code of the error that the action ended with; `begun` where nobody knows, since the process was killed. */
  readonly outcome: string;
}

/** An action that is in the log and has not ended. */
export interface BegunAction {
  /** It is done; `details` where they are known only now. */
  done(details?: unknown): void;
  /** It ended with this error. What was refused before anything was done leaves the log again. */
  failed(error: unknown): void;
}

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly key_id: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly details: string;
  readonly outcome: string;
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

  /** For an action that ends in the same transaction. */
  append(event: AuditEvent): void {
    this.#insert(event, 'done');
  }

  /** Before an action of more than one transaction: without its entry on disk it must not begin. */
  begin(event: AuditEvent): BegunAction {
    const seq = this.#insert(event, 'begun');
    return {
      done: (details) => {
        this.#end(seq, 'done', details);
      },
      failed: (thrown) => {
        const error = toAppError(thrown);
        if (error.status < 500) this.storage.prepare('DELETE FROM audit WHERE seq = ?').run(seq);
        else this.#end(seq, error.code);
      },
    };
  }

  #insert({ keyId, action, target, details }: AuditEvent, outcome: string): number {
    return this.storage.transaction(() => {
      const { lastInsertRowid } = this.storage
        .prepare('INSERT INTO audit (at, key_id, action, target, details, outcome) VALUES (?, ?, ?, ?, ?, ?)')
        .run(this.now(), keyId, action, target, jsonOf(details), outcome);
      this.storage.prepare('DELETE FROM audit WHERE seq <= ?').run(Number(lastInsertRowid) - KEPT);
      return Number(lastInsertRowid);
    });
  }

  #end(seq: number, outcome: string, details?: unknown): void {
    this.storage
      .prepare('UPDATE audit SET outcome = ?, details = coalesce(?, details) WHERE seq = ?')
      .run(outcome, details === undefined ? null : jsonOf(details), seq);
  }

  /** Newest first; `before` is the `seq` of the last one seen. */
  list(before: number | undefined, limit: number): { items: AuditEntry[]; next: number | null } {
    const rows = this.storage
      .prepare<[number, number], Row>(
        'SELECT seq, at, key_id, action, target, details, outcome FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?',
      )
      .all(before ?? Number.MAX_SAFE_INTEGER, limit + 1);
    const items = rows.slice(0, limit).map(({ key_id: keyId, details, ...row }): AuditEntry => {
      const parsed: unknown = JSON.parse(details);
      return { ...row, keyId, details: parsed };
    });
    return { items, next: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
  }
}

function jsonOf(details: unknown): string {
  const json = JSON.stringify(details ?? null);
  return json.length > MOST_DETAIL ? '"too long to keep"' : json;
}
