import { confidenceOf, meanLogProb } from '../../../models/confidence';

const POINTS = [
  [-1, 0.2],
  [-0.5, 0.6],
  [0, 0.9],
] as const;

it.each([
  ['below the first point', -9, 0.2],
  ['on a point', -0.5, 0.6],
  ['half way between two', -0.75, 0.4],
  ['beyond the last', 1, 0.9],
  ['minus infinity', -Infinity, 0.2],
  ['no number', NaN, 0.2],
])('confidence %s', (_, meanLog, confidence) => expect(confidenceOf(meanLog, POINTS)).toBeCloseTo(confidence, 9));

it('a sentence without tokens is as unlikely as can be', () => {
  expect(meanLogProb([])).toBe(-Infinity);
  expect(meanLogProb([-1, -2])).toBe(-1.5);
});
