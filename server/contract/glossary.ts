import { z } from 'zod';
import { Language } from './language';

const MOST_ENTRIES = 1000;
/** Of all words together. */
const MOST_CHARACTERS = 100_000;
const MOST_FORMS = 20;
/** A word or a few, on one line. */
const Words = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'has to be on one line')
  .regex(/[\p{L}\p{N}]/u, 'has no letter or digit');

/** What the owner of a site wants to be said. */
export const GlossaryEntry = z.strictObject({
  /** What is to be said. */
  term: Words,
  /** Its other forms: a plural, a case. */
  forms: z.array(Words).max(MOST_FORMS).default([]),
  /** What must not be said; the term takes its place. */
  instead_of: z.array(Words).max(MOST_FORMS).default([]),
  /** Of a product, a place or a house: written as it stands here, whatever a model makes of its letters. */
  is_name: z.boolean().default(false),
  /** BCP 47: the texts that it is for. */
  language: Language.default('en'),
});
export type GlossaryEntry = z.infer<typeof GlossaryEntry>;

const keyOf = (text: string, language: string) => `${language} ${text.normalize('NFC').toLowerCase()}`;

/** Says which words of a glossary contradict each other; null: none. */
export function contradiction(entries: readonly GlossaryEntry[]): string | null {
  const said = new Set<string>();
  const forbidden = new Set<string>();
  for (const { term, instead_of: others, language } of entries) {
    const key = keyOf(term, language);
    if (said.has(key)) return `"${term}" has two entries.`;
    said.add(key);
    for (const other of others) {
      const otherKey = keyOf(other, language);
      if (forbidden.has(otherKey)) return `"${other}" is to be replaced by two different words.`;
      forbidden.add(otherKey);
    }
  }
  for (const { term, forms, instead_of: others, language } of entries) {
    const both = [term, ...forms].find((text) => forbidden.has(keyOf(text, language)));
    // A name may be put in the place of the same letters in another case.
    const isOwn =
      both !== undefined && others.some((other) => other !== both && keyOf(other, language) === keyOf(both, language));
    if (both !== undefined && !isOwn) return `"${both}" is to be said and to be replaced.`;
  }
  return null;
}

export const Glossary = z
  .array(GlossaryEntry)
  .max(MOST_ENTRIES)
  .superRefine((entries, context) => {
    const words = entries.flatMap(({ term, forms, instead_of: others }) => [term, ...forms, ...others]);
    const isLong = words.reduce((sum, { length }) => sum + length, 0) > MOST_CHARACTERS;
    const message = isLong ? `All words together have more than ${MOST_CHARACTERS} letters.` : contradiction(entries);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
export type Glossary = z.infer<typeof Glossary>;
