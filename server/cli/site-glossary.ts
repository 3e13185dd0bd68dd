import type { GlossaryEntry } from '../contract/glossary';
import { AppError } from '../errors';
import { GlossaryStore } from '../glossary/glossary-store';
import type { Say } from './command';
import { readGlossaryFile } from './glossary-file';
import type { LiveData } from './live-data';

function lineOf({ term, forms, instead_of: others, is_name: isName, language }: GlossaryEntry): string {
  const said = [isName ? `"${term}"` : term, ...forms].join(', ');
  return `${language.padEnd(6)} ${said}${others.length === 0 ? '' : ` = ${others.join(', ')}`}`;
}

/** Shows the words of a site, or puts those of a file in their place. Throws UsageError for a file that holds none, NOT_FOUND. */
export function siteGlossary(
  { storage, sites, record }: LiveData,
  { id, file }: { readonly id: string; readonly file: string | undefined },
  say: Say,
): number {
  const entries = file === undefined ? null : readGlossaryFile(file);
  const kept = storage.transaction(() => {
    if (sites.get(id) === null) throw new AppError('NOT_FOUND', { site: id });
    const store = new GlossaryStore(storage, id);
    if (entries === null) return store.get();
    store.put(entries);
    record('sites glossary', id, { entries: entries.length });
    return entries;
  });
  say({ id, glossary: kept }, kept.map(lineOf));
  return 0;
}
