import { z } from 'zod';

/*
 * Bounds of what somebody else's files may ask for. They lie far beyond every published model, so that a damaged or hostile value ends
 * in a sentence and not in a full heap, a search without end, or numbers that overflow.
 */

/** Sentences that a search follows at once. */
export const beams = z.number().int().min(1).max(20);
/** Exponent of a sentence's length. Beyond it the scores of long sentences overflow. */
export const lengthPenalty = z.number().min(-10).max(10);
/** Side of a picture in pixels. */
export const side = z.number().int().positive().max(4096);
/** Places in a text that a model tells apart. */
export const places = z.number().int().positive().max(65_536);

/** The largest of some ids; −1 where there are none. A spread into Math.max fails from about 120,000 on. */
export function largestId(ids: Iterable<number>): number {
  let largest = -1;
  for (const id of ids) largest = Math.max(largest, id);
  return largest;
}
