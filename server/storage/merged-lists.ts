/** Numbers of rows in order, of which only the first is known at first. */
export interface OrderedRows {
  readonly head: number;
  /** The first `limit` numbers, the head included. */
  readonly read: (limit: number) => number[];
}

/**
 * The first `limit` numbers of several lists together, smallest first, or largest first with `descending`. Reads no list whose
 * head comes after them: a site may have a thousand installations, and a page has rows of a few.
 */
export function firstOfAll(lists: readonly OrderedRows[], limit: number, descending = false): number[] {
  const compare = (one: number, other: number) => (descending ? other - one : one - other);
  let found: number[] = [];
  for (const { head, read } of [...lists].sort((one, other) => compare(one.head, other.head))) {
    const last = found[limit - 1];
    if (last !== undefined && compare(head, last) > 0) break;
    found = [...found, ...read(limit)].sort(compare).slice(0, limit);
  }
  return found;
}
