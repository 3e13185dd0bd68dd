import type { Favoured } from './favoured';

/** What the decoder says about the next token of one row. */
export interface RowScores {
  /** Best first, at least as many as the search asked for (`choices`), or the whole vocabulary. */
  readonly ids: readonly number[];
  /** Log-probabilities of `ids`. */
  readonly logProbs: readonly number[];
  /** [vocabulary]; only when the search asked for it (`wantsLogits`). */
  readonly logits: Float32Array | null;
}

/** One sentence being written: its new tokens, and the row of the previous step that it goes on from. */
export interface Row {
  readonly tokens: readonly number[];
  readonly parent: number;
}

/** A finished sentence. `tokens` without prompt and end token; `logProbs` has the end token's last, if it ended. */
export interface Hypothesis {
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  readonly score: number;
}

export interface SearchOptions {
  /** Start token and prompt. */
  readonly prompt: readonly number[];
  readonly end: number;
  readonly beams: number;
  /** Longest sentence, prompt included. */
  readonly maxLength: number;
  /** The end token is forbidden before the sentence has this many tokens, prompt included. */
  readonly minLength: number;
  readonly lengthPenalty: number;
  readonly repetitionPenalty: number;
  readonly unfinished: 'compete' | 'last_resort';
  /** Token that every sentence begins with after the prompt, at no cost: its log-probability counts as 0. */
  readonly forcedStart?: number | null;
  /** A sentence that reaches its longest length ends with the end token there, at no cost. */
  readonly forcedEnd?: boolean;
  /** No run of this many tokens may come twice in a sentence, prompt included; 0 or absent: it may. */
  readonly noRepeatNgramSize?: number;
  /**
   * When beam search stops with `beams` finished sentences: at once, when the best open one could not push out the worst at its
   * present length (default), or when it could not at any length.
   */
  readonly earlyStopping?: boolean | 'never';
  /** Words that are preferred while the sentence is searched. */
  readonly favoured?: Favoured | null;
}

/** True where a search changes scores, so that it has to see those of every token. */
export function changesScores({ repetitionPenalty, favoured }: SearchOptions): boolean {
  return repetitionPenalty !== 1 || (favoured?.words.length ?? 0) > 0;
}

/**
 * One search over sentences. It never sees the model: the caller runs `rows()` through the decoder and hands what came
 * out to `advance()`, until `done`. All steps but the first have the same number of rows.
 */
export interface Search {
  readonly done: boolean;
  /** How many of the best tokens of each row the search looks at. */
  readonly choices: number;
  readonly wantsLogits: boolean;
  rows(): readonly Row[];
  advance(scores: readonly RowScores[]): void;
  /** Best first, at least one once `done`. */
  results(): readonly Hypothesis[];
}

/** Runs the decoder for one step. */
export type Step = (
  rows: readonly Row[],
  request: { readonly choices: number; readonly wantsLogits: boolean },
) => Promise<readonly RowScores[]>;

/** Runs a search until it is done. Throws the signal's reason between two steps when it is aborted. */
export async function runSearch(search: Search, step: Step, signal?: AbortSignal): Promise<void> {
  while (!search.done) {
    signal?.throwIfAborted();
    search.advance(await step(search.rows(), search));
  }
}
