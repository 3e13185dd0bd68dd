import { gainsAfter } from './favoured';
import { changesScores, type Hypothesis, type Row, type RowScores, type Search, type SearchOptions } from './search';
import { beginningOf, forbiddenTokens, mustEnd } from './forbidden';
import { bestTokens } from './token-scores';

/** Always takes the likeliest token. */
export class GreedySearch implements Search {
  readonly wantsLogits: boolean;
  private readonly said: number[];
  private readonly logProbs: number[];
  private isFirst = true;
  private finished = false;

  constructor(private readonly options: SearchOptions) {
    const { said, logProbs } = beginningOf(options);
    this.said = [...said];
    this.logProbs = [...logProbs];
    this.wantsLogits = changesScores(options);
    this.endIfDue();
  }

  /** Best tokens to ask for: one, and as many as may be forbidden. */
  get choices(): number {
    return 2 + forbiddenTokens(this.said, this.options).size;
  }

  get done(): boolean {
    return this.finished;
  }

  rows(): readonly Row[] {
    const last = this.said.slice(this.isFirst ? 0 : -1);
    return [{ tokens: last, parent: 0 }];
  }

  advance(scores: readonly RowScores[]): void {
    const { end, repetitionPenalty } = this.options;
    const [row] = scores;
    if (row === undefined) return;
    const [best] = bestTokens(row, 1, {
      forbidden: forbiddenTokens(this.said, this.options),
      repetitionPenalty,
      said: this.said,
      gains: gainsAfter(this.said, this.options.favoured),
      base: 'logits',
    });
    if (best === undefined) return;
    this.logProbs.push(best.logProb);
    this.said.push(best.token);
    this.isFirst = false;
    if (best.token === end) this.finished = true;
    else this.endIfDue();
  }

  results(): readonly Hypothesis[] {
    const sum = this.logProbs.reduce((a, b) => a + b, 0);
    const length = Math.max(this.logProbs.length, 1);
    const score = sum / length ** this.options.lengthPenalty;
    const { prompt, end } = this.options;
    const ended = this.said.length > prompt.length && this.said.at(-1) === end;
    return [{ tokens: this.said.slice(prompt.length, ended ? -1 : undefined), logProbs: this.logProbs, score }];
  }

  private endIfDue(): void {
    const { end, maxLength } = this.options;
    if (mustEnd(this.said.length, this.options)) {
      this.said.push(end);
      this.logProbs.push(0);
    }
    this.finished = this.said.length >= maxLength;
  }
}
