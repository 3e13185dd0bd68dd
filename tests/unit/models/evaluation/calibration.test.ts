import { confidenceOf } from '../../../../models/confidence';
import {
  approvalRule,
  fitCalibration,
  reliabilityBins,
  upperShare,
  type Judgement,
} from '../../../../models/evaluation/calibration';
import { seededRandom } from '../../../../models/evaluation/seeded-random';

type Curve = (confidence: number) => number;

/** How often a text of that confidence is good. */
const CURVES: Readonly<Record<string, Curve>> = {
  diagonal: (x) => x,
  optimistic: (x) => x * x,
  pessimistic: Math.sqrt,
  logistic: (x) => 1 / (1 + Math.exp(-10 * (x - 0.5))),
  flat: () => 0.7,
  good: (x) => 0.9 + 0.1 * x,
  step: (x) => (x < 0.5 ? 0.3 : 0.95),
  borderline: () => 0.95,
};
/** How sure a model is of its texts. */
const SPREADS: Readonly<Record<string, (random: () => number) => number>> = {
  'every confidence': (random) => random(),
  'middle ones': (random) => (random() + random() + random()) / 3,
  'high ones': (random) => 1 - random() * random() * 0.5,
};
const CASES = Object.keys(CURVES).flatMap((curve) => Object.keys(SPREADS).map((spread) => [curve, spread] as const));
/** Those in which a rule is offered at all, the ones at the edge of the promise among them. */
const OFFERED = CASES.filter(
  ([curve, spread]) => /good|step|borderline|pessimistic/.test(curve) && spread !== 'middle ones',
);
const SIMULATIONS = 200;

function judge(count: number, curve: string, spread: string, random: () => number): Judgement[] {
  return Array.from({ length: count }, () => {
    const confidence = SPREADS[spread]!(random);
    return { confidence, isGood: random() < CURVES[curve]!(confidence) };
  });
}

test.each(CASES)('after 500 decisions the mean error is at most 0.05: %s, %s', (curve, spread) => {
  let sum = 0;
  for (let seed = 0; seed < SIMULATIONS; seed++) {
    const points = fitCalibration(judge(500, curve, spread, seededRandom(seed)))!;
    const texts = judge(200, curve, spread, seededRandom(seed + 10_000));
    const errors = texts.map(({ confidence }) =>
      Math.abs(confidenceOf(confidence, points) - CURVES[curve]!(confidence)),
    );
    sum += errors.reduce((total, error) => total + error, 0) / errors.length;
  }
  expect(sum / SIMULATIONS).toBeLessThanOrEqual(0.05);
});

test.each(OFFERED)(
  'a rule of "at most 5 %% bad" keeps its promise in 190 of 200 simulations: %s, %s',
  (curve, spread) => {
    let [kept, offered] = [0, 0];
    for (let seed = 0; seed < SIMULATIONS; seed++) {
      const rule = approvalRule(judge(500, curve, spread, seededRandom(seed)), 0.05);
      if (rule !== null) offered += 1;
      const approved = judge(4000, curve, spread, seededRandom(seed + 10_000)).filter(
        ({ confidence }) => confidence >= (rule?.from ?? 2),
      );
      const bad = approved.filter(({ isGood }) => !isGood).length;
      if (bad <= 0.05 * approved.length) kept += 1;
    }
    // A site that is offered no rule counts as one on which it is kept: some must be offered one.
    expect(kept).toBeGreaterThanOrEqual(0.95 * SIMULATIONS);
    expect(offered).toBeGreaterThan(0);
  },
);

test('where texts are good enough there is a rule, and where they are not there is none', () => {
  const offered = (curve: Curve) => {
    const rules = Array.from({ length: 50 }, (_, seed) => {
      const random = seededRandom(seed);
      const judged = Array.from({ length: 500 }, () => {
        const confidence = random();
        return { confidence, isGood: random() < curve(confidence) };
      });
      return approvalRule(judged, 0.05);
    });
    return rules.filter((rule) => rule !== null).length;
  };
  expect(offered((x) => Math.min(1, 0.85 + 0.2 * x))).toBeGreaterThan(45);
  expect(offered(() => 0.9)).toBe(0);
});

test('a curve sorts as the model does, from 200 decisions on', () => {
  const judged = judge(500, 'step', 'every confidence', seededRandom(1));
  const points = fitCalibration(judged)!;
  const values = Array.from({ length: 101 }, (_, at) => confidenceOf(at / 100, points));
  expect([...values].sort((one, other) => one - other)).toEqual(values);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(1);
  expect(fitCalibration(judged.slice(0, 199))).toBeNull();
  expect(approvalRule(judged.slice(0, 199), 0.5)).toBeNull();
  const same = Array.from({ length: 300 }, (_, at) => ({ confidence: 0.5, isGood: at % 2 === 0 }));
  expect(confidenceOf(0.5, fitCalibration(same)!)).toBeCloseTo(0.5, 2);
});

test('the upper bound is that of Clopper and Pearson', () => {
  // R: binom.test(bad, count, alternative = 'less')$conf.int[2]
  expect(upperShare(0, 59)).toBeCloseTo(0.04951, 4);
  expect(upperShare(1, 93)).toBeCloseTo(0.04996, 4);
  expect(upperShare(5, 100)).toBeCloseTo(0.10226, 4);
  expect([upperShare(0, 0), upperShare(3, 3)]).toEqual([1, 1]);
});

test('the points of a reliability diagram', () => {
  const judged = [0.05, 0.06, 0.95, 1].map((confidence, at) => ({ confidence, isGood: at > 0 }));
  expect(reliabilityBins(judged).map(({ confidence, good, count }) => [confidence, good, count])).toEqual([
    [0.055, 0.5, 2],
    [0.975, 1, 2],
  ]);
});
