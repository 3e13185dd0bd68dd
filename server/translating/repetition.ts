/** Groups that are said twice in a row, as translations that got into a loop have them. */

/** Words that stand between two sayings of a group. */
const JOINING = new Set(['y', 'e', 'et', 'und', 'en', 'i', 'o', 'and', 'و']);
/** Relative clauses and reflexive verbs: "Leute, die die Straße überqueren". */
const RIGHTLY_TWICE = new Set(['die', 'der', 'das', 'den', 'dem', 'nous', 'vous']);
const MOST_WORDS = 8;
const MOST_CHARACTERS = 30;
/** A group of up to so many characters is a loop when it comes five times, whatever the script. */
const SHORT_LOOP = 6;
const UNDIVIDED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;
const HIRAGANA = /^[\p{Script=Hiragana}ー]+$/u;

const same = (items: readonly string[], first: number, second: number, size: number) => {
  for (let at = 0; at < size; at += 1) if (items[first + at] !== items[second + at]) return false;
  return true;
};

/** A group of words twice, also with an "and" between. */
function repeatsWords(text: string): boolean {
  const words = (text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’-]+|[^\s\p{L}\p{M}\p{N}'’,;،-]+/gu) ?? []).filter(Boolean);
  for (let from = 0; from < words.length; from += 1) {
    for (let size = 1; size <= MOST_WORDS && from + 2 * size <= words.length; size += 1) {
      const next = from + size;
      const after = JOINING.has(words[next] ?? '') ? next + 1 : next;
      const isTwice = [next, after].some((second) => second + size <= words.length && same(words, from, second, size));
      if (!isTwice || !/\p{L}/u.test(words[from] ?? '')) continue;
      if (size > 1 || !RIGHTLY_TWICE.has(words[from] ?? '')) return true;
    }
  }
  return false;
}

/** How often the group of so many characters that begins here follows itself. */
function timesFrom(characters: readonly string[], from: number, size: number): number {
  let times = 1;
  while (from + (times + 1) * size <= characters.length && same(characters, from, from + times * size, size))
    times += 1;
  return times;
}

/** "橋の橋の" is a loop; "一つ一つ" is how Japanese says "each". */
function isOfTwoScripts(group: readonly string[]): boolean {
  const ofHan = group.filter((character) => /\p{Script=Han}/u.test(character)).length;
  return ofHan > 0 && ofHan < group.length && !/[一二両]/u.test(group[0] ?? '');
}

/**
 * A group of characters again and again. Two characters twice is how Chinese and Japanese say "one by one", and so are three of
 * hiragana alone.
 */
function repeatsCharacters(text: string): boolean {
  const characters = Array.from(text.replace(/[\s、，]/gu, ''));
  for (let from = 0; from < characters.length; from += 1) {
    for (let size = 1; size <= MOST_CHARACTERS && from + 2 * size <= characters.length; size += 1) {
      const times = timesFrom(characters, from, size);
      if (times >= 5 && size <= SHORT_LOOP) return true;
      const group = characters.slice(from, from + size);
      if (times < 2 || size < 2 || !group.every((character) => UNDIVIDED.test(character))) continue;
      if (times > 2 || (size > 2 && !HIRAGANA.test(group.join(''))) || isOfTwoScripts(group)) return true;
    }
  }
  return false;
}

/** True where a text says a group of up to eight words, or of up to thirty characters, twice in a row. */
export const repeatsItself = (text: string) => repeatsWords(text) || repeatsCharacters(text);

const COMES_BACK = 3;
/** Words that say where something is, and small ones: "à côté d'une table à côté d'une fenêtre" says two things. */
const PLACE_WORDS = new Set(
  (
    'côté près milieu bord devant derrière face haut bas dessus dessous lado frente cima encima debajo dentro cerca junto delante detrás medio ' +
    'borde lato accanto vicino davanti dietro sopra sotto mezzo perto frente atrás dentro meio beira neben hinter unter über zwischen naast achter boven ' +
    'onder tussen obok przed pod nad przy بجانب أمام خلف فوق تحت على بالقرب داخل وسط'
  ).split(' '),
);
const LEAST_LETTERS = 4;

/** True where three words of a text come again later, and no two words of the other one do: people may wear a red and a blue shirt. */
export function comesBack(text: string, other: string): boolean {
  const groupsOf = (of: string, size: number) => {
    const words = of.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    return words.slice(0, Math.max(0, words.length - size + 1)).map((_, at) => words.slice(at, at + size));
  };
  const isOfThings = (group: readonly string[]) =>
    group.some((word) => word.length >= LEAST_LETTERS && !PLACE_WORDS.has(word));
  const comesTwice = (groups: readonly (readonly string[])[]) =>
    new Set(groups.map((group) => group.join(' '))).size < groups.length;
  return comesTwice(groupsOf(text, COMES_BACK).filter(isOfThings)) && !comesTwice(groupsOf(other, COMES_BACK - 1));
}
