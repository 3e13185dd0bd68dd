import { ModelError } from './model-error';
import type { Favoured } from './search/favoured';
import type { TextTokenizer } from './tokenizers/tokenizer';

/** Added to the log-probability of each token of a favoured word: one that is half as likely as the best comes first. */
const BONUS = 0.8;

/** Tokens of a word as it stands inside a sentence; null where the model cannot write it. */
function tokensOf(text: string, tokenizer: TextTokenizer, unknown: number): number[] | null {
  try {
    const tokens = tokenizer.encode(text);
    return tokens.length === 0 || tokens.includes(unknown) ? null : tokens;
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** Words for a search to favour, in a model's tokens; those that it cannot write are left out. */
export function favouredWords(words: readonly string[], tokenizer: TextTokenizer, unknown: number): Favoured | null {
  // Some tokenizers join a word with the space in front of it; to others that is the same.
  const ways = words.flatMap((word) => [` ${word}`, word]).map((text) => tokensOf(text, tokenizer, unknown));
  const found = new Map(ways.filter((way) => way !== null).map((way) => [way.join(' '), way]));
  return found.size === 0 ? null : { words: [...found.values()], bonus: BONUS };
}
