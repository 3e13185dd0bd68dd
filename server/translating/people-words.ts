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
  nl:
    'man|mannen|vrouw|vrouwen|jongens?|meisjes?|dames?|heren|studentes?|verpleegsters?|lerares(?:sen)?|zangeres(?:sen)?|danseres(?:sen)?|boerin(?:nen)?|vriendin(?:nen)?|' +
    '\\p{L}*juf(?:fen|frouw(?:en)?)?|secretaresses?|kokkinn?(?:en)?|actrices?|directrices?|kunstenares(?:sen)?|lerares(?:sen)?|(?:ver(?:koop|pleeg)|serveer|schrijf|speel|kap|zwem|loop|schaats|fiets|werk|voetbal|hardloop|schilder|onderwijz|speur|tennis)sters?',
  pl: String.raw`mężczyzn\p{L}*|kobiet\p{L}*|chłop(?:iec|c|ak)\p{L}*|dziewczyn\p{L}*`,
  ar: 'رجل|رجال|رجلان|امرأة|نساء|سيدة|فتاة|فتى|صبي|بنت',
};
/** Goddesses are statues, and both together say neither. */
const ANYWHERE: Readonly<Record<string, RegExp>> = {
  ja: /(?:男(?!女|爵)|(?<!男)女(?!神))/u,
  zh: /(?:男(?!女)|(?<!男)女(?!神)|她)/u,
};
/** Names of buildings and games, and what else is no person. */
const NO_PERSON = /Notre[- ]Dames?|jeux? de dames|juegos? de damas|Dame de fer|bonshommes?/giu;

/** The word of the translation that says more of a person than the English does; null where there is none. */
export function addedGender(english: string, translation: string, language: string): string | null {
  if (ENGLISH.test(english)) return null;
  const anywhere = ANYWHERE[language]?.exec(translation)?.[0];
  if (anywhere !== undefined) return anywhere;
  const words = WORDS[language];
  if (words === undefined) return null;
  const article = language === 'ar' ? '(?:و|ب|ل|ال)*' : '';
  const people = translation.replace(NO_PERSON, '');
  return new RegExp(`(?<!\\p{L})${article}(?:${words})(?!\\p{L})`, 'iu').exec(people)?.[0] ?? null;
}

/** Nouns for people that are the same for all, where no article or adjective says more. */
const ARTICLES = {
  fr: '(?<!(?<!\\p{L})(?:une?|l[ea]|du|au|cet|cette|jeune|petite?|vieux|vieille)\\s)',
  es: '(?<!(?<!\\p{L})(?:una?|el|l[ao]s?|un[ao]s|al|del)\\s)',
  pt: '(?<!(?<!\\p{L})(?:um|uma|uns|umas|[oa]s?|d[oa]s?|n[oa]s?)\\s)',
};
/** Views, lists and roads end like them. */
const NOT_PEOPLE = '(?!(?:(?:re|entre)?vista|lista|(?:auto)?pista|conquista)s?(?!\\p{L}))';
const NEUTRAL: Readonly<Record<string, string>> = {
  // A capital is what makes a noun of it.
  de:
    '\\p{L}*[Pp]ersonen|\\p{L}*[Pp]erson|Menschen|Mensch|\\p{L}*[Ll]euten?|\\p{L}*[Kk]ind(?:er[ns]?|s|es)?|Babys?|Jugendlichen?|Erwachsenen?|' +
    '(?!Wochen)\\p{Lu}\\p{L}{2,}enden?|\\p{L}*[Kk]r(?:aft|äften?)|\\p{L}+[:*_·]in(?:nen)?|\\p{L}*[Gg](?:ast|äste)n?|\\p{L}*[Mm]itglied(?:er)?n?|' +
    '\\p{L}*[Pp]ersonal|\\p{L}*[Tt]eam|Mannschaft|Publikum|Crew|Profis?|Teenagern?|Models?|Fans?|Stars?',
  fr:
    'personnes?|gens|enfants?|bébés?|élèves?|adultes|jeunes|public|équipe|équipage|foule|membres?|vedettes?|victimes?|personnel|' +
    `l[’']artiste|l[’']athlète|l[’']élève|${ARTICLES.fr}(?:(?!(?:piste|liste|triste)s?(?!\\p{L}))\\p{L}+istes?|photographes?|athlètes?|pilotes?|juges?|collègues?|architectes?|secrétaires?|malades?|scientifiques?)`,
  es:
    'personas?|gente|bebés?|público|equipo|multitud|tripulación|orquesta|estrellas?|víctimas?|miembros?|personal|alumnado|profesorado|' +
    `${ARTICLES.es}(?:${NOT_PEOPLE}\\p{L}+istas?|(?:estudia|canta|pacie|visita|age|comercia|pasea|camina|asiste|participa|clie|ayuda|dependie|manifesta|vianda|reside|conferencia)ntes?|transeúntes?|j[oó]ven(?:es)?|atletas?|policías|guías|colegas)`,
  it: 'persone|persona|gente|pubblico|squadra|folla|equipaggio|personale|neonati?',
  pt: `pessoas?|gente|crianças?|beb[eéê]s?|público|equip[ea]|multidão|pessoal|${ARTICLES.pt}(?:${NOT_PEOPLE}\\p{L}+istas?|(?:estuda|pacie|visita|age|comercia|participa|clie|ajuda|ate|assiste)n(?:den)?tes?|jovens?|atletas?|colegas)`,
  pl: 'os[oó]b\\p{L}*|ludzi\\p{L}*|dzieci\\p{L}*|dzieck\\p{L}*|niemowl\\p{L}*|publicznoś\\p{L}*|drużyn\\p{L}*',
  ar: '(?:و|ب|ل|ال)*(?:شخص\\p{L}*|أشخاص|ناس|أطفال|جمهور|فريق|حشد|طاقم)',
};
const NEUTRAL_ENGLISH =
  /\b(?:people|persons?|child(?:ren)?|kids?|toddlers?|bab(?:y|ies)|crowd|team|audience|crew|public|staff|adults?|teenagers?|members?)\b/gi;

