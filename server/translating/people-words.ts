/** Words that say of a person whether that is a woman or a man. */

/** English ones, with all words in -man, -men, -woman and -women. */
const ENGLISH =
  /\b(?:\w*wom[ae]n|\w*m[ae]n|boys?|girls?|lad(?:y|ies)|gentlem[ae]n|guys?|males?|females?|he|she|his|hers?|him|mothers?|fathers?|mom|dad|sons?|daughters?|husband|wife|wives|brides?|grooms?|kings?|queens?|princess|prince|brothers?|sisters?|grand(?:ma|pa|mother|father)s?|\w+ess(?:es)?|cowboys?|nuns?|monks?|aunts?|uncles?|schoolboys?|schoolgirls?)\b/i;

const WORDS: Readonly<Record<string, string>> = {
  de: 'mann|männer[n]?|mannes|frau|frauen|mädchen|dame|damen|herr|herren|bub',
  fr: 'hommes?|femmes?|garçons?|filles?|fillettes?|dames?|monsieur',
  es: 'hombres?|mujer(?:es)?|chic[oa]s?|muchach[oa]s?|señor[a]?s?|damas?',
  it: 'uomo|uomini|donn[ae]|ragazz[oaie]|signor[aei]?',
  pt: 'homem|homens|mulher(?:es)?|menin[oa]s?|rapaz(?:es)?|moç[oa]s?|garot[oa]s?|senhor[a]?(?:es)?',
  nl: 'man|mannen|vrouw|vrouwen|jongens?|meisjes?|dames?|heren',
  pl: String.raw`mężczyzn\p{L}*|kobiet\p{L}*|chłop(?:iec|c|ak)\p{L}*|dziewczyn\p{L}*`,
  ar: 'رجل|رجال|رجلان|امرأة|نساء|سيدة|فتاة|فتى|صبي|بنت',
};
const ANYWHERE: Readonly<Record<string, RegExp>> = { ja: /[男女]/u, zh: /[男女她]/u };

/** The word of the translation that says more of a person than the English does; null where there is none. */
export function addedGender(english: string, translation: string, language: string): string | null {
  if (ENGLISH.test(english)) return null;
  const anywhere = ANYWHERE[language]?.exec(translation)?.[0];
  if (anywhere !== undefined) return anywhere;
  const words = WORDS[language];
  if (words === undefined) return null;
  const article = language === 'ar' ? '(?:و|ب|ل|ال)*' : '';
  return new RegExp(`(?<!\\p{L})${article}(?:${words})(?!\\p{L})`, 'iu').exec(translation)?.[0] ?? null;
}
