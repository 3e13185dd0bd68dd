import type { Hypothesis, Row, RowScores, Search, SearchOptions } from './search';
import { bestTokens } from './token-scores';

/** Always takes the likeliest token. */
export class GreedySearch implements Search {
  readonly choices = 2;
  readonly wantsLogits: boolean;
  private readonly said: number[];
  private readonly tokens: number[] = [];
  private readonly logProbs: number[] = [];
  private finished: boolean;

  constructor(private readonly options: SearchOptions) {
    this.said = [...options.prompt];
    this.wantsLogits = options.repetitionPenalty !== 1;
    this.finished = this.said.length >= options.maxLength;
  }

  get done(): boolean {
    return this.finished;
  }

  rows(): readonly Row[] {
    const last = this.said.slice(this.tokens.length === 0 ? 0 : -1);
    return [{ tokens: last, parent: 0 }];
  }

  advance(scores: readonly RowScores[]): void {
    const { end, minLength, maxLength, repetitionPenalty } = this.options;
    const [row] = scores;
    if (row === undefined) return;
    const [best] = bestTokens(row, 1, {
      forbidden: this.said.length < minLength ? end : null,
      repetitionPenalty,
      said: this.said,
      base: 'logits',
    });
    if (best === undefined) return;
    this.logProbs.push(best.logProb);
    this.said.push(best.token);
    if (best.token !== end) this.tokens.push(best.token);
    this.finished = best.token === end || this.said.length >= maxLength;
  }

  results(): readonly Hypothesis[] {
    const sum = this.logProbs.reduce((a, b) => a + b, 0);
    const length = Math.max(this.logProbs.length, 1);
    const score = sum / length ** this.options.lengthPenalty;
    return [{ tokens: this.tokens, logProbs: this.logProbs, score }];
  }
}
