import { paceOf } from '../../../../server/console/queue/pace';

const at = (seconds: number, open: number) => ({ atMs: seconds * 1000, open });

test('the rate is how fast the number of open jobs falls', () => {
  expect(paceOf([at(0, 100), at(30, 90), at(60, 80)])).toBe(20);
});

test('new jobs do not count as work undone', () => {
  expect(paceOf([at(0, 10), at(30, 5), at(40, 50), at(60, 45)])).toBe(10);
});

test('there is no rate before something has ended', () => {
  expect(paceOf([])).toBeNull();
  expect(paceOf([at(0, 10)])).toBeNull();
  expect(paceOf([at(0, 10), at(60, 12)])).toBeNull();
});
