import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Storage } from '../storage/database';
import type { TermLookup } from './suggestion-terms';

/** A beginning with more words than this is left to FTS5, which then collects the rows of all of them. */
const MOST_NAMED = 16;
const SCOPE_DIGITS = 5;
/** Numbers of rows that are counted at a time: a few milliseconds where each of several words is in every third text. */
const COUNTED_AT_ONCE = 25_000;
/** Numbers of rows that are read at a time, to begin with and at least. */
const READ_AT_ONCE = 50_000;
const LEAST_AT_ONCE = 5_000;
/** A read that is faster than this is followed by a longer one, a read that is slower by a shorter one. */
const FAST_MS = 2;
const SLOW_MS = 8;
/** The event loop does other work when reads have held it for so long. */
const TURN_MS = 10;

/**
 * Divides the reads of one request, so that a search over a million texts does not hold the event loop. Rare words cost
 * few milliseconds however far the read goes, frequent ones some milliseconds for every 50,000 rows.
 */
export class ReadPace {
  #atOnce = READ_AT_ONCE;
  #turnBegan: number;

  constructor(private readonly now: () => number) {
    this.#turnBegan = now();
  }

  /** Numbers of rows that the next read should go through. */
  get atOnce(): number {
    return this.#atOnce;
  }

  /** Runs a read, after other work of the process where it is time for that. */
  async read<Result>(work: () => Result): Promise<Result> {
    if (this.now() - this.#turnBegan > TURN_MS) {
      await yieldToEventLoop();
      this.#turnBegan = this.now();
    }
    const began = this.now();
    const result = work();
    const took = this.now() - began;
    if (took < FAST_MS) this.#atOnce *= 4;
    else if (took > SLOW_MS) this.#atOnce = Math.max(LEAST_AT_ONCE, Math.floor(this.#atOnce / 2));
    return result;
  }
}

export interface RowRange {
  /** Rows after this one in the direction of the walk; null: from its beginning. */
  readonly after: number | null;
  readonly descending: boolean;
  readonly limit: number;
}

/** The table `suggestion_index`: which suggestions fulfil a condition. The triggers of the database fill it. */
export class MatchingSuggestions implements TermLookup {
  constructor(private readonly storage: Storage) {}

  /** `seq` of the rows in order. FTS5 walks from where it is told, so a page costs the same wherever it begins. */
  async rows(match: string, { after, descending, limit }: RowRange, pace: ReadPace): Promise<number[]> {
    // A number of JavaScript reaches SQLite as a floating one, which FTS5 does not take for a row.
    const sql = descending
      ? `SELECT rowid FROM suggestion_index WHERE suggestion_index MATCH ?
         AND rowid < CAST(? AS INTEGER) AND rowid >= CAST(? AS INTEGER) ORDER BY rowid DESC LIMIT ?`
      : `SELECT rowid FROM suggestion_index WHERE suggestion_index MATCH ?
         AND rowid > CAST(? AS INTEGER) AND rowid <= CAST(? AS INTEGER) ORDER BY rowid LIMIT ?`;
    const statement = this.storage.prepare<[string, number, number, number], number>(sql).pluck();
    const first = this.#seq('SELECT min(seq) FROM suggestions');
    const last = this.#seq('SELECT max(seq) FROM suggestions');
    const found: number[] = [];
    let from = after ?? (descending ? last + 1 : first - 1);
    while (found.length < limit && (descending ? from > first : from < last)) {
      const to = descending ? Math.max(from - pace.atOnce, first) : Math.min(from + pace.atOnce, last);
      const start = from;
      found.push(...(await pace.read(() => statement.all(match, start, to, limit - found.length))));
      from = to;
    }
    return found;
  }

  /** `seq` of the last rows that fulfil a condition with few rows, newest first. */
  newest(match: string, limit: number): number[] {
    return this.storage
      .prepare<[string, number], number>(
        'SELECT rowid FROM suggestion_index WHERE suggestion_index MATCH ? ORDER BY rowid DESC LIMIT ?',
      )
      .pluck()
      .all(match, limit);
  }

  /** How many there are, counted up to `most`; a stretch after the other, as long as `goesOn` says so. */
  count(match: string, most: number, goesOn: () => boolean): { counted: number; isAll: boolean } {
    const stretch = this.storage
      .prepare<[string, number, number, number], number>(
        `SELECT count(*) FROM (
           SELECT 1 FROM suggestion_index
           WHERE suggestion_index MATCH ? AND rowid >= CAST(? AS INTEGER) AND rowid < CAST(? AS INTEGER) LIMIT ?
         )`,
      )
      .pluck();
    const last = this.#seq('SELECT max(seq) FROM suggestions');
    let counted = 0;
    for (let from = this.#seq('SELECT min(seq) FROM suggestions'); from <= last; from += COUNTED_AT_ONCE) {
      counted += stretch.get(match, from, from + COUNTED_AT_ONCE, most - counted) ?? 0;
      if (counted >= most || !goesOn()) return { counted, isAll: from + COUNTED_AT_ONCE > last };
    }
    return { counted, isAll: true };
  }

  #seq(sql: string): number {
    return this.storage.prepare<[], number | null>(sql).pluck().get() ?? 0;
  }

  termsWith(scope: number, beginning: string): string[] | null {
    const code = scope.toString(16).padStart(SCOPE_DIGITS, '0');
    const wanted = code + beginning;
    const next = this.storage
      .prepare<[string], string>('SELECT term FROM suggestion_index_terms WHERE term >= ? LIMIT 1')
      .pluck();
    const terms: string[] = [];
    for (let from = wanted; terms.length < MOST_NAMED;) {
      const term = next.get(from);
      if (term?.startsWith(wanted) !== true) return terms;
      terms.push(term.slice(SCOPE_DIGITS));
      from = `${term}\u0001`;
    }
    return null;
  }
}
