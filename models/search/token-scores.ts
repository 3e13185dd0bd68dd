import type { Gains } from './favoured';
import type { RowScores } from './search';

/** A token that a sentence could go on with. */
export interface TokenScore {
  readonly token: number;
  /** What the search compares: the log-probability, or in greedy search the logit, after penalties. */
  readonly score: number;
  /** The model's own log-probability. */
  readonly logProb: number;
}

export interface Rules {
  /** Tokens that must not be chosen now. */
  readonly forbidden: ReadonlySet<number>;
  readonly repetitionPenalty: number;
  /** Tokens of the sentence so far; each counts once for the penalty. */
  readonly said: readonly number[];
  /** What is added to the scores once they are penalised; absent: nothing. */
  readonly gains?: Gains;
  /** What the penalty works on: log-probabilities in beam search, logits in greedy search, as Hugging Face does. */
  readonly base: 'log_probs' | 'logits';
}

const NO_GAINS: Gains = { of: new Map(), others: 0 };

/** The best `count` tokens of one row, best first, equal ones in the order of their ids. */
export function bestTokens(row: RowScores, count: number, rules: Rules): TokenScore[] {
  if (row.logits !== null) return penalised(row.logits, count, rules);
  const best: TokenScore[] = [];
  for (let index = 0; index < row.ids.length && best.length < count; index++) {
    const token = row.ids[index] ?? -1;
    const logProb = row.logProbs[index] ?? -Infinity;
    if (!rules.forbidden.has(token)) best.push({ token, score: logProb, logProb });
  }
  return best;
}

function penalised(logits: Float32Array, count: number, rules: Rules): TokenScore[] {
  const logSum = logSumExp(logits);
  const scores = rules.base === 'logits' ? logits.slice() : logits.map((logit) => logit - logSum);
  for (const token of new Set(rules.said)) {
    const score = scores[token];
    if (score === undefined) continue;
    scores[token] = score < 0 ? score * rules.repetitionPenalty : score / rules.repetitionPenalty;
  }
  const { of, others } = rules.gains ?? NO_GAINS;
  for (const [token, gain] of of) scores[token] = (scores[token] ?? -Infinity) + gain - others;
  for (const token of rules.forbidden) scores[token] = -Infinity;
  return topIndices(scores, count).map((token) => ({
    token,
    score: (scores[token] ?? -Infinity) + others,
    logProb: (logits[token] ?? -Infinity) - logSum,
  }));
}

function logSumExp(logits: Float32Array): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
}

/** Indices of the largest `count` numbers; a short sorted list is faster than sorting the vocabulary. */
function topIndices(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  const valueAt = (place: number) => values[best[place] ?? -1] ?? -Infinity;
  values.forEach((value, index) => {
    if (best.length === count && value <= valueAt(count - 1)) return;
    let place = best.length;
    while (place > 0 && valueAt(place - 1) < value) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
  });
  return best;
}
