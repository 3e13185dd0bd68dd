import type { SearchOptions } from './search';

/** Tokens that would complete a run of `size` tokens that the sentence already has. */
export function repeatingTokens(said: readonly number[], size: number): Set<number> {
  const tokens = new Set<number>();
  if (size <= 0) return tokens;
  const tail = said.slice(said.length - size + 1);
  for (let begin = 0; begin + size <= said.length; begin++) {
    if (tail.every((token, index) => said[begin + index] === token)) tokens.add(said[begin + size - 1] ?? -1);
  }
  return tokens;
}

/** Tokens that a sentence must not go on with. */
export function forbiddenTokens(
  said: readonly number[],
  { minLength, end, noRepeatNgramSize = 0 }: SearchOptions,
): ReadonlySet<number> {
  const tokens = repeatingTokens(said, noRepeatNgramSize);
  if (said.length < minLength) tokens.add(end);
  return tokens;
}

/** What a sentence begins with before the model is asked: the prompt, and the token that is forced after it. */
export function beginningOf({ prompt, forcedStart, maxLength }: SearchOptions): {
  readonly said: readonly number[];
  readonly logProbs: readonly number[];
} {
  const isForced = typeof forcedStart === 'number' && prompt.length < maxLength;
  return isForced ? { said: [...prompt, forcedStart], logProbs: [0] } : { said: prompt, logProbs: [] };
}

/** True where the next token can only be the end token. */
export function mustEnd(length: number, { forcedEnd = false, maxLength }: SearchOptions): boolean {
  return forcedEnd && length === maxLength - 1;
}
