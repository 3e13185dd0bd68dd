import { DEFAULT_LANGUAGE, Locale } from './primitives';

/** WordPress's names whose language is not simply what stands before the first `_`, or for which the region decides. */
const LOCALES: Readonly<Record<string, string>> = {
  ary: 'ar',
  art_xemoji: DEFAULT_LANGUAGE,
  art_xpirate: DEFAULT_LANGUAGE,
  azb: 'az-Arab',
  bcc: 'bal',
  fa_AF: 'fa-AF',
  fuc: 'ff',
  gax: 'om',
  ike: 'iu',
  me_ME: 'sr-Latn-ME',
  pt_AO: 'pt-PT',
  pt_BR: 'pt-BR',
  pt_PT: 'pt-PT',
  pt_PT_ao90: 'pt-PT',
  skr: 'skr',
  twd: 'nds',
  zh_CN: 'zh-Hans',
  zh_HK: 'zh-Hant',
  zh_SG: 'zh-Hans',
  zh_TW: 'zh-Hant',
};

/** Tags that are valid and name no language of a text (BCP 47, section 4.1), and those for private use. */
const NONE = /^(und|mul|mis|zxx|art|q[a-t][a-z])$/;

const languageOf = (tag: string) => tag.split('-')[0] ?? tag;

/** The one form of a tag; null where it is none. */
function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * The language of a WordPress locale as a BCP 47 tag: `de_DE_formal` is `de`, `bel` is `be`, `zh_TW` is `zh-Hant`. The region is left out
 * unless another one is written differently. Pure.
 */
export function languageOfLocale(locale: string): string {
  const name = locale.replaceAll('-', '_');
  const known = LOCALES[name];
  if (known !== undefined) return known;
  const [language = ''] = name.split('_');
  return languageOf(canonical(language.toLowerCase()) ?? DEFAULT_LANGUAGE);
}

/** Subtags that are no BCP 47, such as `ao90` in `pt-PT-ao90`, are left out from the end. Pure. */
function canonicalLanguage(tag: string): string {
  const subtags = tag.split('-');
  for (; subtags.length > 1; subtags.pop()) {
    const whole = canonical(subtags.join('-'));
    if (whole !== null) return whole;
  }
  return canonical(tag) ?? languageOf(tag).toLowerCase();
}

/** No locale of WordPress names a script. */
const HAS_SCRIPT = /^[a-z]{2,3}_[a-z]{4}(?:_|$)/i;

/**
 * A language as any client names it, in its one form as a BCP 47 tag: what is written with `_` is a locale of WordPress (`de_DE_formal` is
 * `de`) unless it names a script (`zh_hant_tw` is `zh-Hant-TW`), and so are its own names (`ary` is `ar`); everything else is a tag already
 * (`PT-br` is `pt-BR`).
 */
export const Language = Locale.max(35).transform((name) => {
  const isLocale = (name.includes('_') && !HAS_SCRIPT.test(name)) || name in LOCALES;
  return isLocale ? languageOfLocale(name) : canonicalLanguage(name.replaceAll('_', '-'));
});

export function isEnglish(tag: string): boolean {
  return languageOf(tag) === DEFAULT_LANGUAGE;
}

/** Whether a text can be in the language that a tag names: `und` names none, and `xx` nobody knows. */
export function namesLanguage(tag: string): boolean {
  const language = languageOf(tag);
  if (NONE.test(language)) return false;
  // Every language with a code of two letters has a name; of those with three, not all that WordPress is translated into.
  return (
    language.length > 2 ||
    new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(language) !== undefined
  );
}
