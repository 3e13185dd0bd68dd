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

/** Runs the decoder for one step: `rows` are those of all searches, one after the other. */
export type Step = (
  rows: readonly Row[],
  request: { readonly choices: number; readonly wantsLogits: boolean },
) => Promise<readonly RowScores[]>;

/**
 * Runs searches side by side, one a picture, until all are done. They must have the same options but the prompt's
 * words; rows of finished ones are carried along, since the decoder's batch has one shape.
 * Throws the signal's reason between two steps when it is aborted.
 */
export async function runSearches(searches: readonly Search[], step: Step, signal?: AbortSignal): Promise<void> {
  const [first] = searches;
  if (first === undefined) return;
  let widthBefore = 1;
  while (searches.some((search) => !search.done)) {
    signal?.throwIfAborted();
    const perSearch = searches.map((search) => search.rows());
    const width = Math.max(...perSearch.map((rows) => rows.length));
    const joined = perSearch.flatMap((rows, index) => padRows(rows, width, index * widthBefore));
    const scores = await step(joined, first);
    searches.forEach((search, index) => {
      const begin = index * width;
      if (!search.done) search.advance(scores.slice(begin, begin + (perSearch[index]?.length ?? 0)));
    });
    widthBefore = width;
  }
}

/** `width` rows, the last one repeated where there are fewer; `offset` turns parents into rows of the joined batch. */
function padRows(rows: readonly Row[], width: number, offset: number): Row[] {
  return Array.from({ length: width }, (_, index) => {
    const row = rows[Math.min(index, rows.length - 1)];
    return { tokens: row?.tokens ?? [], parent: offset + (row?.parent ?? 0) };
  });
}
