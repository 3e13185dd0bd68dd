import { ENGLISH, FIRST, TENS, numeralInside, tensOf } from './numerals';

/** Numbers that English spells in two words, and times of day that languages count from the next hour. */

const COMPOUND = new RegExp(
  `\\b(${TENS.join('|')})[- ](one|${ENGLISH.slice(0, 8).join('|')})\\b(?! (?:past|to)\\b)`,
  'gi',
);

/** True where the English has "seventy-five" or its like, and the translation another number in words. */
export function losesCompound(english: string, translation: string, language: string): boolean {
  const tens = tensOf(language);
  if (tens === null || /\p{Nd}/u.test(translation)) return false;
  return Array.from(english.matchAll(COMPOUND)).some(([, ten = '', one = '']) => {
    const at = TENS.indexOf(ten.toLowerCase());
    const ones = one.toLowerCase() === 'one' ? 1 : ENGLISH.indexOf(one.toLowerCase()) + FIRST;
    // "soixante-quinze" is 60 and 15.
    const fromTwenties = language === 'fr' && (at === 5 || at === 7) && !/septante|nonante/i.test(translation);
    const rest = fromTwenties ? ones + 10 : ones;
    const hasRest = rest < FIRST || numeralInside(rest, language)?.test(translation) !== false;
    return tens[at]?.test(translation) === false || !hasRest;
  });
}

const HALF_PAST = /\bhalf past (\w+)/i;
/** "halb vier" and "half vier" are half past three. */
const HALF_TO: Readonly<Record<string, RegExp>> = { de: /\bhalb (\p{L}+)/iu, nl: /\bhalf (\p{L}+)/iu };

/** True where "half past three" has become the half hour before it. */
export function misreadsHalf(english: string, translation: string, language: string): boolean {
  const hour = ENGLISH.indexOf(HALF_PAST.exec(english)?.[1]?.toLowerCase() ?? '') + FIRST;
  const said = HALF_TO[language]?.exec(translation)?.[1];
  if (hour < FIRST || said === undefined) return false;
  return numeralInside(hour, language)?.test(said) === true;
}
