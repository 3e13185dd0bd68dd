import nlp from 'compromise/two';
import { z } from 'zod';

/** One word of an English sentence as the grammar library sees it. */
export interface Word {
  readonly text: string;
  /** Marks and spaces around the word, so that `before + text + after` of all words is the sentence again. */
  readonly before: string;
  readonly after: string;
  /** Singular of a noun, infinitive of a verb, else the lower-cased word itself. */
  readonly lemma: string;
  readonly isNoun: boolean;
  readonly isDeterminer: boolean;
  readonly isCopula: boolean;
  readonly isGerund: boolean;
  /** Articles, prepositions, conjunctions and auxiliaries: a sentence cannot end in one. */
  readonly isJoiningWord: boolean;
  readonly isPersonName: boolean;
}

// The library's own answer type is `any`; this is the part of it that is read. Of some words it has no root: null, or nothing.
const Term = z.object({
  text: z.string(),
  pre: z.string(),
  post: z.string(),
  normal: z.string(),
  root: z.string().nullish(),
  tags: z.array(z.string()),
});
const Sentences = z.array(z.object({ text: z.string(), terms: z.array(Term) }));

// `root` is known to the library but not to its types.
const TERM_OPTIONS = { root: true, normal: true, tags: true };
const JOINING_TAGS = ['Determiner', 'Preposition', 'Conjunction', 'Copula', 'Auxiliary'];
const NAME_TAGS = ['Person', 'FirstName', 'LastName', 'MaleName', 'FemaleName', 'Honorific'];

function toWord(term: z.infer<typeof Term>): Word {
  const has = (tag: string) => term.tags.includes(tag);
  return {
    text: term.text,
    before: term.pre,
    after: term.post,
    lemma: term.root ?? term.normal,
    isNoun: has('Noun') && !has('Pronoun'),
    isDeterminer: has('Determiner'),
    isCopula: has('Copula'),
    isGerund: has('Gerund'),
    isJoiningWord: JOINING_TAGS.some(has),
    isPersonName: NAME_TAGS.some(has),
  };
}

/** The words of `text` with lemma and kind. About 0.4 ms for a caption. */
export function readWords(text: string): Word[] {
  const answer: unknown = nlp(text).compute('root').json({ terms: TERM_OPTIONS });
  return Sentences.parse(answer).flatMap((sentence) => sentence.terms.map(toWord));
}

/** Everything up to the end of the first sentence; abbreviations such as "Dr." do not end one. */
export function firstSentence(text: string): string {
  if (!/[.!?]\s/.test(text)) return text;
  const answer: unknown = nlp.tokenize(text).json({ terms: TERM_OPTIONS });
  return Sentences.parse(answer)[0]?.text.trim() ?? text;
}

/** The sentence that these words were read from, or a part of it. */
export function joinWords(words: readonly Word[]): string {
  return words
    .map((word) => word.before + word.text + word.after)
    .join('')
    .trim();
}

/** Without the words that a length limit left hanging: "a man with a" becomes "a man". */
export function withoutLooseEnd(words: readonly Word[]): readonly Word[] {
  let end = words.length;
  while (end > 0 && words[end - 1]?.isJoiningWord === true) end -= 1;
  return words.slice(0, end);
}
