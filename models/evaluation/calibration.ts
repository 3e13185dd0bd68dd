/** A suggestion that somebody decided about: how sure the model was of it, 0..1, and whether it was good as it was. */
export interface Judgement {
  readonly confidence: number;
  readonly isGood: boolean;
}

/** Points [the model's own confidence, share of good texts], both rising; between them straight lines. */
export type CalibrationPoints = readonly (readonly [number, number])[];

/** With fewer decisions the curve says more about chance than about the model. */
export const LEAST_JUDGEMENTS = 200;
/** Neighbours that one point of the curve is made of. */
const OF_ONE_POINT = 25;
/** A curve that is flat over the edges still rises a little, so that two confidences stay in their order. */
const LEAST_RISE = 0.01;
/** Part of a step on each side that leads over to its neighbour. */
const EDGE = 0.15;

interface Block {
  /** Of the first and the last one. */
  readonly from: number;
  readonly to: number;
  readonly good: number;
  readonly count: number;
}

const shareOf = ({ good, count }: Block) => (good + 0.5) / (count + 1);

const joined = (one: Block, other: Block): Block => ({
  from: one.from,
  to: other.to,
  good: one.good + other.good,
  count: one.count + other.count,
});

/** Neighbours in order of confidence; those of the same confidence stay together. */
function blocksOf(judgements: readonly Judgement[]): Block[] {
  const sorted = [...judgements].sort((one, other) => one.confidence - other.confidence);
  const blocks: Block[] = [];
  let last: number | null = null;
  for (const { confidence, isGood } of sorted) {
    const one = { from: confidence, to: confidence, good: Number(isGood), count: 1 };
    const open = blocks.at(-1);
    if (open === undefined || (open.count >= OF_ONE_POINT && confidence !== last)) blocks.push(one);
    else blocks[blocks.length - 1] = joined(open, one);
    last = confidence;
  }
  const rest = blocks.at(-1);
  if (rest !== undefined && rest.count < OF_ONE_POINT && blocks.length > 1) {
    blocks.splice(-2, 2, joined(blocks.at(-2) ?? rest, rest));
  }
  return blocks;
}

/** Pool adjacent violators: the rising steps that fit the shares best. */
function rising(blocks: readonly Block[]): Block[] {
  const pooled: Block[] = [];
  for (const block of blocks) {
    let next = block;
    for (let before = pooled.at(-1); before !== undefined && shareOf(before) >= shareOf(next); before = pooled.at(-1)) {
      pooled.pop();
      next = joined(before, next);
    }
    pooled.push(next);
  }
  return pooled;
}

/** A step of the curve: nearly flat within the middle of its block. */
function stepOf(block: Block): (readonly [number, number])[] {
  const [share, edge] = [shareOf(block), (block.to - block.from) * EDGE];
  const low = [block.from + edge, Math.max(0, share - LEAST_RISE / 2)] as const;
  const high = [block.to - edge, Math.min(1, share + LEAST_RISE / 2)] as const;
  return low[0] < high[0] ? [low, high] : [[low[0], share]];
}

/**
 * The share of good texts by the model's own confidence: isotonic regression over groups of 25 neighbours, with straight lines between the
 * steps. Null with fewer than 200 judgements. Pure.
 */
export function fitCalibration(judgements: readonly Judgement[]): CalibrationPoints | null {
  if (judgements.length < LEAST_JUDGEMENTS) return null;
  const steps = rising(blocksOf(judgements)).flatMap(stepOf);
  const rise: (readonly [number, number])[] = [];
  // Steps that lie closer together than one rises would fall again.
  for (const [confidence, share] of steps) rise.push([confidence, Math.max(share, rise.at(-1)?.[1] ?? 0)]);
  const [[, low] = [0, 0], [, high] = [1, 1]] = [rise[0], rise.at(-1)];
  return [[0, Math.max(0, low - LEAST_RISE)], ...rise, [1, Math.min(1, high + LEAST_RISE)]];
}

