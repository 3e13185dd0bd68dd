import { digitsOf, type ConfidenceDigits } from './suggestion-terms';

export interface RankedRow {
  readonly seq: number;
  /** Thousandths. */
  readonly confidence: number;
}

export interface WalkIndex {
  /** `seq` of the matching rows of a range of confidences (null: of any), from one on; `limit` at most. */
  readonly rows: (digits: ConfidenceDigits | null, after: number | null, limit: number) => number[];
  readonly confidenceOf: (seq: number) => number;
}

export interface Walk {
  readonly descending: boolean;
  /** The last row of the page before. */
  readonly after: RankedRow | null;
  /** Least confidence, in thousandths. */
  readonly least: number;
  readonly limit: number;
}

/** So many rows are read and sorted at once; a range with more of them is divided. */
const SORTED_AT_ONCE = 1000;
/** Digits of the narrowest range: one confidence, whose rows the index has in order. */
const NARROWEST = 4;

/**
 * The next rows in order of confidence, and of `seq` among equals. Few matching rows are read and sorted. Where there are many,
 * the tenths of the scale are gone through in the same way, and those with many rows are divided into hundredths and thousandths. So no order but that of the rows is
 * kept in an index, and a page costs some dozens of looks into it, however many rows match. Pure but for the index.
 */
export function walkByConfidence(index: WalkIndex, walk: Walk): RankedRow[] {
  const few = index.rows(null, null, SORTED_AT_ONCE + 1);
  if (few.length <= SORTED_AT_ONCE) return sorted(index, walk, few).slice(0, walk.limit);
  const found: RankedRow[] = [];
  const tenths = Array.from({ length: 11 }, (_, tenth) => digitsOf(tenth * 100, 2));
  visit(index, walk, tenths, found);
  return found.slice(0, walk.limit);
}

function visit(index: WalkIndex, walk: Walk, ranges: readonly ConfidenceDigits[], found: RankedRow[]): void {
  const { after, descending, limit, least } = walk;
  for (const range of descending ? [...ranges].reverse() : ranges) {
    if (found.length >= limit) return;
    if (range < digitsOf(least, range.length)) continue;
    if (after !== null && isBehind(range, digitsOf(after.confidence, range.length), descending)) continue;
    if (range.length === NARROWEST) {
      const from = after !== null && Number(range) === after.confidence ? after.seq : null;
      for (const seq of index.rows(range, from, limit - found.length)) found.push({ seq, confidence: Number(range) });
      continue;
    }
    const rows = index.rows(range, null, SORTED_AT_ONCE + 1);
    if (rows.length > SORTED_AT_ONCE) visit(index, walk, partsOf(range), found);
    else found.push(...sorted(index, walk, rows));
  }
}

/** Whether the page before was past this range already. */
function isBehind(range: ConfidenceDigits, position: ConfidenceDigits, descending: boolean): boolean {
  return descending ? range > position : range < position;
}

const partsOf = (range: ConfidenceDigits) => Array.from({ length: 10 }, (_, digit) => `${range}${digit}`);

function sorted(index: WalkIndex, { after, descending, least }: Walk, rows: readonly number[]): RankedRow[] {
  const sign = descending ? -1 : 1;
  const order = (one: RankedRow, other: RankedRow) => sign * (one.confidence - other.confidence || one.seq - other.seq);
  return rows
    .map((seq) => ({ seq, confidence: index.confidenceOf(seq) }))
    .filter((row) => row.confidence >= least && (after === null || order(row, after) > 0))
    .sort(order);
}
