/** Whether the numbers of the English are in a translation. */
import { changesLargeNumber } from './large-numbers';
import { ENGLISH, FIRST, TENS, numeralsOf, words } from './numerals';
import { losesCompound, misreadsHalf } from './spelled-numbers';

const ORDINALS = words('first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth');
/** Other ways to say how many, which languages may say with a numeral. */
const AMOUNTS: readonly (readonly [RegExp, number])[] = [
  [/\b(?:couples?|pairs?|both|twins?|double|duo|twice)\b/i, 2],
  [/\b(?:trio|triplets?|triple)\b/i, 3],
  [/\b(?:quartet|quadruplets?|quarters?)\b/i, 4],
  [/\bhalf (?:a )?dozen\b/i, 6],
  [/\bdecades?\b/i, 10],
  [/\b(?:dozens?|noon|midday|midnight)\b/i, 12],
];
/** Numbers that are part of a name for a thing, which has other names elsewhere. */
const NAMES =
  /\bhigh[- ]fives?\b|\b(?:four-poster|two-tone|two-piece|three-piece|six-packs?|nine-to-five|two by two|(?:two|three|four)-(?:way|wheel\w*|leaf|seater|dimensional))\b/gi;

/** Digits of every script stand in a row of ten, zero first. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
}

function digitsOf(text: string): string[] {
  // "1,000", "1.000" and "1 000" are one number.
  const joined = text.normalize('NFKC').replace(/(\p{Nd})[.,'’\s](?=\p{Nd}{3}(?!\p{Nd}))/gu, '$1');
  const runs = joined.match(/\p{Nd}+/gu) ?? [];
  return runs.map((run) => Array.from(run, valueOf).join(''));
}

/** "twenty-five" and its like, as regular expressions of all of them. */
const COMPOUND = new RegExp(`\\b(?:${TENS.join('|')})[- ](?:one|${ENGLISH.slice(0, 8).join('|')})\\b`, 'gi');
const wordFor = (word: string, ending = '') => new RegExp(`\\b${word}${ending}\\b`, 'i');

/** Values that the English spells out and a translation has to say, from 2 to 20. */
function spelledIn(english: string): string[] {
  const plain = english.replace(NAMES, '').replace(COMPOUND, '');
  return ENGLISH.flatMap((word, at) => (wordFor(word).test(plain) ? [String(at + FIRST)] : []));
}

/** Values that a translation may write in digits although the English has none. */
function sayableIn(english: string): Set<string> {
  const values: number[] = ENGLISH.flatMap((word, at) => (wordFor(word).test(english) ? [at + FIRST] : []));
  ORDINALS.forEach((word, at) => wordFor(word).test(english) && values.push(at + 1));
  // "in her thirties", and the decades.
  TENS.forEach(
    (word, at) => wordFor(word.replace(/y$/, ''), '(?:y|ies|ieth)').test(english) && values.push((at + 2) * 10),
  );
  for (const [compound] of english.matchAll(COMPOUND)) {
    const [tens = '', ones = ''] = compound.toLowerCase().split(/[- ]/);
    values.push((TENS.indexOf(tens) + 2) * 10 + (ones === 'one' ? 1 : ENGLISH.indexOf(ones) + FIRST));
  }
  for (const [amount, value] of AMOUNTS) if (amount.test(english)) values.push(value);
  for (const [roman] of english.matchAll(/\b[IVX]{2,}\b/g)) values.push(romanValue(roman));
  MONTHS.forEach((month, at) => new RegExp(`\\b${month}\\b(?=.*\\d)`).test(english) && values.push(at + 1));
  return new Set(values.map(String));
}

const MONTHS = words('January February March April May June July August September October November December');

/** Lengths, weights and temperatures that a translation gives in metric units. */
const IMPERIAL =
  /\b\d{1,9}(?:[.,]\d{1,9})?[- ]?(?:foot|feet|ft|inch(?:es)?|yards?|miles?|mph|pounds?|lbs?|ounces?|oz|gallons?|acres?|°\s?F)\b/gi;
const METRIC =
  /(?<!\p{Nd})\p{Nd}{1,9}(?:[.,]\p{Nd}{1,9})?[\s-]?(?:mm|cm|km|m|kg|g|ml|l|ha|°\s?C|(?:Kilo|Zenti|Centi|centí|centi|kilo|Quadrat|quilô|chilo|kilò)?(?:m[eè]t(?:er|re|ro|ri)|metr)\p{L}*|gram\p{L}*|lit(?:er|re|ro)\p{L}*|米|公里|公斤|メートル|キロ|センチ|متر\p{L}*|كيلو\p{L}*)(?!\p{Script=Latin})/giu;

const ORDINAL = /\b(\d+)(?:th|st|nd|rd)\b/gi;

/** "15th" of the English, where the translation has another one in Roman numerals. */
function changesOrdinal(source: string, translation: string): boolean {
  const said = Array.from(translation.matchAll(/(?<!\p{L})[IVX]+(?!\p{L})/gu), ([roman]) => romanValue(roman));
  if (said.length === 0) return false;
  return Array.from(source.matchAll(ORDINAL), ([, digits]) => Number(digits)).some((value) => !said.includes(value));
}

