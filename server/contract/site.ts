import { z } from 'zod';
import { Calibration } from './calibration';
import { Glossary, GlossaryEntry } from './glossary';
import { Language } from './language';

/** Languages that texts are written in where a request names none; the first is the site's own. */
export const SiteLanguages = z.array(Language).max(20);

/** A language that a site uses, or that a translator is here for. */
export const ListedLanguage = z.object({
  language: z.string(),
  /** The model that translates into it; null where none is here, and texts stay English. */
  translator: z.string().nullable(),
});
export type ListedLanguage = z.infer<typeof ListedLanguage>;

/** What belongs to the site of a key and is the same for all its installations. */
export const SiteProfile = z.object({
  /** Empty: the language of each request, else English. */
  languages: z.array(z.string()),
  /** Languages that texts can be translated into now. */
  translators: z.array(ListedLanguage),
  /** The owner's words. */
  glossary: z.array(GlossaryEntry),
  /** What the decisions of its people say about the confidence of models. */
  calibration: z.array(Calibration),
});
export type SiteProfile = z.infer<typeof SiteProfile>;

/** Body of `PUT /v1/site`: what is left out stays. */
export const SiteProfileChange = z.strictObject({
  languages: SiteLanguages.optional(),
  /** All of them: what is not in it is gone. */
  glossary: Glossary.optional(),
});
export type SiteProfileChange = z.infer<typeof SiteProfileChange>;

export const SiteProfileReply = z.object({ site: SiteProfile });
