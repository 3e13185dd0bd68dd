import { isCognate, lengthBand, marksGender, writtenIn } from './language-facts';

export type TranslationProblemCode =
  | 'untranslated'
  | 'number_lost'
  | 'wrong_script'
  | 'wrong_length'
  | 'unknown_words'
  | 'cut'
  | 'repetitive'
  | 'broken_punctuation'
  | 'gender'
  | 'unsure_word';

export interface TranslationProblem {
  readonly code: TranslationProblemCode;
  /** One plain sentence: what was noticed, and where it helps which word. */
  readonly message: string;
}

export interface Checked {
  readonly source: string;
  readonly translation: string;
  /** The second best translation, where there is one. */
  readonly other: string | null;
  readonly language: string;
  readonly isCut: boolean;
  readonly hasUnknown: boolean;
}

/** Shorter words are the same in many languages. */
const LEAST_LETTERS = 4;
const LEAST_SHARE_OF_SCRIPT = 0.8;
/** Of short texts one word decides. */
const LEAST_CHARACTERS = 12;
/** People whose gender English leaves open. */
const OPEN_GENDER = new RegExp(
  String.raw`\b(` +
    'child|toddler|baby|person|player|doctor|nurse|teacher|student|pupil|cook|chef|driver|rider|surfer|skier|skateboarder|friend|worker|dancer|' +
    'singer|cyclist|tourist|photographer|passenger|runner|swimmer|skater|climber|hiker|farmer|artist|baker|soldier|officer|musician|guitarist|' +
    'pianist|pilot|customer|visitor|guest|scientist|engineer|lawyer|judge|colleague|neighbou?r|patient|athlete|author|writer|journalist|painter|' +
    'sailor|gardener|snowboarder|golfer|performer|speaker|employee|vendor|seller|shopper|biker|jogger|skydiver|kayaker' +
    String.raw`)s?\b`,
  'gi',
);

const wordsOf = (text: string) => text.match(/[\p{L}\p{M}'’-]+/gu) ?? [];

/** Digits of every script stand in a row of ten, zero first. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
}

/** The numbers of a text, in an order of their own: languages turn sentences round. */
function numbersOf(text: string): string {
  const runs = text.normalize('NFKC').match(/\p{Nd}+/gu) ?? [];
  return runs.map((run) => Array.from(run, valueOf).join('')).sort().join(' '); // prettier-ignore
}

function sameWords({ source, translation }: Checked): string[] {
  // A capital inside a sentence is a name.
  const plain = new Set(wordsOf(source).filter((word) => word === word.toLowerCase()));
  // The first word has a capital of its own.
  const words = wordsOf(translation).map((word, at) => (at === 0 ? word.toLowerCase() : word));
  return words.filter(
    (word) => word.length >= LEAST_LETTERS && plain.has(word) && word === word.toLowerCase() && !isCognate(word),
  );
}

function untranslated(checked: Checked): string | null {
  if (checked.source.toLowerCase() === checked.translation.toLowerCase())
    return 'The translation is the English text itself.';
  const same = sameWords(checked);
  if (same.length === 0) return null;
  return `These words are still English: ${[...new Set(same)].join(', ')}.`;
}

function wrongScript({ translation, language }: Checked): string | null {
  const expected = writtenIn(language);
  const letters = translation.match(/\p{L}/gu) ?? [];
  const share = letters.filter((letter) => expected.test(letter)).length / Math.max(letters.length, 1);
  return share >= LEAST_SHARE_OF_SCRIPT ? null : 'Much of the translation is not in the script of its language.';
}

function wrongLength({ source, translation, language }: Checked): string | null {
  const [least, most] = lengthBand(language);
  const [length, due] = [Array.from(translation).length, Array.from(source).length];
  const ratio = length / Math.max(due, LEAST_CHARACTERS);
  if (due >= LEAST_CHARACTERS && ratio < least)
    return 'The translation is much shorter than the English: something may be missing.';
  return ratio > most ? 'The translation is much longer than the English: something may have been added.' : null;
}

function repetitive({ source, translation }: Checked): string | null {
  const repeated = /(?<![\p{L}\p{M}])((?:[\p{L}\p{M}]+\s+){0,2}[\p{L}\p{M}]+)\s+\1(?![\p{L}\p{M}])/iu;
  const loop = /(.{1,6}?)\1{4,}/u;
  const isLoop = (text: string) => repeated.test(text) || loop.test(text.replace(/\s/gu, ''));
  return isLoop(translation) && !isLoop(source) ? 'The translation repeats itself.' : null;
}

function brokenPunctuation({ source, translation }: Checked): string | null {
  const count = (text: string, marks: RegExp) => text.match(marks)?.length ?? 0;
  const isOdd = (text: string) =>
    count(text, /[(（]/gu) !== count(text, /[)）]/gu) || count(text, /["“”„«»「」]/gu) % 2 === 1;
  const doubled = /([,;:!?])\s*\1|\(\s*\)|\.\s*,/u;
  const isBroken = (isOdd(translation) && !isOdd(source)) || (doubled.test(translation) && !doubled.test(source));
  return isBroken ? 'The punctuation of the translation is broken.' : null;
}

/** A word of the best translation that the second best has not, where they are of the same length otherwise. */
function unsureWord({ translation, other }: Checked): string | null {
  if (other === null) return null;
  const [mine, others] = [wordsOf(translation), wordsOf(other)];
  const differing = mine.filter(
    (word, at) => word.length >= LEAST_LETTERS && word.toLowerCase() !== others[at]?.toLowerCase(),
  );
  const [word] = differing;
  if (mine.length !== others.length || differing.length !== 1 || word === undefined) return null;
  return `The model was unsure about “${word}”.`;
}

/** What a person should look at in a machine's translation, beside the English. A problem never hides it. Pure. */
export function translationProblems(checked: Checked): TranslationProblem[] {
  const { source, translation, language } = checked;
  const people = Array.from(source.matchAll(OPEN_GENDER), ([said, word = '']) => ({ said, word: word.toLowerCase() }));
  const person = people.find(({ word }) => marksGender(language, word))?.said;
  const lost = numbersOf(source) !== numbersOf(translation);
  const found: [TranslationProblemCode, string | null][] = [
    ['untranslated', untranslated(checked)],
    ['number_lost', lost ? 'A number of the English is not in the translation, or another one is.' : null],
    ['wrong_script', wrongScript(checked)],
    ['wrong_length', wrongLength(checked)],
    [
      'unknown_words',
      checked.hasUnknown || /⁇|<unk>/.test(translation) ? 'The model did not know a word or a sign.' : null,
    ],
    ['cut', checked.isCut ? 'The translation was cut off.' : null],
    ['repetitive', repetitive(checked)],
    ['broken_punctuation', brokenPunctuation(checked)],
    [
      'gender',
      person !== undefined
        ? `English does not say whether “${person}” is a woman or a man; the translation may.`
        : null,
    ],
    ['unsure_word', unsureWord(checked)],
  ];
  return found.flatMap(([code, message]) => (message === null ? [] : [{ code, message }]));
}
