import type { FlagCode } from '../contract/fields';
import type { Suggestion, SuggestionState } from '../contract/suggestion';
import { AppError } from '../errors';
import type { Storage } from '../storage/database';
import { SUGGESTION_COLUMNS, suggestionOf, type SuggestionRow } from './suggestion-row';

export const SUGGESTION_SORTS = ['oldest', 'newest', 'confidence', '-confidence'] as const;
export type SuggestionSort = (typeof SUGGESTION_SORTS)[number];

export interface SuggestionFilter {
  readonly state?: SuggestionState | undefined;
  readonly flag?: FlagCode | undefined;
  readonly runId?: string | undefined;
  /** Looked for in the suggested and approved texts. */
  readonly q?: string | undefined;
  readonly minConfidence?: number | undefined;
  readonly sort: SuggestionSort;
  /** Opaque: what `next` of the page before said. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Column and direction of each order; `seq` makes every order total, so that a page never repeats a row. */
const ORDERS: Readonly<Record<SuggestionSort, { column: 'seq' | 'confidence'; descending: boolean }>> = {
  oldest: { column: 'seq', descending: false },
  newest: { column: 'seq', descending: true },
  confidence: { column: 'confidence', descending: false },
  '-confidence': { column: 'confidence', descending: true },
};

/** One page of the suggestions of an instance; of all instances of the site with null. Throws BAD_REQUEST for a cursor that is none. */
export function listSuggestions(
  storage: Storage,
  { siteId, instance }: { readonly siteId: string; readonly instance: number | null },
  filter: SuggestionFilter,
): { items: Suggestion[]; next: string | null } {
  const { column, descending } = ORDERS[filter.sort];
  const direction = descending ? 'DESC' : 'ASC';
  const conditions = ['site_id = :siteId'];
  if (instance !== null) conditions.push('instance = :instance');
  if (filter.state !== undefined) conditions.push('state = :state');
  if (filter.runId !== undefined) conditions.push('run_id = :runId');
  if (filter.minConfidence !== undefined) conditions.push('confidence >= :minConfidence');
  if (filter.flag !== undefined) {
    conditions.push('EXISTS (SELECT 1 FROM suggestion_flags WHERE suggestion_seq = seq AND code = :flag)');
  }
  if (filter.q !== undefined) {
    conditions.push(`(fields LIKE :q ESCAPE '\\' OR "values" LIKE :q ESCAPE '\\' OR subject_id = :subject)`);
  }
  const after = readCursor(filter.after, column);
  if (after !== null) conditions.push(`(${column}, seq) ${descending ? '<' : '>'} (:afterValue, :afterSeq)`);
  const rows = storage
    .prepare<object, SuggestionRow>(
      `SELECT ${SUGGESTION_COLUMNS} FROM suggestions WHERE ${conditions.join(' AND ')}
       ORDER BY ${column} ${direction}, seq ${direction} LIMIT :limit`,
    )
    .all({
      siteId,
      ...(instance === null ? {} : { instance }),
      ...(filter.state === undefined ? {} : { state: filter.state }),
      ...(filter.runId === undefined ? {} : { runId: filter.runId }),
      ...(filter.minConfidence === undefined ? {} : { minConfidence: filter.minConfidence }),
      ...(filter.flag === undefined ? {} : { flag: filter.flag }),
      ...(filter.q === undefined ? {} : { q: `%${likeText(filter.q)}%`, subject: filter.q }),
      ...(after === null ? {} : { afterValue: after.value, afterSeq: after.seq }),
      limit: filter.limit + 1,
    });
  const items = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? items.at(-1) : undefined;
  return {
    items: items.map(suggestionOf),
    next: last === undefined ? null : writeCursor(column, { value: last[column], seq: last.seq }),
  };
}

/** Text for LIKE inside JSON: quotes and backslashes stand escaped in the column. */
function likeText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\\%_]/g, (sign) => `\\${sign}`);
}

interface Position {
  readonly value: number;
  readonly seq: number;
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