/** How many people a translation calls by a word that is the same for all, beyond those whom the English does. */
export function neutralPeople(english: string, translation: string, language: string): number {
  const words = NEUTRAL[language];
  if (words === undefined) return 0;
  const flags = language === 'de' ? 'gu' : 'giu';
  const said = translation.match(new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, flags)) ?? [];
  return said.length - (english.match(NEUTRAL_ENGLISH) ?? []).length;
}

/** Plurals that speak of women only. The other plural is said of all, so that it says nothing. */
const WOMEN: Readonly<Record<string, string>> = {
  de: '\\p{L}{3,}(?<![:*_·]|\\p{Lu})innen|\\p{L}*schwestern|\\p{L}*frauen',
  fr: '(?:infirmi|boulang|cuisini|ouvri|couturi|fermi|écoli|cavali|passag)ères?|\\p{L}+(?:teuses|trices|seuses|neuses|reuses)|étudiantes|amies|clientes|patientes|musiciennes|chirurgiennes|lycéennes|avocates|cheffes',
  es: '\\p{L}+(?:doras|toras|soras)|enfermeras|maestras|alumnas|niñas|amigas|bailarinas|camareras|cocineras|obreras|médicas|abogadas|pasajeras|compañeras|granjeras|panaderas|ingenieras|arquitectas|científicas|fotógrafas|músicas|l?as (?:\\p{L}+istas|\\p{L}+ntes)',
  it: '\\p{L}+(?:trici|esse)|infermiere|maestre|alunne|amiche|bambine|cuoche|cameriere|operaie|le (?:\\p{L}+iste|pazienti|cantanti|clienti)',
  pt: '\\p{L}+(?:doras|toras|soras)|enfermeiras|alunas|meninas|amigas|bailarinas|cozinheiras|médicas|advogadas|as (?:\\p{L}+istas|\\p{L}+ntes)',
  pl: '\\p{L}+(?:arki|erki|orki|iczki|anki|entki|istki|elki|ółki|aczki)',
  ar: '(?:ال)?(?:طبيب|ممرض|معلم|طالب|مدرس|لاعب|راقص|موظف|عامل|سائح|صديق|مهندس|متسابق|فنان|مصور|مزارع|طباخ|مغني)ات',
};

/** The first plural in a translation that means women only; null where there is none, or the language has no list. */
export function womenOnly(translation: string, language: string): string | null {
  const words = WOMEN[language];
  return words === undefined
    ? null
    : (new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'iu').exec(translation)?.[0] ?? null);
}
