import type { ChangeType } from '../contract/change';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import type { ListScope } from '../storage/list-scopes';
import { firstOfAll } from '../storage/merged-lists';
import { newId } from '../storage/row-id';
import type { ChangeSignal } from './change-signal';

/** A piece of the feed; `next` is the cursor to go on from. */
export interface ChangeEntries {
  readonly items: ChangeEntry[];
  readonly next: string;
  readonly more: boolean;
}

export interface ChangeEntry {
  /** Opaque for clients: epoch and number. */
  readonly cursor: string;
  readonly type: ChangeType;
  readonly at: number;
  readonly jobId: string | null;
  readonly suggestionId: string | null;
}

interface ChangeRow {
  readonly cursor: number;
  readonly type: ChangeType;
  readonly at: number;
  readonly job_id: string | null;
  readonly suggestion_id: string | null;
}

const CURSOR = /^(epoch_[A-Za-z0-9_-]{22})\.(\d{1,15})$/;

/**
 * Everything that happened, in the order of the commits. An entry is written in the transaction of what it reports,
 * and there is one writer, so no reader can see a later entry before an earlier one.
 */
export class ChangeFeed {
  readonly #append;
  readonly #epoch: string;

  constructor(
    private readonly storage: Storage,
    private readonly signal: ChangeSignal,
  ) {
    this.#append = storage.prepare(
      // The instance is that of the row which the entry is about.
      `INSERT INTO changes (site_id, type, job_id, suggestion_id, at, instance)
       VALUES (:siteId, :type, :jobId, :suggestionId, :at, coalesce(
         (SELECT instance FROM suggestions WHERE id = :suggestionId), (SELECT instance FROM jobs WHERE id = :jobId), 0))`,
    );
    this.#epoch = currentEpoch(storage);
  }

  append(siteId: string, change: { type: ChangeType; jobId?: string; suggestionId?: string }): void {
    this.#append.run({
      siteId,
      type: change.type,
      jobId: change.jobId ?? null,
      suggestionId: change.suggestionId ?? null,
      at: Date.now(),
    });
    this.storage.afterCommit(() => this.signal.notify(siteId));
  }

  /**
   * Entries of an instance (of all instances of the site with null) after a cursor, from the beginning without one, oldest
   * first. Throws BAD_REQUEST, and CURSOR_EXPIRED where entries after the cursor are not kept any more.
   */
  read(
    { siteId, instance }: { readonly siteId: string; readonly instance: number | null },
    after: string | undefined,
    limit: number,
  ): ChangeEntries {
    const from = this.#position(after);
    // Named before the reader looks at the lists, so that what happens meanwhile is read after them.
    if (from < this.#prunedTo(siteId, instance)) {
      throw new AppError('CURSOR_EXPIRED', { next: this.#cursor(this.#last()) });
    }
    const rows = this.#rows({ siteId, instance }, from, limit + 1);
    const items = rows.slice(0, limit);
    return {
      items: items.map((row) => ({
        cursor: this.#cursor(row.cursor),
        type: row.type,
        at: row.at,
        jobId: row.job_id,
        suggestionId: row.suggestion_id,
      })),
      next: this.#cursor(items.at(-1)?.cursor ?? from),
      more: rows.length > limit,
    };
  }

  /** The index has the entries of each instance in order; those of several are merged from the few that have the next ones. */
  #rows({ siteId, instance }: ListScope, from: number, limit: number): ChangeRow[] {
    const cursors = this.storage
      .prepare<[string, number, number, number], number>(
        'SELECT cursor FROM changes WHERE site_id = ? AND instance = ? AND cursor > ? ORDER BY cursor LIMIT ?',
      )
      .pluck();
    const heads = this.storage
      .prepare<object, { instance: number; head: number | null }>(
        `SELECT instance, (
           SELECT min(cursor) FROM changes
           WHERE site_id = :siteId AND instance = list_scopes.instance AND cursor > :from
         ) AS head
         FROM list_scopes WHERE site_id = :siteId AND instance >= 0 AND (:only IS NULL OR instance = :only)`,
      )
      .all({ siteId, from, only: instance });
    const lists = heads.flatMap(({ head, instance: number }) =>
      head === null ? [] : [{ head, read: (most: number) => cursors.all(siteId, number, from, most) }],
    );
    const row = this.storage.prepare<[number], ChangeRow>(
      'SELECT cursor, type, at, job_id, suggestion_id FROM changes WHERE cursor = ?',
    );
    return firstOfAll(lists, limit).flatMap((cursor) => row.get(cursor) ?? []);
  }

  #prunedTo(siteId: string, instance: number | null): number {
    return (
      this.storage
        .prepare<unknown[], { cursor: number | null }>(
          'SELECT max(cursor) AS cursor FROM pruned_feeds WHERE site_id = ? AND (? IS NULL OR instance = ?)',
        )
        .get(siteId, instance, instance)?.cursor ?? 0
    );
  }

  #cursor(position: number): string {
    return `${this.#epoch}.${position}`;
  }

  #position(cursor: string | undefined): number {
    if (cursor === undefined || cursor === '') return 0;
    const [, epoch, digits] = CURSOR.exec(cursor) ?? [];
    if (epoch === undefined || digits === undefined) throw new AppError('BAD_REQUEST', { after: 'is not a cursor' });
    const row = this.storage
      .prepare<[string], { last_cursor: number | null }>('SELECT last_cursor FROM change_epochs WHERE epoch = ?')
      .get(epoch);
    // An epoch this file has never seen, or a cursor beyond its end: the file is older than the reader, who gets
    // everything again. Entries carry the rows as they are now, so reading twice does no harm.
    if (row === undefined) return 0;
    const position = Number(digits);
    if (epoch === this.#epoch) return position > this.#last() ? 0 : position;
    return Math.min(position, row.last_cursor ?? 0);
  }

  #last(): number {
    return (
      this.storage.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").get()?.seq ??
      0
    );
  }
}

function currentEpoch(storage: Storage): string {
  return storage.transaction(() => {
    const row = storage
      .prepare<[], { epoch: string }>('SELECT epoch FROM change_epochs ORDER BY number DESC LIMIT 1')
      .get();
    if (row !== undefined) return row.epoch;
    return beginEpoch(storage);
  });
}

/** Called once for a restored file: cursors handed out before are from now on read as far as this file goes. */
export function beginEpoch(storage: Storage): string {
  return storage.transaction(() => {
    const epoch = newId('epoch');
    const last = storage.prepare<[], { n: number | null }>('SELECT max(cursor) AS n FROM changes').get()?.n ?? 0;
    storage.prepare('UPDATE change_epochs SET last_cursor = ? WHERE last_cursor IS NULL').run(last);
    storage.prepare('INSERT INTO change_epochs (epoch) VALUES (?)').run(epoch);
    return epoch;
  });
}
