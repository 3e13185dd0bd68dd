import { isEnglish, languageOfLocale, namesLanguage } from '../../../contract/language';

/** Parts of a request that carry a page's words and facts about the picture: a locale in them asks for nothing. */
const CARRIED = ['additional-context', 'image-meta'];
/** WordPress's names of locales with a region, such as `de_DE` and `pt_PT_ao90`. */
const WITH_REGION = /(?<![\w-])[a-z]{2,3}_[A-Z]{2}(?:_[a-z0-9]+)*(?![\w-])/g;
/** Those without one, such as `ja`, are told from words by their place (the last of a sentence, after a colon) and by their two letters. */
const AT_THE_END = /[:：] ?([a-z]{2}(?:_[a-z0-9]+)?)[.。]?$/;

/**
 * The language in which a message asks for its answer, as a BCP 47 tag; null where it names none, several, or English. WordPress's AI
 * plugin sends its request in the language of the site, so the locale's name is the only part that is the same everywhere. Pure.
 */
export function languageAsked(text: string | undefined): string | null {
  const request = CARRIED.reduce(without, text ?? '').trim();
  const [locale = AT_THE_END.exec(request)?.[1], another] = new Set(request.match(WITH_REGION));
  if (locale === undefined || another !== undefined) return null;
  const language = languageOfLocale(locale);
  return namesLanguage(language) && !isEnglish(language) ? language : null;
}

/** A text without the elements of that name. Each mark is looked for once, because a message may hold a megabyte of them. */
function without(text: string, tag: string): string {
  const [open, close] = [`<${tag}>`, `</${tag}>`];
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const from = text.indexOf(open, at);
    const to = from === -1 ? -1 : text.indexOf(close, from);
    if (to === -1) break;
    kept.push(text.slice(at, from));
    at = to + close.length;
  }
  return [...kept, text.slice(at)].join(' ');
}
