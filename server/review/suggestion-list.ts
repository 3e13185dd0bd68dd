import type { FlagCode } from '../contract/fields';
import type { Suggestion, SuggestionState } from '../contract/suggestion';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { scopeNumbers, type ListScope } from '../storage/list-scopes';
import { suggestionCounts, totalOf } from '../storage/row-counts';
import { walkByConfidence } from './confidence-walk';
import { readSearch } from './search-words';
import { MatchingSuggestions } from './matching-suggestions';
import { SUGGESTION_COLUMNS, suggestionOf, type SuggestionRow } from './suggestion-row';
import { exactTerm, matchOf, type ConfidenceDigits, type TermFilter } from './suggestion-terms';

export const SUGGESTION_SORTS = ['oldest', 'newest', 'confidence', '-confidence'] as const;
export type SuggestionSort = (typeof SUGGESTION_SORTS)[number];

export interface SuggestionFilter {
  readonly state?: SuggestionState | undefined;
  readonly flag?: FlagCode | undefined;
  readonly runId?: string | undefined;
  /** Beginnings of words of a text, a file name or the subject's id. */
  readonly q?: string | undefined;
  readonly minConfidence?: number | undefined;
  readonly sort: SuggestionSort;
  /** Opaque: what `next` of the page before said. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** How many rows there are on all pages; with `capped` there are at least so many. */
export interface Total {
  readonly total: number;
  readonly capped: boolean;
}

/** What the counters do not know is counted up to here, and for no longer than this. */
const MOST_COUNTED = 10_000;
const COUNTED_FOR_MS = 8;
/** A page ends before the row that passes this; the texts of one may have 80,000. */
const PAGE_CHARACTERS = 1_000_000;
/** Rows with the right pairs of characters that are read at a time, and for one page, to see whether the pairs stand together. */
const LOOKED_AT_ONCE = 500;
const LOOKED_AT = 1000;

/** One page and the cursor of the next. */
export interface SuggestionPage {
  readonly items: Suggestion[];
  readonly next: string | null;
}

/** The lists of a site's suggestions. */
export class SuggestionList {
  readonly #index: MatchingSuggestions;

  constructor(
    private readonly storage: Storage,
    private readonly scope: ListScope,
    private readonly now = () => performance.now(),
  ) {
    this.#index = new MatchingSuggestions(storage);
  }

  /** One page; a search may leave places empty, or all of them, and go on with the next. Throws BAD_REQUEST for a cursor that is none. */
  page(filter: SuggestionFilter): SuggestionPage {
    const column = filter.sort === 'oldest' || filter.sort === 'newest' ? 'seq' : 'confidence';
    const after = readCursor(filter.after, column);
    const { rows, lookedTo } = this.#rows(filter, column, after);
    const items = rows.slice(0, Math.min(filter.limit, rowsWithin(rows)));
    const last = rows.length > items.length ? items.at(-1) : undefined;
    const next = last === undefined ? lookedTo : { value: last[column], seq: last.seq };
    return { items: items.map(suggestionOf), next: next === null ? null : writeCursor(column, next) };
  }

  /** From counters where there is one; everything else is counted, up to 10,000 and for some milliseconds. */
  total({ state, flag, runId, minConfidence = 0, q }: SuggestionFilter): Total {
    if (q === undefined && minConfidence === 0 && (flag === undefined || runId === undefined)) {
      return { total: totalOf(suggestionCounts(this.storage, this.scope, { runId, flag }), state), capped: false };
    }
    const conditions = this.#conditions({ state, flag, runId, minConfidence, q });
    if (conditions.length === 0) return { total: 0, capped: false };
    const until = this.now() + COUNTED_FOR_MS;
    const { counted, isAll } = this.#index.count(anyOf(conditions), MOST_COUNTED + 1, () => this.now() < until);
    return { total: Math.min(counted, MOST_COUNTED), capped: !isAll || counted > MOST_COUNTED };
  }

