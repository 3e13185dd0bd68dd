import { joinWords, readWords, withoutLooseEnd, type Word } from './words';

/** Search results and media lists cut longer titles. Characters. */
const LONGEST_TITLE = 60;

function shortened(text: string): string {
  if (text.length <= LONGEST_TITLE) return text;
  const cut = text.slice(0, LONGEST_TITLE + 1);
  const space = cut.lastIndexOf(' ');
  return joinWords(withoutLooseEnd(readWords(space > 0 ? cut.slice(0, space) : text.slice(0, LONGEST_TITLE))));
}

/**
 * A heading made from the alt text: without the leading article, and without the "is" of "is running". Null when
 * nothing is left. At most 60 characters, cut between words.
 */
export function seoTitle(words: readonly Word[]): string | null {
  const start = words[0]?.isDeterminer === true ? 1 : 0;
  const kept = words.slice(start).filter((word, index, all) => !(word.isCopula && all[index + 1]?.isGerund === true));
  const title = shortened(joinWords(kept)).replace(/(?<![\s,;:.])[\s,;:.]+$/u, '');
  return title === '' ? null : title.charAt(0).toUpperCase() + title.slice(1);
}
