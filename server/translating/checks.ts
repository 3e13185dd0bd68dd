import { mixesChineseForms } from './chinese-forms';
import { isCognate, isGermanCognate } from './cognates';
import { languageOf, lengthBand, marksGender, scriptOf, writtenIn } from './language-facts';
import { losesNumber } from './number-words';
import { swapsGender } from './opposite-gender';
import { addedGender, neutralPeople, womenOnly } from './people-words';
import { comesBack, repeatsItself } from './repetition';

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
  // Devices that are called like people.
  String.raw`(?<!\b(?:(?:fe)?male |wom[ae]n |lady |table|record|cd|dvd|mp3|media|music|cassette|video|tape|vinyl|disc|disk|cook|coffee|bus|train|screw)[ -]?)\b(` +
    'child|toddler|kid|baby|person|player|doctor|nurse|teacher|student|pupil|cook|chef|driver|rider|surfer|skier|skateboarder|friend|worker|dancer|' +
    'singer|cyclist|tourist|photographer|passenger|runner|swimmer|skater|climber|hiker|farmer|artist|baker|soldier|officer|musician|guitarist|' +
    'pianist|pilot|customer|visitor|guest|scientist|engineer|lawyer|judge|colleague|neighbou?r|patient|athlete|author|writer|journalist|painter|' +
    'sailor|gardener|snowboarder|golfer|performer|employee|vendor|seller|shopper|biker|jogger|skydiver|kayaker|mechanic|electrician|plumber|carpenter|' +
    'secretary|receptionist|librarian|coach|dentist|surgeon|pharmacist|butcher|florist|hairdresser|tailor|blacksmith|programmer|technician|reporter|' +
    'cashier|bartender|waiter|magician|juggler|drummer|violinist|cellist|professor|researcher|builder|rower|boxer|wrestler|gymnast|archer|acrobat|' +
    'paramedic|firefighter|astronaut|lifeguard|referee|politician|inventor|translator|skater|swimmer|beekeeper|potter|' +
    // Others are loudspeakers.
    String.raw`speaker(?= (?:at|behind|on a|on the|giv|address|talk|standing|present))` +
    String.raw`)(s?)\b(?!['’]|-|-?(?: |s )(?:ferry|train|plane|ship|car|bus|seat|boat|jet|terminal|carriage|stroller|elephant|giraffe|bear|zebra|` +
    'horse|goat|bird|seal|monkey|duck|dog|puppy|shorts|room|bed|chair|toy|house|bottle|blanket|clothes|shoes?|crib|cot|cradle|food|monitor|shower|desk|office|uniform|statue|' +
    'figurine|figure|doll|puppet|costume|card|helmet|hat|gloves?|club|lounge|cabin|book|books|station|bags?|door|window|entrance|jacket|boots|hair|' +
    String.raw`license|licence|lift|shark|whale|mower|light|panda|penguin|animal|cow|lion|deer|sheep|chick|turtle|fox|rabbit)\b)`,
  'gi',
);
/** Several of these are children, for whom most languages have one word. */
const CHILDREN = new Set(['child', 'toddler', 'kid', 'baby']);

/** What stands in quotation marks is a title or what somebody said, and may stay as it is. */
const QUOTED = /["“„«「『][^"“”„«»「」『』]*["“”»」』]/gu;

/** Words in Latin letters end where those of another script begin: "Wi-Fi设置" are two. */
const wordsOf = (text: string) =>
  text.match(/[\p{Script=Latin}\p{M}'’-]+|(?:(?!\p{Script=Latin})[\p{L}\p{M}'’-])+/gu) ?? [];

/** Words of English that no translation has: left over, they are English whatever stands beside them. */
const ENGLISH_ONLY = new Set(['the', 'and', 'with', 'of']);
/** There nouns begin with a capital, so that a word with one may be any noun. */
const CAPITAL_NOUNS = new Set(['de', 'lb']);
/** "and" is a bird there, and "of" is "or". */
const HAS_SUCH_WORDS = new Set(['da', 'nb', 'sv', 'nl', 'af']);

/** Units are written in Latin letters in every script. */
const UNITS = new Set(['mph', 'rpm', 'kmh', 'kph', 'kwh', 'min', 'sec']);

