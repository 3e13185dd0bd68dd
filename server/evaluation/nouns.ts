import { readWords } from '../captioning/text/words';

/** A noun, and in how many pictures it is. */
export type NounCount = readonly [noun: string, pictures: number];

export interface NounDifference {
  /** Named by the model alone, most frequent first. */
  readonly model: readonly NounCount[];
  /** Named by the person alone. */
  readonly person: readonly NounCount[];
  /** Share of the model's nouns that the person names as well, 0..1; null where it names none. */
  readonly shared: number | null;
}

const MOST = 25;

const counted = (words: ReadonlyMap<string, number>): NounCount[] =>
  [...words].sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1)).slice(0, MOST);

/** Nouns that name no thing in a picture, but the picture, a place in it, or how much there is. */
const NO_THINGS = new Set(
  'close up top front back side middle background foreground view group pair bunch couple number lot kind type way picture photo photograph image shot closeup close-up our my us'.split(
    ' ',
  ),
);

/** Things that a text names, and all its words, as lemmas. Of "stop sign" both words count: the other side may say one of them. */
function readText(text: string): { readonly nouns: Set<string>; readonly lemmas: Set<string> } {
  const words = readWords(text).map((word) => ({ ...word, lemma: word.lemma.toLowerCase() }));
  // "People sitting": the library takes the verb for a noun.
  const things = words.filter(({ isNoun, isGerund, lemma }) => {
    return isNoun && !isGerund && !lemma.endsWith('ing') && /^\p{L}[\p{L}-]+$/u.test(lemma) && !NO_THINGS.has(lemma);
  });
  return { nouns: new Set(things.map(({ lemma }) => lemma)), lemmas: new Set(words.map(({ lemma }) => lemma)) };
}

/** What each side names and the other does not, of English texts. "Two cats" names a cat. */
export function compareNouns(
  pairs: readonly { readonly person: readonly string[]; readonly machine: string }[],
): NounDifference {
  const [model, person] = [new Map<string, number>(), new Map<string, number>()];
  const add = (to: Map<string, number>, noun: string) => to.set(noun, (to.get(noun) ?? 0) + 1);
  let [named, shared] = [0, 0];
  for (const pair of pairs) {
    const [said, due] = [readText(pair.machine), readText(pair.person.join('. '))];
    for (const noun of said.nouns) {
      named += 1;
      if (due.lemmas.has(noun)) shared += 1;
      else add(model, noun);
    }
    for (const noun of due.nouns) if (!said.lemmas.has(noun)) add(person, noun);
  }
  return { model: counted(model), person: counted(person), shared: named === 0 ? null : shared / named };
}
