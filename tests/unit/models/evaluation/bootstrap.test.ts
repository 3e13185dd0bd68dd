import { bootstrapInterval, shuffled } from '../../../../models/evaluation/bootstrap';
import { seededRandom } from '../../../../models/evaluation/seeded-random';

test('95 % intervals hold the true mean about that often', () => {
  let held = 0;
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed);
    const values = Array.from({ length: 80 }, () => random() + random());
    const [low, high] = bootstrapInterval(values, seed);
    if (low <= 1 && 1 <= high) held += 1;
  }
  expect(held).toBeGreaterThanOrEqual(182);
  expect(held).toBeLessThanOrEqual(199);
});

test('the same seed gives the same interval and the same order', () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(bootstrapInterval(values, 7)).toEqual(bootstrapInterval(values, 7));
  expect(bootstrapInterval([], 7)).toEqual([0, 0]);
  expect(shuffled(values, 7)).toEqual(shuffled(values, 7));
  expect([...shuffled(values, 7)].sort()).toEqual(values);
  expect(shuffled(values, 7)).not.toEqual(shuffled(values, 8));
});