/** A word at the place `at` of a sentence; the first one has a capital whatever it is. */
const inSentence = (word: string, at: number) => (at === 0 ? word.toLowerCase() : word);

function sameWords({ source, translation, language: tag }: Checked): string[] {
  const language = languageOf(tag);
  const english = wordsOf(source.replace(QUOTED, ' ')).map((word) => word.replace(/['’]s?$/, ''));
  // A capital inside a sentence is a name.
  const plain = new Set(english.map(inSentence).filter((word) => word === word.toLowerCase()));
  const said = wordsOf(translation.replace(QUOTED, ' '));
  if (!writtenIn(tag).test('a')) {
    // In another script no word is the same by chance, the first one of the English neither.
    return said.filter((word) => /^[a-z]{3,}$/.test(word) && !UNITS.has(word) && plain.has(word));
  }
  const words = said.map((word, at) => (at === 0 && !CAPITAL_NOUNS.has(language) ? word.toLowerCase() : word));
  const isKnown = (word: string) => (CAPITAL_NOUNS.has(language) ? isGermanCognate(word) : isCognate(word, language));
  const isLeft = (word: string) =>
    word.length >= LEAST_LETTERS ? !isKnown(word) : ENGLISH_ONLY.has(word) && !HAS_SUCH_WORDS.has(language);
  return words.filter((word) => plain.has(word) && word === word.toLowerCase() && isLeft(word));
}

/** A name, or a word that the language has too: "Taxi in New York". */
function isSameInBoth({ source, language }: Checked): boolean {
  const words = wordsOf(source).filter((word) => word.length >= LEAST_LETTERS || ENGLISH_ONLY.has(word.toLowerCase()));
  const isTitle = words.length > 1 && words.every((word) => word !== word.toLowerCase());
  return (
    isTitle ||
    words.every((word, at) => {
      const isName = at > 0 && word !== word.toLowerCase();
      return isName || isCognate(word.toLowerCase(), languageOf(language));
    })
  );
}

function untranslated(checked: Checked): string | null {
  if (checked.source.toLowerCase() === checked.translation.toLowerCase())
    return isSameInBoth(checked) ? null : 'The translation is the English text itself.';
  const same = sameWords(checked);
  if (same.length === 0) return null;
  const quoted = [...new Set(same)].map((word) => `“${word}”`);
  return `These words are still English: ${quoted.join(', ')}.`;
}

/** Names and headings in Japanese may be of Han characters alone; sentences are not. */
const LONG_WITHOUT_KANA = /^(?=(?:.*\p{Script=Han}){7})[^\p{Script=Hiragana}\p{Script=Katakana}]+$/u;

function wrongScript({ source, translation, language }: Checked): string | null {
  const expected = writtenIn(language);
  const isForeign = (letter: string) => !expected.test(letter) && !/\p{Script=Common}/u.test(letter);
  // Words of the English, such as those on a sign, and names in Latin letters may stay.
  const english = new Set(wordsOf(source).map((word) => word.toLowerCase()));
  const latin = /[\p{Script=Latin}\p{M}'’-]+/gu;
  const own = translation.replace(latin, (word) => (english.has(word.toLowerCase()) ? '' : word));
  const letters = own.match(/\p{L}/gu) ?? [];
  const foreign = letters.filter(isForeign);
  const isMixed = foreign.length > letters.length * (1 - LEAST_SHARE_OF_SCRIPT);
  if (isMixed) return 'Much of the translation is not in the script of its language.';
  const isChinese = scriptOf(language) === 'Jpan' && LONG_WITHOUT_KANA.test(translation);
  if (isChinese) return 'The translation has no kana: it may be Chinese.';
  const strange = foreign.find((letter) => !/\p{Script=Latin}/u.test(letter)) !== undefined;
  if (strange) return 'A word of the translation is in another script.';
  if (!mixesChineseForms(translation, scriptOf(language))) return null;
  return 'The translation mixes simplified and traditional characters.';
}

/** What captions begin with, and put between, that says nothing: a translation may leave it out. */
const FILLERS =
  /^(?:there (?:is|are)|this is|(?:a|an|the)? ?(?:picture|photo|photograph|image|view|shot|close[- ]?up) of)\s+|\b(?:that|which|who) (?:is|are)\s+|\b(?:a (?:group|couple|bunch|number|pair) of|some|very|and has|that reads|that says)\s+|\b(?:standing|sitting|lying|parked|placed|located|displayed)\s+(?=(?:in|on|at|near|by|beside|next|under|behind|over|between)\b)/gi;

function wrongLength({ source, translation, language }: Checked): string | null {
  const [least, most] = lengthBand(language);
  const [length, whole] = [Array.from(translation).length, Array.from(source).length];
  const due = Array.from(source.replace(FILLERS, '')).length;
  const ratio = length / Math.max(whole, LEAST_CHARACTERS);
  if (due >= LEAST_CHARACTERS && length / due < least)
    return 'The translation is much shorter than the English: something may be missing.';
  return ratio > most ? 'The translation is much longer than the English: something may have been added.' : null;
}

function repetitive({ source, translation }: Checked): string | null {
  return (repeatsItself(translation) && !repeatsItself(source)) || comesBack(translation, source)
    ? 'The translation repeats itself.'
    : null;
}

/** Brackets and quotation marks that come in pairs, the opening ones first. */
const BRACKETS = ['(（', ')）', '《', '》', '〈', '〉', '「', '」', '『', '』', '【', '】', '[［', ']］'];

/** A mark twice, two full stops, an empty bracket, a comma before a full stop, beside an "and" or at the end, a blank before a mark. */
const BROKEN = [
  /([,;:!?،、，。；：！？])\s*\1/u,
  /(?<![.。…])\.\s*\.(?!\.)/u,
  /\(\s*\)|\.\s*,|,\s*\./u,
  /,\s*(?:e|y|et|und|en|i|and)\s*,/iu,
  /[,،、，]\s*$/u,
  /\s[.,،，。](?:\s|$)/u,
  /[，、。]\s*[，、]/u,
  /&(?:quot|amp|lt|gt|apos|#\d+);/u,
  /^\s*[-–—•*]\s/u,
];

function brokenPunctuation({ source, translation, language }: Checked): string | null {
  const count = (text: string, marks: string) => Array.from(text).filter((letter) => marks.includes(letter)).length;
  const isOdd = (text: string) =>
    BRACKETS.some((open, at) => at % 2 === 0 && count(text, open) !== count(text, BRACKETS[at + 1] ?? '')) ||
    count(text, '"“”„«»') % 2 === 1;
  const isBroken = (text: string) => isOdd(text) || BROKEN.some((marks) => marks.test(text));
  // Spanish opens questions and exclamations as well.
  const isUnopened = (['¿?', '¡!'] as const).some(
    ([open = '', close = '']) =>
      languageOf(language) === 'es' && count(translation, open) !== count(translation, close),
  );
  if (isUnopened) return 'The punctuation of the translation is broken.';
  return isBroken(translation) && !isBroken(source) ? 'The punctuation of the translation is broken.' : null;
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

function gender({ source, translation, language: tag }: Checked): string | null {
  const language = languageOf(tag);
  const added = addedGender(source, translation, language);
  if (added !== null) return `The translation says “${added}”; English does not say whether it is a woman or a man.`;
  if (swapsGender(source, translation, language))
    return 'The English says a woman or a man, and the translation the other.';
  const people = Array.from(source.matchAll(OPEN_GENDER), ([said, word = '', ending]) => ({
    said,
    word: word.toLowerCase(),
    isOne: ending === '',
  })).filter(({ word }) => marksGender(tag, word));
  const several = people.find(({ isOne, word }) => !isOne && !CHILDREN.has(word));
  const women = several === undefined ? null : womenOnly(translation, language);
  if (women !== null) return `The translation says “${women}”; English does not say whether they are women.`;
  const single = people.filter(({ isOne }) => isOne);
  const [person] = single;
  if (person === undefined || neutralPeople(source, translation, language) >= single.length) return null;
  return `English does not say whether “${person.said}” is a woman or a man; the translation may.`;
}

/** What a person should look at in a machine's translation, beside the English. A problem never hides it. Pure. */
export function translationProblems(checked: Checked): TranslationProblem[] {
  const { source, translation, language } = checked;
  const lost = losesNumber(source, translation, languageOf(language));
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
    ['gender', gender(checked)],
    ['unsure_word', unsureWord(checked)],
  ];
  return found.flatMap(([code, message]) => (message === null ? [] : [{ code, message }]));
}
