/** The numbers that captions spell out, and how languages write them. */

const words = (list: string) => list.split(' ');

/** From two on: "one" is often an article. In the order of their values. */
const ENGLISH = words('two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'); // prettier-ignore
const FIRST = 2;
const TENS = words('twenty thirty forty fifty sixty seventy eighty ninety');
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

/**
 * Beginnings of words that may stand for 2, 3 … 20: numerals in all their forms, and words such as "pair" and "dozen". By language;
 * the scripts of CJK have no words, so there they may stand anywhere.
 */
const NUMERALS: Readonly<Record<string, string>> = {
  de: 'zwei|zwo|beide|paar|doppel|duo|zwilling,drei|dritt|trio,vier,fünf,sechs,sieb,acht,neun,zehn,elf,zwölf|dutzend,dreizehn,vierzehn,fünfzehn,sechzehn,siebzehn,achtzehn,neunzehn,zwanzig',
  fr: 'deux|pair|couple|doubl|duo|jumeau|jumelle,trois|tri,quatr|quatuor,cinq,six,sept,huit,neuf,dix,onze,douz,treiz,quatorz,quinz,seiz,dix-sept,dix-huit,dix-neuf,vingt',
  es: 'dos|par|parej|amb|dobl|dúo|gemel|melliz,tres|trí|tri,cuatr|cuádr,cinco,seis,siete,ocho,nueve,diez,once,doce,trece,catorce,quince,diecis[eé]is,diecisiete,dieciocho,diecinueve,veint',
  it: 'due|copp|paio|entramb|dopp|duo|bi|gemell,tre|tri,quattr,cinque,sei,sette,otto,nove,dieci,undici,dodic|dozzin,tredici,quattordici,quindici,sedici,diciassette,diciotto,diciannove,venti',
  pt: 'dois|duas|par|casal|amb|dupl|duo|gême,três|tri,quatro,cinco,seis|meia,sete,oito,nove,dez,onze,doze|dúzia,treze,[cq]u?atorze,quinze,dez[ea]sseis,dez[ea]ssete,dezoito,dez[ea]nove,vint',
  nl: 'twee|beide|paar|koppel|dubbel|duo,drie|trio,vier,vijf,zes,zeven,acht,negen,tien,elf,twaalf|dozijn,dertien,veertien,vijftien,zestien,zeventien,achttien,negentien,twintig',
  pl: 'dw|ob|par|bliźni,trz|troj|tró|tri,czter|czwor,pię,sześ|szó|szesn,siedem|siedm,osi|ośm,dziewię,dziesię,jedena,dwana|dwuna|tuzin,trzyna,czterna,piętna,szesna,siedemna,osiemna,dziewiętna,dwadzie|dwudzie',
  ja: '二|両|双|ふた|ペア|カップル|ツイン,三|みっ|トリプル,四|よっ,五|いつ,六|むっ,七|なな,八|やっ,九|ここの,十|とお,十一,十二|ダース,十三,十四,十五,十六,十七,十八,十九,二十',
  zh: '二|两|兩|双|雙|对|對|俩|倆,三,四,五,六,七,八,九,十,十一,十二|打,十三,十四,十五,十六,十七,十八,十九,二十',
};

/** Arabic says "two" with the end of the noun; a noun that another one follows loses its last letter. Teens begin with their ones. */
const ARABIC =
  '(?:اثن|ثنائ|زوج|كل[اي]|توأم|مزدوج|\\p{L}+(?:ان|ين|تا|تي|ا|ي)(?!\\p{L})),ثلاث,[أا]ربع|رباع,خمس|خماس,ست|سداس,سبع|سباع,ثمان,تسع,عشر,(?:أحد|إحدى|احد),اثن,ثلاث,[أا]ربع,خمس,ست,سبع,ثمان,تسع,عشرو|عشري';

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
  return new Set(values.map(String));
}

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

function romanValue(roman: string): number {
  const digits = Array.from(roman, (letter) => ROMAN[letter] ?? 0);
  return digits.reduce((sum, digit, at) => sum + (digit < (digits[at + 1] ?? 0) ? -digit : digit), 0);
}

/** "the 1990s": languages say the nineties, or write the whole year. */
const DECADE = /\b\d*(\d0)s\b/g;

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
  if (MULTIPLES.test(source) || MULTIPLES.test(translation)) return false;
  const numerals = numeralsOf(language);
  const { english: plain, told } = withoutDecades(source, digitsOf(translation));
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
