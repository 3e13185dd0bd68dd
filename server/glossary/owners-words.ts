import type { Fields, Flag } from '../contract/fields';
import type { GlossaryEntry } from '../contract/glossary';
import { preferredOrder, termsIn } from './prefer';
import { replaceWords, type Replaced } from './replace';

/** What is suggested: the texts of the fields, other alt texts, what to look at. */
interface Suggested {
  readonly fields: Fields;
  readonly alternatives: readonly string[];
  readonly flags: readonly Flag[];
}

function sentenceFor(replaced: readonly Replaced[], preferred: readonly string[]): string {
  const pairs = replaced.map(({ said, term }) => `“${term}” stands for “${said}”`);
  const chosen =
    preferred.length === 0
      ? []
      : [`this sentence was chosen because it says ${preferred.map((term) => `“${term}”`).join(' and ')}`];
  return `By the site’s own words: ${[...pairs, ...chosen].join('; ')}.`;
}

/**
 * Texts with the owner's words in them, and a flag that says which were put in, and which decided that this sentence comes first:
 * `usual` is the one that would have. The file name stays: other names point to it. Pure.
 */
export function withOwnersWords<T extends Suggested>(
  texts: T,
  entries: readonly GlossaryEntry[],
  language: string,
  usual: string,
): T & { alternatives: string[]; flags: Flag[] } {
  const replaced = new Map<string, Replaced>();
  const put = (text: string) => {
    const made = replaceWords(text, entries, language);
    for (const pair of made.replaced) replaced.set(pair.said.toLowerCase(), pair);
    return made.text;
  };
  const { fields } = texts;
  const putOrNull = (text: string | null) => (text === null ? null : put(text));
  const made: Fields = {
    ...fields,
    alt_text: put(fields.alt_text),
    title: putOrNull(fields.title),
    caption: putOrNull(fields.caption),
    description: putOrNull(fields.description),
    keywords: fields.keywords?.map(put) ?? null,
    ...(fields.text_alternative === undefined ? {} : { text_alternative: putOrNull(fields.text_alternative) }),
  };
  const inUsual = new Set(termsIn(replaceWords(usual, entries, language).text, entries));
  const preferred = termsIn(made.alt_text, entries).filter((entry) => !inUsual.has(entry));
  const told = [...replaced.values()];
  const isTouched = told.length > 0 || preferred.length > 0;
  const flag: Flag = {
    code: 'glossary',
    message: sentenceFor(
      told,
      preferred.map(({ term }) => term),
    ),
  };
  return {
    ...texts,
    fields: made,
    alternatives: [...new Set(texts.alternatives.map((text) => replaceWords(text, entries, language).text))],
    flags: isTouched ? [...texts.flags, flag] : [...texts.flags],
  };
}

/** The same for translated texts: another of the translations comes first where it says more of the owner's words. Pure. */
export function translationWithOwnersWords<T extends Suggested>(
  texts: T,
  entries: readonly GlossaryEntry[],
  language: string,
): T & { alternatives: string[]; flags: Flag[] } {
  const usual = texts.fields.alt_text;
  const all = [usual, ...texts.alternatives];
  const [first = usual, ...others] = preferredOrder(all, entries, language).flatMap((at) => all.slice(at, at + 1));
  const chosen = { ...texts, fields: { ...texts.fields, alt_text: first }, alternatives: others };
  return withOwnersWords(chosen, entries, language, usual);
}
