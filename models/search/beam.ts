import type { Hypothesis, Row, RowScores, Search, SearchOptions } from './search';
import { bestTokens } from './token-scores';

/** A sentence that is still growing. */
interface Beam {
  /** Prompt included. */
  readonly said: readonly number[];
  readonly logProbs: readonly number[];
  /** Sum of the (penalised) log-probabilities, in float32 as the reference adds them. */
  readonly sum: number;
  readonly parent: number;
}

/** A way to go on from a beam. */
interface Continuation extends Beam {
  readonly token: number;
}

/**
 * Beam search with the rules of Hugging Face transformers 5 (`_beam_search`, early_stopping false): each step looks at
 * the 2 × beams best continuations; those that end count as finished only among the first `beams`; the search stops
 * when the best open sentence, at its present length, could not push out the worst kept one.
 */
export class BeamSearch implements Search {
  readonly choices: number;
  readonly wantsLogits: boolean;
  private beams: readonly Beam[];
  private kept: Hypothesis[] = [];
  private finished: boolean;

  constructor(private readonly options: SearchOptions) {
    // One more than is kept: the end token may be among them and forbidden.
    this.choices = 2 * options.beams + 1;
    this.wantsLogits = options.repetitionPenalty !== 1;
    this.beams = [{ said: options.prompt, logProbs: [], sum: 0, parent: 0 }];
    this.finished = options.prompt.length >= options.maxLength;
  }

  get done(): boolean {
    return this.finished;
  }

  rows(): readonly Row[] {
    return this.beams.map(({ said, logProbs, parent }) => ({
      tokens: said.slice(logProbs.length === 0 ? 0 : -1),
      parent,
    }));
  }

  advance(scores: readonly RowScores[]): void {
    const { beams, end, maxLength, unfinished } = this.options;
    const continuations = this.continuations(scores);
    const length = continuations[0]?.said.length ?? 0;
    const longest = length >= maxLength;
    continuations.slice(0, beams).forEach((continuation) => {
      if (continuation.token === end) this.keep(continuation, true);
      else if (longest && unfinished === 'compete') this.keep(continuation, false);
    });
    this.beams = continuations.filter(({ token }) => token !== end).slice(0, beams);
    this.finished = longest || this.cannotImprove(length);
  }

  results(): readonly Hypothesis[] {
    if (this.kept.length === 0) {
      const [best] = this.beams;
      if (best !== undefined) this.keep(best, false);
    }
    return this.kept;
  }

  private continuations(scores: readonly RowScores[]): Continuation[] {
    const { beams, end, minLength, repetitionPenalty } = this.options;
    const all = this.beams.flatMap((beam, parent) => {
      const row = scores[parent];
      if (row === undefined) return [];
      const rules = {
        forbidden: beam.said.length < minLength ? end : null,
        repetitionPenalty,
        said: beam.said,
        base: 'log_probs',
      } as const;
      return bestTokens(row, 2 * beams, rules).map(({ token, score, logProb }) => ({
        token,
        said: [...beam.said, token],
        logProbs: [...beam.logProbs, logProb],
        sum: Math.fround(beam.sum + score),
        parent,
      }));
    });
    return all.sort((a, b) => b.sum - a.sum).slice(0, 2 * beams);
  }

  private scoreOf(sum: number, generated: number): number {
    return Math.fround(sum / generated ** this.options.lengthPenalty);
  }

  private keep({ said, logProbs, sum }: Beam, ended: boolean): void {
    const { prompt, beams } = this.options;
    const tokens = said.slice(prompt.length, ended ? -1 : undefined);
    this.kept.push({ tokens, logProbs, score: this.scoreOf(sum, Math.max(logProbs.length, 1)) });
    this.kept.sort((a, b) => b.score - a.score);
    this.kept.length = Math.min(this.kept.length, beams);
  }

  private cannotImprove(length: number): boolean {
    const [best] = this.beams;
    if (best === undefined) return true;
    const worst = this.kept[this.options.beams - 1];
    return worst !== undefined && worst.score >= this.scoreOf(best.sum, length - this.options.prompt.length);
  }
}
