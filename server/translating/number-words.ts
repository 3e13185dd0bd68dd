/** The numbers that captions spell out, and how languages write them. */

/** From two on: "one" is often an article. In the order of their values. */
const ENGLISH = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const FIRST = 2;

/**
 * Beginnings of words that may stand for 2, 3 … 12: numerals in all their forms, and words such as "pair" and "dozen". By language;
 * the scripts of CJK have no words, so there they may stand anywhere.
 */
const NUMERALS: Readonly<Record<string, string>> = {
  de: 'zwei|zwo|beide|paar|doppel|duo,drei|dritt|trio,vier,fünf,sechs,sieben,acht,neun,zehn,elf,zwölf|dutzend',
  fr: 'deux|pair|couple|doubl|duo,trois|tri,quatr|quatuor,cinq,six,sept,huit,neuf,dix,onze,douz',
  es: 'dos|par|parej|amb|dobl|dúo,tres|trí|tri,cuatr,cinco,seis,siete,ocho,nueve,diez,once,doce',
  it: 'due|copp|paio|entramb|dopp|duo|bi,tre|tri,quattr,cinque,sei,sette,otto,nove,dieci,undici,dodic|dozzin',
  pt: 'dois|duas|par|casal|amb|dupl|duo,três|tri,quatro,cinco,seis|meia,sete,oito,nove,dez,onze,doze|dúzia',
  nl: 'twee|beide|paar|koppel|dubbel|duo,drie|trio,vier,vijf,zes,zeven,acht,negen,tien,elf,twaalf|dozijn',
  pl: 'dw|ob|par,trz|troj|tró|tri,czter|czwor,pię,sześ|szó|szesn,siedem|siedm,osi|ośm,dziewię,dziesię,jedena,dwana|dwuna|tuzin',
  ja: '二|両|双|ふた|ペア|カップル,三|みっ,四|よっ,五|いつ,六|むっ,七|なな,八|やっ,九|ここの,十|とお,十一,十二|ダース',
  zh: '二|两|兩|双|雙|对|對|俩|倆,三,四,五,六,七,八,九,十,十一,十二|打',
};

/** Arabic says "two" with the end of the noun, which has several forms. */
const ARABIC =
  '(?:اثن|زوج|كل[اي]|\\p{L}+(?:ان|ين|ا|ي)(?!\\p{L})),ثلاث,[أا]ربع,خمس,ست,سبع,ثمان,تسع,عشر,(?:أحد|إحدى|احد),اثن';

const compiled = new Map<string, readonly RegExp[] | null>();

function numeralsOf(language: string): readonly RegExp[] | null {
  const known = compiled.get(language);
  if (known !== undefined) return known;
  const list = language === 'ar' ? ARABIC : NUMERALS[language];
  const hasWords = language !== 'ja' && language !== 'zh';
  // Arabic writes articles and prepositions together with the word.
  const before = language === 'ar' ? String.raw`(?<!\p{L})(?:و|ب|ل|ال)*` : hasWords ? String.raw`(?<!\p{L})` : '';
  const made = list?.split(',').map((beginnings) => new RegExp(`${before}(?:${beginnings})`, 'iu')) ?? null;
  compiled.set(language, made);
  return made;
}

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

const spelledIn = (english: string) =>
  ENGLISH.flatMap((word, at) => (new RegExp(`\\b${word}\\b`, 'i').test(english) ? [String(at + FIRST)] : []));

/** "half past seven", "quarter to five": languages count these the other way round. */
const SPELLED_TIME = /\b(?:half|quarter|five|ten|twenty)\s+(?:past|to)\s+\w+/gi;
/** "9:15 pm" and "10 p.m.": the hour, the minutes, and whether it is after noon. */
const TIME = /\b(\d{1,2})(?::(\d{2})|(?=\s*[ap]\.?m\b))(?:\s*([ap])\.?m\b)?/gi;
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

/** True where a number of the English text is not in the translation, or a number in digits is there that is not in the English. */
export function losesNumber(source: string, translation: string, language: string): boolean {
  if (MULTIPLES.test(source) || MULTIPLES.test(translation)) return false;
  const numerals = numeralsOf(language);
  const told = digitsOf(translation);
  const { text: english, left } = withoutTimes(source, told);
  const [digits, spelled] = [digitsOf(english), spelledIn(english)];
  const isSpelled = (value: string) => numerals?.[Number(value) - FIRST]?.test(translation) ?? false;
  for (const value of digits) {
    const at = left.indexOf(value);
    if (at !== -1) left.splice(at, 1);
    else if (!isSpelled(value)) return true;
  }
  const missing = numerals === null ? [] : spelled.filter((value) => !told.includes(value) && !isSpelled(value));
  return missing.length > 0 || left.some((value) => !spelled.includes(value) && value !== '1');
}
