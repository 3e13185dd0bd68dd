import { AcceptanceWatch, LEAST_DECISIONS } from '../../../../server/review/acceptance-watch';
import { seededRandom } from '../../../support/seeded-random';

const random = seededRandom(28);

/** Decisions of which a share is good, one after the other. True where a drop is told at any time while they come. */
function tells(watch: AcceptanceWatch, share: number, decisions: number): boolean {
  let isTold = false;
  for (let number = 0; number < decisions; number += 1) {
    watch.add(random() < share);
    isTold ||= watch.verdict().state === 'dropped';
  }
  return isTold;
}

function watchAfter(share: number, decisions = LEAST_DECISIONS): AcceptanceWatch {
  const watch = new AcceptanceWatch();
  tells(watch, share, decisions);
  return watch;
}

const SIMULATIONS = 3000;
const shareOf = (one: () => boolean) => Array.from({ length: SIMULATIONS }, one).filter(Boolean).length / SIMULATIONS;

test('a drop from 90 to 70 % is found within fifty decisions nine times of ten, with a false alarm in at most 5 %', () => {
  const found = shareOf(() => tells(watchAfter(0.9), 0.7, 50));
  const falseAlarms = shareOf(() => tells(watchAfter(0.9), 0.9, 50));
  expect(found).toBeGreaterThanOrEqual(0.9);
  expect(falseAlarms).toBeLessThanOrEqual(0.05);
});

test.each([0.95, 0.8, 0.6, 0.4])(
  'where %d of the texts are good, as before, a false alarm comes in at most 6 %%',
  (share) => {
    expect(shareOf(() => tells(watchAfter(share), share, 50))).toBeLessThanOrEqual(0.06);
  },
);

test('before two hundred decisions nothing is told', () => {
  const watch = new AcceptanceWatch();
  expect(tells(watch, 0, LEAST_DECISIONS - 1)).toBe(false);
  expect(watch.verdict()).toEqual({ state: 'too_few', before: { good: 0, decisions: 199 }, since: null });
});

test('a drop is told with what was before and since, ends when the texts are good again, and is what is expected after 200', () => {
  const add = (watch: AcceptanceWatch, ...goods: boolean[]) => goods.forEach((isGood) => watch.add(isGood));
  const often = (isGood: boolean, times: number) => Array.from({ length: times }, () => isGood);
  const dropped = () => {
    const watch = new AcceptanceWatch();
    add(watch, ...often(true, 190), ...often(false, 10), ...often(false, 9));
    return watch;
  };
  expect(dropped().verdict()).toEqual({
    state: 'dropped',
    before: { good: 190, decisions: 200 },
    since: { good: 0, decisions: 9 },
  });
  const recovered = dropped();
  add(recovered, ...often(true, 100));
  expect(recovered.verdict()).toMatchObject({ state: 'steady', since: null });
  const stays = dropped();
  add(stays, ...often(false, 191));
  expect(stays.verdict()).toEqual({ state: 'steady', before: { good: 0, decisions: 200 }, since: null });
});