/** Below zero in English, and not in the translation. */
const NEGATIVE = /(?<![\p{L}\p{Nd}])[-−–](?=\p{Nd})|\bminus (?=\d)/u;
const SAYS_NEGATIVE =
  /(?<![\p{L}\p{Nd}])[-−–]\s?(?=\p{Nd})|(?<!\p{L})(?:minus|moins|menos|meno|min|unter null|au-dessous|bajo cero|abaixo de zero|sotto zero|onder nul|poniżej zera)(?!\p{L})|零下|マイナス|氷点下|负|負|ناقص|سالب|تحت الصفر/iu;

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

function romanValue(roman: string): number {
  const digits = Array.from(roman, (letter) => ROMAN[letter] ?? 0);
  return digits.reduce((sum, digit, at) => sum + (digit < (digits[at + 1] ?? 0) ? -digit : digit), 0);
}

/** "the 1990s": languages say the nineties, or write the whole year. */
const DECADE = /\b\d*(\d0)s\b/g;

/** "half past seven", "quarter to five": languages count these the other way round. */
const SPELLED_TIME = /\b(?:half|quarter|twenty[- ]five|five|ten|twenty)\s+(?:minutes\s+)?(?:past|to)\s+\w+/gi;
/** "9:15 pm" and "10 p.m.": the hour, the minutes, and whether it is after noon. */
const TIME = /\b(\d{1,2})(?::(\d{2})(?![\d.,]\d)|(?=\s*[ap]\.?m\b))(?:\s*([ap])\.?m\b)?/gi;
/** With these a number is written in many ways: two million, 200万. "50th" is often a word. */
const MULTIPLES =
  /\b(?:hundreds?|thousands?|millions?|billions?)\b|\p{Nd}\s?(?:mil|mille|tausend|Millionen?)\b|[万萬億亿]|\d(?:th|st|nd|rd)\b/iu;
/** Minutes that languages have words for. */
const NAMED_MINUTES = new Set(['00', '15', '30', '45']);

/** Takes the times of day out of the English numbers; what may stand for them is taken out of `told`. */
function withoutTimes(english: string, told: readonly string[]): { text: string; left: string[] } {
  const left = [...told];
  const take = (values: readonly string[]) => {
    const at = left.findIndex((value) => values.includes(value));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  };
  const text = english.replace(
    TIME,
    (time: string, hour: string, minutes: string | undefined, half: string | undefined) => {
      // A time that is all words cannot be compared.
      if (told.length === 0) return '';
      const hours = [hour, hour.padStart(2, '0'), ...(half === undefined ? [] : [String((Number(hour) % 12) + 12)])];
      const hasMinutes = minutes === undefined || take([minutes]) || NAMED_MINUTES.has(minutes);
      return take(hours) && hasMinutes ? '' : time;
    },
  );
  return { text: text.replace(SPELLED_TIME, ''), left };
}

/** Takes the decades out of both: said in words, or as a year. */
function withoutDecades(english: string, told: readonly string[]): { english: string; told: string[] } {
  const decades = new Set<string>();
  const rest = english.replace(DECADE, (whole, tens: string) => {
    decades.add(whole.slice(0, -1)).add(tens);
    return '';
  });
  return { english: rest, told: told.filter((value) => !decades.has(value)) };
}

/** True where a number of the English text is not in the translation, or a number in digits is there that is not in the English. */
export function losesNumber(source: string, translation: string, language: string): boolean {
  if (changesLargeNumber(source, translation) || changesOrdinal(source, translation)) return true;
  if (MULTIPLES.test(source) || MULTIPLES.test(translation)) return false;
  if (NEGATIVE.test(source) && !SAYS_NEGATIVE.test(translation)) return true;
  if (losesCompound(source, translation, language) || misreadsHalf(source, translation, language)) return true;
  const numerals = numeralsOf(language);
  const isConverted = source.search(IMPERIAL) !== -1 && translation.search(METRIC) !== -1;
  const { english: plain, told } = withoutDecades(
    isConverted ? source.replace(IMPERIAL, '') : source,
    digitsOf(isConverted ? translation.replace(METRIC, '') : translation),
  );
  const { text: english, left } = withoutTimes(plain, told);
  const [digits, spelled, sayable] = [digitsOf(english), spelledIn(english), sayableIn(source)];
  const isSpelled = (value: string) => numerals?.[Number(value) - FIRST]?.test(translation) ?? false;
  for (const value of digits) {
    const at = left.indexOf(value);
    if (at !== -1) left.splice(at, 1);
    else if (!isSpelled(value)) return true;
  }
  const missing = numerals === null ? [] : spelled.filter((value) => !told.includes(value) && !isSpelled(value));
  if (missing.length > 0) return true;
  // A time in words may be written in digits, the hour and the minutes.
  return new RegExp(SPELLED_TIME, 'i').test(source)
    ? false
    : left.some((value) => !sayable.has(value) && value !== '1');
}
