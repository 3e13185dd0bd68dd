import { seededRandom } from './seeded-random';

const ROUNDS = 2000;
/** The interval holds 95 % of the means. */
const TAIL = 0.025;

/**
 * 95 % interval of the mean, by the percentile bootstrap: as many values are drawn from them, with replacement, 2,000 times. The same seed gives
 * the same interval. Of no values: [0, 0].
 */
export function bootstrapInterval(values: readonly number[], seed: number): [low: number, high: number] {
  const count = values.length;
  if (count === 0) return [0, 0];
  const random = seededRandom(seed);
  const means = Array.from({ length: ROUNDS }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < count; drawn++) sum += values[Math.floor(random() * count)] ?? 0;
    return sum / count;
  }).sort((one, other) => one - other);
  return [means[Math.floor(TAIL * ROUNDS)] ?? 0, means[Math.ceil((1 - TAIL) * ROUNDS) - 1] ?? 0];
}

/** The list in an order of its own for each seed (Fisher and Yates). */
export function shuffled<Item>(list: readonly Item[], seed: number): Item[] {
  const random = seededRandom(seed);
  const order = [...list];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [moved] = order.splice(other, 1, ...order.slice(last, last + 1));
    if (moved !== undefined) order[last] = moved;
  }
  return order;
}
