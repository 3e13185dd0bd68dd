import type { GlossaryEntry } from '../contract/glossary';
import type { JobContext } from '../contract/job';
import { replaceWords } from './replace';

const lower = (text: string) => text.normalize('NFC').toLowerCase();
const wordsOf = (text: string) => ` ${(lower(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(' ')} `;

/** The entries that are for texts in a language: those of `en` for `en-GB` too, not the other way round. */
export function entriesFor(entries: readonly GlossaryEntry[], language: string): GlossaryEntry[] {
  return entries.filter((entry) => entry.language === language || language.startsWith(`${entry.language}-`));
}

/** The entries whose term, or a form of it, a text says as whole words. */
export function termsIn(text: string, entries: readonly GlossaryEntry[]): GlossaryEntry[] {
  const said = wordsOf(text);
  return entries.filter(({ term, forms }) => [term, ...forms].some((form) => said.includes(wordsOf(form))));
}

/**
 * The places of texts in the order in which they should be offered: those first that say most of the owner's words, as they will read
 * once words are replaced. Among equals the order stays, so a word that no text says changes nothing. Pure.
 */
export function preferredOrder(
  texts: readonly string[],
  entries: readonly GlossaryEntry[],
  language: string,
): number[] {
  const counts = texts.map((text) => termsIn(replaceWords(text, entries, language).text, entries).length);
  return [...texts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
}

/**
 * Words that a search may favour: terms, with their forms, that what is known of a picture says itself (its file name, the title of its
 * page). Others would be named in pictures that do not show them. Pure.
 */
export function favouredIn(context: string, entries: readonly GlossaryEntry[]): string[] {
  const plain = context.replace(/[-_]+/gu, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return termsIn(`${context} ${plain}`, entries).flatMap(({ term, forms }) => [term, ...forms]);
}

/** The same for a job: of English terms, as models write English. */
export function favourFor(entries: readonly GlossaryEntry[], context: JobContext | null): string[] {
  const { file_name: file = '', page_title: title = '' } = context ?? {};
  return favouredIn(`${file.replace(/\.[^.]*$/, '')} ${title}`, entriesFor(entries, 'en'));
}
