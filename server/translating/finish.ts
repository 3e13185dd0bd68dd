// Control characters, and the marks that hide or reorder text. The joiners U+200C and U+200D stay: some scripts need them.
const UNSEEN = /[\p{Cc}\u00AD\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;
const BLANKS = /\s+/gu;
/** Marks that end a sentence or stand for a pause, of every script that is translated into. */
const LAST_MARKS = /(?<![\s.,;:!?。．、，।؟،؛！？])[\s.,;:!?。．、，।؟،؛！？]+$/u;
const ENDS_WITH_MARK = /[.!?]$/;
const FIRST_LETTER = /^(\P{L}*)(\p{Ll})/u;

/**
 * What is done to a translation of a polished English text, and no more: Unicode's composed form, no invisible characters, single
 * spaces, no last mark where the English has none, and a large first letter where it has one. Pure.
 */
export function finishTranslation(translation: string, source: string, language: string): string {
  const plain = translation.normalize('NFC').replace(UNSEEN, ' ').replace(BLANKS, ' ').trim();
  const ended = ENDS_WITH_MARK.test(source.trim()) ? plain : plain.replace(LAST_MARKS, '');
  if (!/^\P{L}*\p{Lu}/u.test(source)) return ended;
  return ended.replace(
    FIRST_LETTER,
    (_, before: string, letter: string) => before + letter.toLocaleUpperCase(language),
  );
}
