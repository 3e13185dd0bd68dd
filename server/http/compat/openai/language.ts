import { isEnglish, languageOfLocale, namesLanguage } from '../../../contract/language';

/** Parts of a request that carry a page's words and facts about the picture: a locale in them asks for nothing. */
const CARRIED = /<(additional-context|image-meta)>[\s\S]*?<\/\1>/gi;
/** WordPress's names of locales with a region, such as `de_DE` and `pt_PT_ao90`. */
const WITH_REGION = /(?<![\w-])[a-z]{2,3}_[A-Z]{2}(?:_[a-z0-9]+)*(?![\w-])/g;
/** Those without one, such as `ja`, are told from words by their place (the last of a sentence, after a colon) and by their two letters. */
const AT_THE_END = /[:：] ?([a-z]{2}(?:_[a-z0-9]+)?)[.。]?$/;

/**
 * The language in which a message asks for its answer, as a BCP 47 tag; null where it names none, several, or English. WordPress's AI
 * plugin sends its request in the language of the site, so the locale's name is the only part that is the same everywhere. Pure.
 */
export function languageAsked(text: string | undefined): string | null {
  const request = (text ?? '').replace(CARRIED, ' ').trim();
  const [locale = AT_THE_END.exec(request)?.[1], another] = new Set(request.match(WITH_REGION));
  if (locale === undefined || another !== undefined) return null;
  const language = languageOfLocale(locale);
  return namesLanguage(language) && !isEnglish(language) ? language : null;
}
