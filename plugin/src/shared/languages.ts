import type { Suggestion } from './types';

/** The name of a language in that of the reader: "German" of `de`, `de_DE` or `de_DE_formal`; the tag itself where there is none. */
export function languageName(tag: string): string {
  const [language = '', ...rest] = tag.split(/[-_]/);
  const region = rest.find((part) => /^[A-Z]{2}$/.test(part));
  // The region is named only where it is another way of writing.
  const asked = region !== undefined && (language === 'pt' || language === 'zh') ? `${language}-${region}` : language;
  try {
    const reader = document.documentElement.lang || 'en';
    return new Intl.DisplayNames([reader, 'en'], { type: 'language' }).of(asked) ?? tag;
  } catch {
    // No BCP 47 tag: an old or made-up locale of WordPress.
    return tag;
  }
}

/** The language of a suggested text, for those who hear it. */
export function langOf({ language }: Suggestion): { readonly lang?: string } {
  return language === '' ? {} : { lang: language };
}