  /**
   * Rows of the page and, where there is one, the row after it. `lookedTo`: there may be more after this row, which one request
   * does not look for.
   */
  #rows(
    filter: SuggestionFilter,
    column: 'seq' | 'confidence',
    after: Position | null,
  ): { rows: SuggestionRow[]; lookedTo: Position | null } {
    const search = filter.q === undefined ? null : readSearch(filter.q);
    if (filter.q !== undefined && search === null) return { rows: [], lookedTo: null };
    const descending = filter.sort === 'newest' || filter.sort === '-confidence';
    const inside = search?.inside ?? [];
    const wanted = filter.limit + 1;
    const limit = inside.length === 0 ? wanted : LOOKED_AT_ONCE;
    const rows: SuggestionRow[] = [];
    let from = after;
    for (let looked = 0; looked < LOOKED_AT; looked += limit) {
      const walk = { descending, after: from, limit };
      const positions = column === 'seq' ? this.#bySeq(filter, walk) : this.#byConfidence(filter, walk);
      const found = positions.filter(({ seq }) => inside.length === 0 || this.#holdsAll(seq, inside));
      rows.push(...found.flatMap(({ seq }) => this.#row(seq) ?? []));
      from = positions.at(-1) ?? from;
      if (rows.length >= wanted || positions.length < limit) return { rows: rows.slice(0, wanted), lookedTo: null };
    }
    return { rows, lookedTo: from };
  }

  #bySeq(filter: SuggestionFilter, { descending, after, limit }: PageWalk): Position[] {
    const conditions = this.#conditions(filter);
    if (conditions.length === 0) return [];
    const rows = this.#index.rows(anyOf(conditions), { after: after?.seq ?? null, descending, limit });
    return rows.map((seq) => ({ value: seq, seq }));
  }

  #byConfidence(filter: SuggestionFilter, { descending, after, limit }: PageWalk): Position[] {
    const confidence = this.storage
      .prepare<[number], number>('SELECT confidence FROM suggestions WHERE seq = ?')
      .pluck();
    const bases = this.#conditions({ ...filter, minConfidence: undefined });
    const index = {
      rows: (digits: ConfidenceDigits | null, from: number | null, most: number) =>
        bases.length === 0 ? [] : this.#index.rows(anyOf(bases, digits), { after: from, descending, limit: most }),
      confidenceOf: (seq: number) => thousandths(confidence.get(seq) ?? 0),
    };
    const position = after === null ? null : { seq: after.seq, confidence: thousandths(after.value) };
    const least = leastOf(filter.minConfidence);
    const ranked = walkByConfidence(index, { descending, after: position, limit, least });
    return ranked.map(({ seq, confidence: thousand }) => ({ value: thousand / 1000, seq }));
  }

  /** What the rows of each scope must fulfil; empty when none can. */
  #conditions({ state, flag, runId, minConfidence, q }: Omit<SuggestionFilter, 'sort' | 'limit'>): ScopeCondition[] {
    const search = q === undefined ? undefined : readSearch(q);
    if (search === null) return [];
    const terms: TermFilter = { state, flag, runId, minConfidence: leastOf(minConfidence), search };
    return scopeNumbers(this.storage, this.scope).flatMap(({ number }) => {
      const match = matchOf(number, terms, this.#index);
      return match === null ? [] : [{ number, match }];
    });
  }

  #row(seq: number): SuggestionRow | undefined {
    return this.storage
      .prepare<[number], SuggestionRow>(`SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE seq = ?`)
      .get(seq);
  }

  #holdsAll(seq: number, inside: readonly string[]): boolean {
    const words = this.storage
      .prepare<[number], string>("SELECT words || ' ' || edited_words FROM suggestions WHERE seq = ?")
      .pluck()
      .get(seq);
    return inside.every((run) => words?.includes(run));
  }
}

/** How many rows a page has room for; at least one. */
function rowsWithin(rows: readonly SuggestionRow[]): number {
  let characters = 0;
  const past = rows.findIndex(({ fields, alternatives, current, values }) => {
    characters += fields.length + alternatives.length + current.length + (values?.length ?? 0);
    return characters > PAGE_CHARACTERS;
  });
  return past === -1 ? rows.length : Math.max(1, past);
}

const thousandths = (confidence: number) => Math.round(confidence * 1000);
const leastOf = (minConfidence = 0) => Math.ceil(minConfidence * 1000);

interface ScopeCondition {
  readonly number: number;
  readonly match: string;
}

/** In the language of FTS5: the condition of one of the scopes holds, and the confidence is in the range. */
function anyOf(conditions: readonly ScopeCondition[], digits: ConfidenceDigits | null = null): string {
  return conditions
    .map(({ number, match }) => (digits === null ? `(${match})` : `(${match} AND ${exactTerm(number, `~c${digits}`)})`))
    .join(' OR ');
}

interface Position {
  readonly value: number;
  readonly seq: number;
}

interface PageWalk {
  readonly descending: boolean;
  readonly after: Position | null;
  readonly limit: number;
}

function writeCursor(column: string, { value, seq }: Position): string {
  return Buffer.from(`${column} ${value} ${seq}`).toString('base64url');
}

function readCursor(cursor: string | undefined, column: string): Position | null {
  if (cursor === undefined) return null;
  const [name, value, seq] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const position = { value: Number(value), seq: Number(seq) };
  if (name !== column || !Number.isFinite(position.value) || !Number.isSafeInteger(position.seq)) {
    throw new AppError('BAD_REQUEST', { after: 'is not a cursor of this list' });
  }
  return position;
}
