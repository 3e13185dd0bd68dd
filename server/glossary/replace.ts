import type { GlossaryEntry } from '../contract/glossary';
import { articleFor, pluralOf } from './english-words';

export interface Replaced {
  /** What stood there, as the glossary writes it. */
  readonly said: string;
  readonly term: string;
}

export interface ReplacedText {
  readonly text: string;
  /** Each pair once, in the order of the text. */
  readonly replaced: readonly Replaced[];
}

/** Words of a text and what takes their place. */
interface Rule {
  readonly words: string;
  readonly by: string;
  readonly isName: boolean;
}

const lower = (text: string) => text.normalize('NFC').toLowerCase();
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+');

/** The plural that an entry gives, or the regular one. */
function pluralTerm({ term, forms, is_name: isName }: GlossaryEntry): string {
  if (isName) return term;
  const regular = pluralOf(term);
  return forms.find((form) => lower(form) === lower(regular)) ?? forms[0] ?? regular;
}

function rulesOf(entry: GlossaryEntry, isEnglish: boolean): Rule[] {
  const { term, forms, instead_of: others, is_name: isName } = entry;
  // A name gets its own letters back.
  const own = isName ? [term, ...forms].map((words) => ({ words, by: words, isName })) : [];
  const replaced = others.flatMap((words) => [
    { words, by: term, isName },
    // English has one form for many; other languages say theirs in entries of their own.
    ...(isEnglish ? [{ words: pluralOf(words), by: pluralTerm(entry), isName }] : []),
  ]);
  return [...own, ...replaced];
}

/** Scripts that are written without spaces: there a word has no edges. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+$/u;
const BEFORE = '(?<![\\p{L}\\p{M}\\p{N}])';
const AFTER = '(?![\\p{L}\\p{M}\\p{N}])';

function patternOf(words: string): string {
  return UNSPACED.test(words) ? escaped(words) : `${BEFORE}${escaped(words)}${AFTER}`;
}

const startsLarge = (text: string) => /^\P{L}*\p{Lu}/u.test(text);
const enlarged = (text: string, language: string) =>
  text.replace(
    /^(\P{L}*)(\p{Ll})/u,
    (_, before: string, letter: string) => before + letter.toLocaleUpperCase(language),
  );

/** True where a text goes on a sentence at this place, so that a large letter is a word's own. */
function isInside(before: string): boolean {
  return /\p{L}/u.test(before) && !/[.!?…][\s"'“”‘’»)]*$/u.test(before);
}

/**
 * A text with the owner's words in it: whole words are replaced, longest first, what was put in is not looked at again. In English, the
 * number of a noun is kept, and "a" or "an" in front of it agrees. Pure.
 */
export function replaceWords(text: string, entries: readonly GlossaryEntry[], language: string): ReplacedText {
  const isEnglish = /^en(?![a-z])/i.test(language);
  const rules = new Map<string, Rule>();
  // What an entry says outright comes before a plural that was formed.
  for (const entry of entries) {
    for (const rule of rulesOf(entry, isEnglish)) {
      const key = lower(rule.words).replace(/\s+/g, ' ');
      if (!rules.has(key)) rules.set(key, rule);
    }
  }
  const given = text.normalize('NFC');
  // Most rules have no word in common with a text: only the others are worth a pattern.
  const plain = lower(given).replace(/\s+/g, ' ');
  const fitting = [...rules].filter(([words]) => plain.includes(words)).map(([, rule]) => rule);
  if (fitting.length === 0) return { text, replaced: [] };
  const longestFirst = fitting.sort((a, b) => b.words.length - a.words.length);
  const article = isEnglish ? '(?:(?<article>\\ban?)(?<gap>\\s+))?' : '';
  const pattern = new RegExp(
    `${article}(?<found>${longestFirst.map(({ words }) => patternOf(words)).join('|')})`,
    'giu',
  );
  const replaced = new Map<string, Replaced>();
  let made = '';
  let end = 0;
  for (const match of given.matchAll(pattern)) {
    const { article: before, gap = '', found = '' } = match.groups ?? {};
    const rule = rules.get(lower(found).replace(/\s+/g, ' '));
    if (rule === undefined) continue;
    const isFirst = !isInside(given.slice(0, match.index) + (before ?? ''));
    const by = !rule.isName && startsLarge(found) && isFirst ? enlarged(rule.by, language) : rule.by;
    if (lower(by) !== lower(found)) replaced.set(lower(rule.words), { said: rule.words, term: rule.by });
    made += given.slice(end, match.index) + agreeing(before, gap, by);
    end = match.index + match[0].length;
  }
  return { text: made + given.slice(end), replaced: [...replaced.values()] };
}

/** A word with the article that stood in front of another; `article` is undefined where none did. */
function agreeing(article: string | undefined, gap: string, word: string): string {
  if (article === undefined) return word;
  const right = articleFor(word);
  return `${startsLarge(article) ? enlarged(right, 'en') : right}${gap}${word}`;
}
