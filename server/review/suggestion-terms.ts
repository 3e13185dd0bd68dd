import type { WordSearch } from './search-words';

/**
 * The terms of the table `suggestion_index`. Each begins with five hexadecimal digits of the scope, so that a search never
 * reads another site's rows; what follows is a word, or `~` and a property. The triggers of the migration write the same.
 */
export interface TermFilter {
  readonly state?: string | undefined;
  readonly flag?: string | undefined;
  readonly runId?: string | undefined;
  /** Thousandths. */
  readonly minConfidence?: number | undefined;
  readonly search?: WordSearch | undefined;
}

/** Digits of a range of confidences: `05` is 0.5 to 0.599, `053` is 0.53 to 0.539, `0534` is 0.534. */
export type ConfidenceDigits = string;

const code = (scope: number) => scope.toString(16).padStart(5, '0');

/** An exact term in the language of FTS5. */
export const exactTerm = (scope: number, term: string) => `"${code(scope)}${term}"`;

/** Words of these lengths have an index of their own; longer ones are looked up in the list of terms. */
export const INDEXED_BEGINNING = 3;

export interface TermLookup {
  /** The terms that begin like this, without the scope; null when there are too many to name. */
  readonly termsWith: (scope: number, beginning: string) => string[] | null;
}

/** The condition for one scope; null when nothing can fulfil it. */
export function matchOf(scope: number, filter: TermFilter, lookup: TermLookup): string | null {
  const all: string[] = [];
  const { state, flag, runId, minConfidence, search } = filter;
  if (state !== undefined) all.push(exactTerm(scope, `~s${state}`));
  if (flag !== undefined) all.push(exactTerm(scope, `~f${flag}`));
  if (runId !== undefined) {
    // Nothing else can be a run, and FTS5 would take it apart.
    if (!/^[\w-]+$/.test(runId)) return null;
    all.push(exactTerm(scope, `~r${runId}`));
  }
  if (minConfidence !== undefined && minConfidence > 0) {
    all.push(anyOf(atLeast(minConfidence).map((range) => exactTerm(scope, `~c${range}`))));
  }
  for (const word of search?.words ?? []) all.push(exactTerm(scope, word));
  for (const beginning of search?.beginnings ?? []) {
    const found = Array.from(beginning).length <= INDEXED_BEGINNING ? null : lookup.termsWith(scope, beginning);
    if (found === null) all.push(`${exactTerm(scope, beginning)} *`);
    else if (found.length === 0) return null;
    else all.push(anyOf(found.map((term) => exactTerm(scope, term))));
  }
  return all.length === 0 ? exactTerm(scope, '~a') : all.join(' AND ');
}

const anyOf = (conditions: readonly string[]) => `(${conditions.join(' OR ')})`;

/** The fewest ranges that together are every confidence from `thousandths` to 1. */
export function atLeast(thousandths: number): ConfidenceDigits[] {
  const ranges: ConfidenceDigits[] = [];
  let from = thousandths;
  for (const [size, length] of [
    [10, 4],
    [100, 3],
  ] as const) {
    for (const step = size / 10; from % size !== 0 && from <= 1000; from += step) ranges.push(digitsOf(from, length));
  }
  for (; from <= 1000; from += 100) ranges.push(digitsOf(from, 2));
  return ranges;
}

/** The first digits of a confidence of so many thousandths. */
export function digitsOf(thousandths: number, length: number): ConfidenceDigits {
  return String(thousandths).padStart(4, '0').slice(0, length);
}
