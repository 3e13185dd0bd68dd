/** What is known of a language, by its BCP 47 tag. */

/** `pt` of pt-BR. */
export const languageOf = (tag: string) => new Intl.Locale(tag).language;

/** The script that a language is written in, by ISO 15924. */
export const scriptOf = (tag: string) => new Intl.Locale(tag).maximize().script ?? 'Latn';

/** By ISO 15924; others are checked by their own name. */
const SCRIPTS: Record<string, RegExp> = {
  Jpan: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
  Kore: /[\p{Script=Hangul}\p{Script=Han}]/u,
};

/** Letters that a language is written in. */
export function writtenIn(tag: string): RegExp {
  const script = scriptOf(tag);
  return (SCRIPTS[script] ??= new RegExp(`\\p{Script=${script}}`, 'u'));
}

/** Shortest and longest translation as a multiple of the English, in characters. Estimated. */
const BANDS: Readonly<Record<string, readonly [number, number]>> = {
  ar: [0.5, 1.5],
  he: [0.4, 1.4],
  ja: [0.16, 0.8],
  ko: [0.25, 1],
  zh: [0.12, 0.6],
};
const USUAL_BAND = [0.6, 2] as const;

export function lengthBand(tag: string): readonly [number, number] {
  return BANDS[languageOf(tag)] ?? USUAL_BAND;
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

/** Languages whose usual word for such a person is the same for all: Kind, personne, osoba. */
const ONE_WORD: Readonly<Record<string, ReadonlySet<string>>> = {
  child: new Set(['de', 'fr', 'pt', 'pl', 'cs', 'sk', 'uk', 'ru', 'el']),
  toddler: new Set(['de', 'pl', 'cs', 'sk', 'el']),
  baby: new Set(['de', 'fr', 'es', 'pt', 'pl', 'cs', 'sk', 'uk', 'ru', 'el']),
};

/** True where the word of a language for a person may say whether that is a woman or a man; `person` is the English one. */
export function marksGender(tag: string, person: string): boolean {
  const language = languageOf(tag);
  return person !== 'person' && !UNMARKED.has(language) && ONE_WORD[person]?.has(language) !== true;
}
