import type { Label } from '../../../models/captioner';
import type { Word } from './words';

/** More would be keyword stuffing. */
const MOST_KEYWORDS = 8;
/** A class the model's classifier is less sure of is not a keyword. */
const SURE_LABEL = 0.3;

const isVerbForm = (word: Word | undefined) => word?.text.endsWith('ing') === true;

/** One or two words that name a thing, the last one as its lemma: "parking lots" gives "parking lot". */
function nameOf(run: readonly Word[]): string | null {
  const last = run.at(-1);
  if (last === undefined) return null;
  const name = [...run.slice(0, -1).map((word) => word.text.toLowerCase()), last.lemma].join(' ');
  const plain = name.replace(/[^\p{L}\p{N}' -]/gu, '').trim();
  return plain.length > 1 ? plain : null;
}

/** Things the sentence is about, as lemmas, in order: "two cats in a parking lot" gives cat, parking lot. */
export function nounsOf(words: readonly Word[]): string[] {
  const found: string[] = [];
  let run: Word[] = [];
  const close = (next: Word | undefined) => {
    // "a shirt holding a sign": the library takes the verb for a noun; the article behind it tells.
    if (isVerbForm(run.at(-1)) && next?.isDeterminer === true) run.pop();
    // "a group of people", "a plate of food": the first noun only counts or holds the second.
    if (next?.lemma === 'of') run.pop();
    const name = nameOf(run);
    if (name !== null) found.push(name);
    run = [];
  };
  for (const word of words) {
    // "people eating plates": a verb form between two nouns parts them.
    if (isVerbForm(run.at(-1)) && run.length > 1 && word.isNoun) {
      run.pop();
      close(undefined);
    }
    // A name in the text is a guess of the model's; it never becomes a keyword.
    if (word.isNoun && !word.isPersonName) run.push(word);
    else close(word);
  }
  close(undefined);
  return found;
}

/** Nouns of the text, then the classes the model is sure of. Null when there are none. Never words of the page. */
export function keywords(nouns: readonly string[], labels: readonly Label[]): string[] | null {
  const sure = labels.filter((label) => label.probability >= SURE_LABEL).map((label) => label.name.toLowerCase());
  const unique = [...new Set([...nouns, ...sure])];
  return unique.length === 0 ? null : unique.slice(0, MOST_KEYWORDS);
}
