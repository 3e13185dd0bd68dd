/** Common short words of each language; of those that stand in two lists only one sentence's other words decide. */
const COMMON: Readonly<Record<string, string>> = {
  en: 'a an the of in on at with and is are to for from by this that their his her its as or two while',
  de: 'ein eine einer einem einen der die das den dem des und mit auf im am in ist sind von vor zwei zu für neben bei',
  fr: 'un une des du de la le les et avec dans sur au aux est sont devant deux pour par en qui sous près',
  es: 'un una unos unas el la los las de del y con en sobre es son dos por para que junto frente al',
  it: 'un una uno il lo la gli le di del della e con in su nel nella è sono due per che davanti al',
  pt: 'um uma uns umas o a os as de do da dos das e com em no na é são dois duas por para que ao',
  nl: 'een de het van en met op in is zijn twee voor bij aan naast door die dat',
  sv: 'en ett och med på i av är två för som den det vid',
  pl: 'i na w z ze do dla przy jest są dwa dwie oraz pod nad przed',
};
const LISTS = Object.entries(COMMON).map(([language, words]) => ({ language, words: new Set(words.split(' ')) }));

/** Sentences shorter than this often hold no short word at all. */
const LEAST_WORDS = 4;
/** Of longer sentences in English, nine of ten hold one of the words. */
const LEAST_SHARE = 0.5;

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{M}']+/gu) ?? [];

/**
 * A guess in which language texts are, by their short words: a BCP 47 tag, `und` where they are in none of those that are known here, and null
 * where they are too few or too short to say. Pure.
 */
export function languageOfTexts(texts: readonly string[]): string | null {
  const sentences = texts.map(wordsOf).filter((words) => words.length >= LEAST_WORDS);
  const foreign = texts.filter((text) => /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(text));
  if (foreign.length > texts.length / 2) return 'und';
  if (sentences.length < 5) return null;
  const found = LISTS.map(({ language, words }) => {
    const counts = sentences.map((sentence) => sentence.filter((word) => words.has(word)).length);
    const having = counts.filter((count) => count > 0).length;
    return { language, share: having / sentences.length, total: counts.reduce((sum, count) => sum + count, 0) };
  });
  const [best] = found.sort((one, other) => other.total - one.total);
  return best === undefined || best.share < LEAST_SHARE ? 'und' : best.language;
}

/** The words of a text for comparison, where no rules of a tokenizer are known: as Unicode parts them, in small letters. */
export function segmentedWords(text: string, language: string): string[] {
  const parts = new Intl.Segmenter(language, { granularity: 'word' }).segment(text.toLowerCase());
  return [...parts].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}
