import { writtenIn } from './language-facts';

/** Small words that nearly every sentence of a language has, and English has not. */
const FUNCTION_WORDS: Readonly<Record<string, string>> = {
  cs: 'je na se ve který jsou ze před vedle stojí sedí dva muž žena',
  da: 'en et på med og der som står sidder ved siden af i',
  de: 'ein eine einem einen einer der die das auf mit und im neben vor von zwei steht sitzt ist zu',
  es: 'un una el la los las con en de y sobre del al que está junto',
  fi: 'on ja joka kanssa edessä vieressä istuu seisoo kaksi',
  fr: 'un une le la les des du sur avec dans et en est qui près devant assis',
  hu: 'egy az egyik és van mellett előtt ül áll két',
  it: 'un una uno il la le gli con su di e nel nella sul seduto accanto',
  nb: 'en et på med og som står sitter ved siden av i',
  nl: 'een het de op met en van aan naast voor zit staat twee',
  pl: 'na w z i jest się obok przed stoi siedzi który dwa dwie kobieta mężczyzna',
  pt: 'um uma o os as com em de do da no na e ao sobre sentado',
  ro: 'un o pe cu și în de lângă stă care din',
  sv: 'en ett på med och som står sitter vid i bredvid av två',
  tr: 've bir ile üzerinde olan yanında oturan duran için iki',
};
const ENGLISH = new Set('the with and are standing sitting next front two top some'.split(' '));
const LEAST_HITS = 2;
const LEAST_SHARE_OF_SCRIPT = 0.8;

const sets = new Map<string, ReadonlySet<string>>();

function wordsOf(language: string): ReadonlySet<string> {
  const known = sets.get(language) ?? new Set((FUNCTION_WORDS[language] ?? '').split(' '));
  sets.set(language, known);
  return known;
}

/**
 * Whether a text is in a language already: by its script where that is not ours, else by its small words. Where in doubt, it is not. Pure.
 */
export function isWrittenIn(text: string, language: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const script = writtenIn(language);
  if (!script.test('a')) {
    const share = letters.filter((letter) => script.test(letter)).length / Math.max(letters.length, 1);
    return share >= LEAST_SHARE_OF_SCRIPT;
  }
  const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  const own = wordsOf(new Intl.Locale(language).language);
  const hits = new Set(words.filter((word) => own.has(word))).size;
  return hits >= LEAST_HITS && !words.some((word) => ENGLISH.has(word));
}
