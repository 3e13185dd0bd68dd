/** What is known of a language, by its BCP 47 tag. */

const languageOf = (tag: string) => new Intl.Locale(tag).language;

/** By ISO 15924; others are checked by their own name. */
const SCRIPTS: Record<string, RegExp> = {
  Jpan: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
  Kore: /[\p{Script=Hangul}\p{Script=Han}]/u,
};

/** Letters that a language is written in. */
export function writtenIn(tag: string): RegExp {
  const script = new Intl.Locale(tag).maximize().script ?? 'Latn';
  return (SCRIPTS[script] ??= new RegExp(`\\p{Script=${script}}`, 'u'));
}

/** Shortest and longest translation as a multiple of the English, in characters. Estimated. */
const BANDS: Readonly<Record<string, readonly [number, number]>> = {
  ar: [0.5, 1.5],
  he: [0.4, 1.4],
  ja: [0.2, 0.8],
  ko: [0.25, 1],
  zh: [0.15, 0.6],
};
const USUAL_BAND = [0.6, 2] as const;

export function lengthBand(tag: string): readonly [number, number] {
  return BANDS[languageOf(tag)] ?? USUAL_BAND;
}

/** They share many everyday words with English. */
const COGNATE_RICH = new Set(['fr', 'es', 'it', 'pt', 'nl', 'ro', 'ca', 'da', 'nb', 'nn', 'sv', 'af']);

/** True where a word that is the same as in English proves nothing. */
export function isCognateRich(tag: string): boolean {
  return COGNATE_RICH.has(languageOf(tag));
}

/** Nouns for people are not marked there, or seldom. */
const UNMARKED = new Set([
  'en',
  'ja',
  'zh',
  'ko',
  'fi',
  'hu',
  'tr',
  'et',
  'id',
  'vi',
  'fa',
  'th',
  'nl',
  'da',
  'sv',
  'nb',
]);

/** True where a word for a person says whether that is a woman or a man. */
export function marksGender(tag: string): boolean {
  return !UNMARKED.has(languageOf(tag));
}