/** Log of n over k. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let at = 1; at <= k; at++) sum += Math.log((n - k + at) / at);
  return sum;
}

/** Probability of at most `bad` of `count`, each bad with `share`. */
function atMost(bad: number, count: number, share: number): number {
  let sum = 0;
  for (let k = 0; k <= bad; k++) {
    sum += Math.exp(logChoose(count, k) + k * Math.log(share) + (count - k) * Math.log1p(-share));
  }
  return sum;
}

const PRECISION = 1e-6;

/** The upper 95 % bound of a share of which `bad` of `count` were seen (Clopper and Pearson, one-sided); 1 of none. */
export function upperShare(bad: number, count: number): number {
  if (count === 0 || bad >= count) return 1;
  let [low, high] = [bad / count, 1];
  while (high - low > PRECISION) {
    const middle = (low + high) / 2;
    if (atMost(bad, count, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** A least confidence of the model's own, and what of the decided texts from there on was bad. */
export interface ApprovalRule {
  readonly from: number;
  readonly decided: number;
  readonly bad: number;
  /** Upper 95 % bound of the share of bad ones. */
  readonly upper: number;
}

/** Parts of the decided texts that are looked at one after the other, from the surest on. */
const FIRST_PART = 0.2;
const NEXT_PART = 0.05;
/** Of fewer, a single bad one breaks the promise of one in twenty. */
const LEAST_OF_RULE = 100;

/**
 * The lowest confidence from which on no more than `mostBad` of the texts are bad, as far as the decisions tell; null: from none. The surest
 * fifth is tested first, then ever larger parts, until one fails: so the promise is broken no more often than one test
 * breaks it: at each calibration in 5 % of the sites at most. Pure.
 */
export function approvalRule(judgements: readonly Judgement[], mostBad: number): ApprovalRule | null {
  if (judgements.length < LEAST_JUDGEMENTS) return null;
  const sorted = [...judgements].sort((one, other) => other.confidence - one.confidence);
  const step = Math.ceil(sorted.length * NEXT_PART);
  let found: ApprovalRule | null = null;
  const first = Math.max(LEAST_OF_RULE, Math.ceil(sorted.length * FIRST_PART));
  for (let size = first; size <= sorted.length; size += step) {
    const from = sorted[size - 1]?.confidence ?? 1;
    const part = sorted.filter(({ confidence }) => confidence >= from);
    const bad = part.filter(({ isGood }) => !isGood).length;
    const upper = upperShare(bad, part.length);
    if (upper > mostBad) return found;
    found = { from, decided: part.length, bad, upper };
  }
  return found;
}

/** Judgements of like confidence: what the model gives them, and what share was good, with its 95 % interval (Wilson). */
export interface ReliabilityBin {
  readonly confidence: number;
  readonly good: number;
  readonly interval: readonly [low: number, high: number];
  readonly count: number;
}

const WILSON = 1.96;

function wilson(good: number, count: number): [number, number] {
  const share = good / count;
  const middle = (share + WILSON ** 2 / (2 * count)) / (1 + WILSON ** 2 / count);
  const half =
    (WILSON * Math.sqrt((share * (1 - share)) / count + WILSON ** 2 / (4 * count ** 2))) / (1 + WILSON ** 2 / count);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Ten bins of equal width at most, without the empty ones: the points of a reliability diagram. */
export function reliabilityBins(judgements: readonly Judgement[]): ReliabilityBin[] {
  const bins = Array.from({ length: 10 }, (_, bin) =>
    judgements.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin),
  );
  return bins
    .filter((bin) => bin.length > 0)
    .map((bin) => {
      const good = bin.filter(({ isGood }) => isGood).length;
      const confidence = bin.reduce((sum, one) => sum + one.confidence, 0) / bin.length;
      return { confidence, good: good / bin.length, interval: wilson(good, bin.length), count: bin.length };
    });
}
