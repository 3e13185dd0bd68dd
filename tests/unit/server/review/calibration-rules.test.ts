import { confidenceOf } from '../../../../models/confidence';
import { fitCalibration, type Judgement } from '../../../../models/evaluation/calibration';
import { leastConfidence } from '../../../../server/review/auto-approval';
import { rulesOf } from '../../../../server/review/calibration-store';
import { seededRandom } from '../../../support/seeded-random';

function judgements(seed: number): Judgement[] {
  const random = seededRandom(seed);
  return Array.from({ length: 400 }, () => {
    const confidence = Math.round(random() * 1000) / 1000;
    return { confidence, isGood: random() < 0.55 + 0.45 * confidence };
  });
}

test('a rule lets through exactly the decided texts that it was tested on', () => {
  let offered = 0;
  for (let seed = 1; seed <= 20; seed += 1) {
    const decided = judgements(seed);
    const points = (fitCalibration(decided) ?? []).map(([own, good]): [number, number] => [own, good]);
    const shown = decided.map(({ confidence }) => Math.round(confidenceOf(confidence, points) * 1000) / 1000);
    for (const rule of rulesOf(decided, points)) {
      offered += 1;
      expect(rule.upper).toBeLessThanOrEqual(rule.most_bad);
      expect(rule.decided).toBe(shown.filter((confidence) => confidence >= rule.from).length);
    }
  }
  expect(offered).toBeGreaterThan(0);
});

test('a bare least confidence lets nothing through once the site’s own decisions give the confidence', () => {
  const rules = [{ most_bad: 0.05, from: 0.9, decided: 120, bad: 1, upper: 0.04 }];
  expect(leastConfidence({ from: 0.8, most_bad: null }, () => null)).toBe(0.8);
  expect(leastConfidence({ from: 0.8, most_bad: null }, () => ({ rules }))).toBeNull();
  expect(leastConfidence({ from: 0.8, most_bad: 0.05 }, () => ({ rules }))).toBe(0.9);
  expect(leastConfidence({ from: null, most_bad: 0.02 }, () => ({ rules }))).toBeNull();
});
