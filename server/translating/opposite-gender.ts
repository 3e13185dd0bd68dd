/** English words that say a woman, a girl, or something of theirs, against those that say the opposite; and what they are elsewhere. */
interface Opposites {
  readonly female: RegExp;
  readonly male: RegExp;
  readonly words: Readonly<Record<string, readonly [female: RegExp, male: RegExp]>>;
}

const only = (words: string) => new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'iu');
const arabic = (words: string) => only(`(?:و|ب|ل|ال)*(?:${words})`);

const OPPOSITES: readonly Opposites[] = [
  {
    female:
      /\b(?:\w*wom[ae]n|girls?|lad(?:y|ies)|females?|mothers?|moms?|daughters?|sisters?|wi(?:fe|ves)|brides?|queens?|aunts?)\b/i,
    male: /\b(?!(?:hu|ger|ro|nor)m[ae]ns?\b)(?:(?:(?!\w*wom[ae]n)\w*m[ae]n)|boys?|guys?|males?|fathers?|dads?|sons?|brothers?|husbands?|grooms?|kings?|uncles?)\b/i,
    words: {
      de: [
        only(
          '\\p{L}*frau(?:en)?|Mädchen|Damen?|Mutter|Mütter|Töchter|Tochter|Schwestern?|Braut|Bräute|Königin|Tante|weiblich\\p{L}*|\\p{L}*[Ww]eibchen|\\p{L}{3,}in(?:nen)?',
        ),
        only('\\p{L}*(?:mann|männern?)|Jungen?|Herr(?:en)?|Vater|Väter|Sohn|Söhne|Bruder|Brüder|Bräutigam|König'),
      ],
      fr: [
        only('femmes?|fill(?:e|ette)s?|dames?|mères?|sœurs?|épouses?|mariées?|reines?|tantes?'),
        only('hommes?|garçons?|messieurs|pères?|fils|frères?|mari|mariés?|rois?|oncles?'),
      ],
      es: [
        only('mujer(?:es)?|niñas?|chicas?|señoras?|madres?|hijas?|hermanas?|esposas?|novias?|reinas?|tías?'),
        only('hombres?|niños?|chicos?|señor(?:es)?|padres?|hijos?|hermanos?|maridos?|novios?|rey(?:es)?|tíos?'),
      ],
      it: [
        only(
          'donn[ae]|ragazz[ae]|bambin[ae]|signor[ae]|madr[ei]|mamm[ae]|figli[ae]|sorell[ae]|mogli[e]?|spos[ae]|regin[ae]',
        ),
        only('uomo|uomini|ragazz[oi]|bambin[oi]|signori?|padr[ei]|papà|figlio?|fratell[oi]|marit[oi]|spos[oi]|re'),
      ],
      pt: [
        only(
          'mulher(?:es)?|meninas?|moças?|garotas?|senhoras?|mães?|filhas?|irmãs?|esposas?|noivas?|rainhas?|raparigas?',
        ),
        only(
          'homem|homens|menin[o]s?|rapaz(?:es)?|moços?|garotos?|senhor(?:es)?|pais?|filhos?|irmãos?|maridos?|noivos?|reis?',
        ),
      ],
      nl: [
        only('\\p{L}*vrouw(?:en)?|meisjes?|dames?|moeders?|dochters?|zus(?:sen|ters?)?|bruid|koningin'),
        only(
          '(?!iemand|niemand)\\p{L}*man(?:nen)?|jongens?|jongetjes?|heren|vaders?|zoons?|zonen|broers?|bruidegom|koning',
        ),
      ],
      pl: [
        only(
          'kobiet\\p{L}*|dziewczyn\\p{L}*|pani|matk\\p{L}*|córk\\p{L}*|siostr\\p{L}*|żon\\p{L}*|\\p{L}{3,}(?:k[aiąęo]|ek|czyni\\p{L}*)',
        ),
        only(
          'mężczyzn\\p{L}*|chłop(?:iec|c|ak)\\p{L}*|pan|ojc\\p{L}*|ojciec|syn\\p{L}*|brat\\p{L}*|mąż|trener\\p{L}*|lekarz\\p{L}*|kierowc\\p{L}*|nauczyciel(?:em|a|owi)?|biznesmen\\p{L}*|policjant(?:em|a|owi)?',
        ),
      ],
      ja: [/女|母|妻|娘|姉|妹|花嫁/u, /男|少年|父|夫|息子|兄|弟|花婿/u],
      zh: [/[女她妈媽母妻姐妹]/u, /[男爸父丈兄弟]/u],
      ar: [
        arabic('امرأة|نساء|فتاة|فتيات|شابة|سيدة|سيدات|بنت|أم|والدة|ابنة|أخت|زوجة'),
        arabic('رجل|رجال|رجلان|شاب(?!ة)|صبي|فتى|ولد|أولاد|أب|والد(?!ة)|ابن(?!ة)|أخ|زوج(?!ة)'),
      ],
    },
  },
  {
    female: /\b(?:girls?|daughters?|schoolgirls?)\b/i,
    male: /\b(?:boys?|sons?|schoolboys?)\b/i,
    words: {
      de: [only('Mädchen|Töchter|Tochter'), only('Jungen?|Bub(?:en)?|Sohn|Söhne')],
      fr: [only('fill(?:e|ette)s?'), only('garçon(?:net)?s?|fils')],
      es: [only('niñas?|chicas?|hijas?|muchachas?'), only('niños?|chicos?|hijos?|muchachos?')],
      it: [only('bambin[ae]|ragazz[ae]|figlia|figlie'), only('bambin[oi]|ragazz[oi]|figlio?')],
      pt: [only('meninas?|garotas?|filhas?|raparigas?'), only('meninos?|garotos?|filhos?|rapaz(?:es)?')],
      nl: [only('meisjes?|dochters?'), only('jongens?|jongetjes?|zoons?|zonen|zoontjes?')],
      pl: [only('dziewczyn\\p{L}*|córk\\p{L}*'), only('chłop(?:iec|c|ak)\\p{L}*|syn\\p{L}*')],
    },
  },
  {
    female: /\b(?:her|hers|she)\b/i,
    male: /\b(?:his|he|him)\b/i,
    // Elsewhere the word goes by what is owned. "zijn" is "are" as well, which goes with plurals.
    words: {
      nl: [only('haar|ze'), only('zijn(?= (?:\\p{L}+ )?\\p{L}+)')],
      ja: [/彼女/u, /彼(?!女)/u],
      zh: [/她/u, /他(?!们|們)/u],
    },
  },
];

const FEMALE = /\bfemale \w/i;
/** Languages in which nearly every noun for a woman ends in its own way. */
const ENDS_FOR_WOMEN = new Set(['de', 'pl']);

/** True where the English says one of two opposites, and the translation only the other. */
export function swapsGender(english: string, translation: string, language: string): boolean {
  return OPPOSITES.some(({ female, male, words }) => {
    const pair = words[language];
    const saysFemale = female.test(english);
    if (pair === undefined || saysFemale === male.test(english)) return false;
    const [hasFemale, hasMale] = pair.map((said) => said.test(translation));
    if (FEMALE.test(english) && ENDS_FOR_WOMEN.has(language)) return hasFemale !== true;
    return saysFemale ? hasMale === true && hasFemale !== true : hasFemale === true && hasMale !== true;
  });
}
