/** Decisions from which on it is known how many texts of a model are approved as they are. */
export const LEAST_DECISIONS = 200;
/** So many points below what was expected are still taken for chance: with 0 any small drop would be told in the end. */
const MARGIN = 0.04;
/** By how much of its standard error the share of earlier decisions is taken to be lower than it was. */
const CAUTION = 0.6;
/** A false alarm comes with this probability in so many decisions while nothing changes. */
const [FALSE_ALARMS, WITHIN] = [0.05, 55];
/** Shares outside say nothing about a drop of twenty points. */
const [LEAST_SHARE, MOST_SHARE] = [0.25, 0.98];
/** Steps that the sum is counted in. */
const UNIT = 100;

/** In hundredths: what a text that is not good adds to the sum, and at which sum acceptance has dropped. */
interface Plan {
  readonly step: number;
  readonly limit: number;
}

/** How probably the sum reaches a limit in WITHIN decisions of which a share is good, counted exactly. */
function alarmChance(share: number, { step, limit }: Plan): number {
  let chances = new Float64Array(limit);
  chances[0] = 1;
  let alarm = 0;
  for (let decision = 0; decision < WITHIN; decision += 1) {
    const next = new Float64Array(limit);
    for (let sum = 0; sum < limit; sum += 1) {
      const chance = chances[sum] ?? 0;
      if (chance === 0) continue;
      const lower = Math.max(0, sum - (UNIT - step));
      next[lower] = (next[lower] ?? 0) + chance * share;
      if (sum + step >= limit) alarm += chance * (1 - share);
      else next[sum + step] = (next[sum + step] ?? 0) + chance * (1 - share);
    }
    chances = next;
  }
  return alarm;
}

const plans = new Map<number, Plan>();

/** The lowest limit that keeps FALSE_ALARMS, for a share in hundredths. */
function planFor(percent: number): Plan {
  const known = plans.get(percent);
  if (known !== undefined) return known;
  const step = percent - Math.round(MARGIN * UNIT);
  let [low, high] = [step, 16 * UNIT];
  while (low < high) {
    const limit = Math.floor((low + high) / 2);
    if (alarmChance(percent / UNIT, { step, limit }) <= FALSE_ALARMS) high = limit;
    else low = limit + 1;
  }
  const plan = { step, limit: low };
  plans.set(percent, plan);
  return plan;
}

/** A share of good texts among decisions. */
export interface Share {
  readonly good: number;
  readonly decisions: number;
}

/** What the decisions about a model's texts say: too few yet, as good as before, or worse. */
export interface Verdict {
  readonly state: 'too_few' | 'steady' | 'dropped';
  /** The earlier decisions, which later ones are compared with. */
  readonly before: Share;
  /** Those since the drop began, as far as that can be told; null where there is none. */
  readonly since: Share | null;
}

/**
 * A sequential test (CUSUM) of whether fewer texts are good than before: it adds up how many more were changed or rejected than the
 * decisions before let expect, never below zero, and tells a drop when that sum is too large for chance. The drop is over once the sum
 * is back at zero; what has lasted for LEAST_DECISIONS is what is expected from then on.
 */
export class AcceptanceWatch {
  #before = { good: 0, decisions: 0 };
  /** Since the sum was zero. */
  #since = { good: 0, decisions: 0 };
  #sum = 0;
  #hasDropped = false;

  add(isGood: boolean): void {
    const count = this.#before.decisions < LEAST_DECISIONS ? this.#before : this.#since;
    count.good += Number(isGood);
    count.decisions += 1;
    if (count === this.#before) return;
    const { step, limit } = planFor(this.#expected());
    this.#sum = Math.min(limit, Math.max(0, this.#sum + step - (isGood ? UNIT : 0)));
    if (this.#sum === limit) this.#hasDropped = true;
    if (this.#sum > 0 && this.#since.decisions < LEAST_DECISIONS) return;
    const isNew = this.#sum > 0;
    this.#before = isNew ? this.#since : sumOf(this.#before, this.#since);
    this.#since = { good: 0, decisions: 0 };
    this.#sum = 0;
    this.#hasDropped = false;
  }

  /** What comes now is about another model: a drop of the one before is not its own. */
  otherModel(): void {
    this.#since = { good: 0, decisions: 0 };
    this.#sum = 0;
    this.#hasDropped = false;
  }

  verdict(): Verdict {
    const isKnown = this.#before.decisions >= LEAST_DECISIONS;
    const state = this.#hasDropped ? 'dropped' : isKnown ? 'steady' : 'too_few';
    return { state, before: { ...this.#before }, since: this.#hasDropped ? { ...this.#since } : null };
  }

  /** Good texts in a hundred. */
  #expected(): number {
    const { good, decisions } = this.#before;
    const share = good / decisions;
    const error = Math.sqrt((share * (1 - share)) / decisions);
    const careful = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, share - CAUTION * error));
    return Math.round(careful * UNIT);
  }
}

const sumOf = (one: Share, other: Share) => ({
  good: one.good + other.good,
  decisions: one.decisions + other.decisions,
});
