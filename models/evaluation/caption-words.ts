/** Ends of words that count as words of their own; and words that are written as one and read as two. */
const SPLIT =
  /(?<=[\p{L}\p{N}])(?=(?:n't|'(?:s|re|ve|ll|d|m))(?![\p{L}\p{N}]))|(?<=\bcan)(?=not\b)|(?<=\b(?:gon|wan))(?=na\b)/gu;

/** What is one word, in this order. Other signs are none. */
const WORD = new RegExp(
  [
    // U.S., e.g., Dr.
    String.raw`(?<![\p{L}\p{N}])(?:\p{L}\.){2,}`,
    String.raw`\b(?:etc|mr|mrs|ms|dr|st|jr|sr|inc|vs|prof)\.`,
    String.raw`n't|'(?:s|re|ve|ll|d|m)(?![\p{L}\p{N}])`,
    // Words, names and numbers, with what may stand inside.
    String.raw`[#@]?[\p{L}\p{N}\p{M}_]+(?:[-&/.,:'][\p{L}\p{N}\p{M}_]+)*`,
    String.raw`[$%&#@*+=()[\]{}]`,
  ].join('|'),
  'gu',
);

/** Brackets have names of their own there, which pycocoevalcap means to leave out and does not. */
const BRACKETS: Readonly<Record<string, string>> = {
  '(': '-lrb-',
  ')': '-rrb-',
  '[': '-lsb-',
  ']': '-rsb-',
  '{': '-lcb-',
  '}': '-rcb-',
};

/**
 * The words of a caption as the tools of COCO count them: in small letters, without punctuation, with "'s" and "n't" apart. These are the
 * rules of the Penn Treebank as Stanford's tokenizer has them, near enough for sentences in English.
 */
export function captionWords(text: string): string[] {
  const plain = text.toLowerCase().replace(/[‘’]/g, "'").replace(SPLIT, ' ');
  return [...plain.matchAll(WORD)].map(([word]) => BRACKETS[word] ?? word);
}
