/** Numbers with a word such as "million" after them, which every language says in its own way. */

type Multiple = readonly [word: string, factor: number];

const THOUSANDS: readonly Multiple[] = [
  ['tausend|duizend|mille|mila|mil|thousand|tysi\\p{L}+|千|ألف|آلاف', 1e3],
  ['万|萬', 1e4],
  [
    '百万|百萬|millionen|million|millions|mill[oó]n(?:es)?|milion[ei]|milione|milh(?:ão|ões)|miljoen|milion\\p{L}*|مليون|ملايين',
    1e6,
  ],
  ['千万|千萬', 1e7],
  ['亿|億', 1e8],
  ['milliarden?|milliards?|miliard[oi]|bilh(?:ão|ões)|miljard|miliard\\p{L}*|مليار(?:ات)?', 1e9],
];
const ENGLISH: readonly Multiple[] = [
  ['hundred', 1e2],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
];
/** Two multiples one after the other: "mil millones", "thousand million". */
const MOST_WORDS = 2;

/** "1,2" and "1.2" are the same; a mark before three digits parts thousands. */
function valueOf(digits: string): number {
  const joined = digits.replace(/[.,'’\u00A0\u202F ](?=\p{Nd}{3}(?!\p{Nd}))/gu, '');
  return Number(joined.replace(',', '.'));
}

function multiplesIn(text: string, multiples: readonly Multiple[]): number[] {
  // Longer words first, so that "mil" does not hide "milion".
  const words = multiples.map(([word]) => word).sort((one, other) => other.length - one.length);
  const word = `(?:${words.join('|')})(?!\\p{Script=Latin})`;
  const found = text
    .normalize('NFKC')
    .matchAll(
      new RegExp(
        `(?<![\\p{Nd}.,'’])(\\p{Nd}[\\p{Nd}.,'’\\u00A0\\u202F]*)((?:\\s{0,3}${word}){1,${MOST_WORDS}})`,
        'giu',
      ),
    );
  return Array.from(found, ([, digits = '', said = '']) => {
    const factors = Array.from(said.matchAll(new RegExp(word, 'giu')), ([one]) => factorOf(one, multiples));
    return factors.reduce((product, factor) => product * factor, valueOf(digits));
  });
}

function factorOf(word: string, multiples: readonly Multiple[]): number {
  const factors = multiples.filter(([said]) => new RegExp(`^(?:${said})$`, 'iu').test(word));
  return Math.max(...factors.map(([, factor]) => factor));
}

const isNear = (one: number, other: number) => Math.abs(one - other) <= 0.001 * Math.abs(one);

/**
 * True where the English has "12 million" or the like in digits, and the translation only other amounts of that kind. False where the
 * translation says it in words or in full.
 */
export function changesLargeNumber(english: string, translation: string): boolean {
  const due = multiplesIn(english, ENGLISH);
  const said = multiplesIn(translation, THOUSANDS);
  return said.length > 0 && due.some((value) => !said.some((other) => isNear(value, other)));
}
