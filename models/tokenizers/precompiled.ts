import { ReplacementTable } from './replacement-table';

/** Longest grapheme in UTF-8 bytes, not included, that is looked up as a whole. */
const WHOLE_BYTES = 6;
/** U+0085, white space for SentencePiece and not for JavaScript's \s. */
const NEXT_LINE = /\u0085/g;

/**
 * The normaliser of SentencePiece's table of replacements (in base64) as the tokenizers library has it: graphemes of few bytes are looked up whole, others character by
 * character. (`@huggingface/tokenizers` uses NFKC instead, which differs on one of 125 adversarial texts.) Throws Error where the table
 * is damaged.
 */
export function precompiledNormaliser(base64: string): (text: string) => string {
  const table = new ReplacementTable(Buffer.from(base64, 'base64'));
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    let normalised = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = Buffer.byteLength(segment) < WHOLE_BYTES ? table.find(segment) : null;
      normalised += whole ?? Array.from(segment, (character) => table.find(character) ?? character).join('');
    }
    return normalised.replace(NEXT_LINE, ' ');
  };
}
