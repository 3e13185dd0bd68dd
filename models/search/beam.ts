import { gainsAfter } from './favoured';
import { changesScores, type Hypothesis, type Row, type RowScores, type Search, type SearchOptions } from './search';
import { beginningOf, forbiddenTokens, mustEnd } from './forbidden';
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
 * Beam search with the rules of Hugging Face transformers 5 (`_beam_search`): each step looks at
 * the 2 × beams best continuations; those that end count as finished only among the first `beams`. When the search stops is
 * `earlyStopping`'s to say.
 */
export class BeamSearch implements Search {
  readonly wantsLogits: boolean;
  private beams: readonly Beam[];
  private kept: Hypothesis[] = [];
  private isFirst = true;
  private finished = false;

  constructor(private readonly options: SearchOptions) {
    this.wantsLogits = changesScores(options);
    this.beams = [{ ...beginningOf(options), sum: 0, parent: 0 }];
    this.endIfDue();
  }

  /** Best tokens to ask for: those that are kept, and as many as may be forbidden. */
  get choices(): number {
    const forbidden = this.beams.map(({ said }) => forbiddenTokens(said, this.options).size);
    return 2 * this.options.beams + 1 + Math.max(0, ...forbidden);
  }

  get done(): boolean {
    return this.finished;
  }

  rows(): readonly Row[] {
    return this.beams.map(({ said, parent }) => ({
      tokens: said.slice(this.isFirst ? 0 : -1),
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
    this.isFirst = false;
    if (longest || this.cannotImprove(length)) this.finished = true;
    else this.endIfDue();
  }

  results(): readonly Hypothesis[] {
    if (this.kept.length === 0) {
      const [best] = this.beams;
      if (best !== undefined) this.keep(best, false);
    }
    return this.kept;
  }

  private continuations(scores: readonly RowScores[]): Continuation[] {
    const { beams, repetitionPenalty } = this.options;
    const all = this.beams.flatMap((beam, parent) => {
      const row = scores[parent];
      if (row === undefined) return [];
      const rules = {
        forbidden: forbiddenTokens(beam.said, this.options),
        repetitionPenalty,
        said: beam.said,
        gains: gainsAfter(beam.said, this.options.favoured),
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

  /** Where only the end token can follow, every open sentence ends at once: the model need not be asked. */
  private endIfDue(): void {
    const [{ said } = { said: [] }] = this.beams;
    if (mustEnd(said.length, this.options)) {
      for (const beam of this.beams) {
        this.keep({ ...beam, said: [...beam.said, this.options.end], logProbs: [...beam.logProbs, 0] }, true);
      }
      this.finished = true;
    } else this.finished = said.length >= this.options.maxLength;
  }

  private cannotImprove(length: number): boolean {
    const [best] = this.beams;
    if (best === undefined) return true;
    const { earlyStopping = false, maxLength, lengthPenalty, prompt } = this.options;
    const isFull = this.kept.length >= this.options.beams;
    if (earlyStopping === true) return isFull;
    const longest = earlyStopping === 'never' && lengthPenalty > 0 ? maxLength : length;
    const worst = this.kept[this.options.beams - 1];
    return worst !== undefined && worst.score >= this.scoreOf(best.sum, longest - prompt.length);
  }
}
