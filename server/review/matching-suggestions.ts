import type { Storage } from '../storage/database';
import type { TermLookup } from './suggestion-terms';

/** A beginning with more words than this is left to FTS5, which then collects the rows of all of them. */
const MOST_NAMED = 16;
const SCOPE_DIGITS = 5;
/** Numbers of rows that are counted at a time: a few milliseconds where each of several words is in every third text. */
const STRETCH = 10_000;

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
  rows(match: string, { after, descending, limit }: RowRange): number[] {
    // A number of JavaScript reaches SQLite as a floating one, which FTS5 does not take for a row.
    const sql = descending
      ? 'SELECT rowid FROM suggestion_index WHERE suggestion_index MATCH ? AND rowid < CAST(? AS INTEGER) ORDER BY rowid DESC LIMIT ?'
      : 'SELECT rowid FROM suggestion_index WHERE suggestion_index MATCH ? AND rowid > CAST(? AS INTEGER) ORDER BY rowid LIMIT ?';
    return this.storage
      .prepare<[string, number, number], number>(sql)
      .pluck()
      .all(match, after ?? (descending ? Number.MAX_SAFE_INTEGER : 0), limit);
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
    for (let from = this.#seq('SELECT min(seq) FROM suggestions'); from <= last; from += STRETCH) {
      counted += stretch.get(match, from, from + STRETCH, most - counted) ?? 0;
      if (counted >= most || !goesOn()) return { counted, isAll: from + STRETCH > last };
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
