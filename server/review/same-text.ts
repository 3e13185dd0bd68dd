import type { Storage } from '../storage/database';
import { scopeNumbers } from '../storage/list-scopes';
import { MatchingSuggestions } from './matching-suggestions';
import { textTerm } from './search-words';
import { exactTerm } from './suggestion-terms';

/** Suggestions with one text that are looked at, and images that are counted, before a text is simply common. */
const MOST_LOOKED_AT = 40;
const MOST_COUNTED = 20;

/** A text that is about to be suggested for an image. */
export interface TextOfImage {
  readonly instance: number;
  /** Of the job that the text was written for; it names the source picture. */
  readonly jobSeq: number;
  readonly altText: string;
}

/** Other source pictures of an instance that were given these very words; counted no further than 20. */
export function countOthersWithText(
  storage: Storage,
  siteId: string,
  { instance, jobSeq, altText }: TextOfImage,
): number {
  const index = new MatchingSuggestions(storage);
  const own = storage
    .prepare<[number], string>('SELECT coalesce(source_sha256, image_sha256) FROM jobs WHERE seq = ?')
    .pluck()
    .get(jobSeq);
  const source = storage
    .prepare<[number], string>('SELECT coalesce(source_sha256, image_sha256) FROM suggestions WHERE seq = ?')
    .pluck();
  const others = new Set<string>();
  for (const { number } of scopeNumbers(storage, { siteId, instance })) {
    const match = exactTerm(number, textTerm(altText));
    const rows = index.rows(match, { after: null, descending: true, limit: MOST_LOOKED_AT });
    for (const seq of rows) {
      const other = source.get(seq);
      if (other !== undefined && other !== own) others.add(other);
    }
  }
  return Math.min(others.size, MOST_COUNTED);
}
