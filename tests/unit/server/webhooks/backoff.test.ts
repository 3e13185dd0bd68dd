import { delayAfter, GIVE_UP_AFTER_MS } from '../../../../server/webhooks/backoff';

test('pauses double from ten seconds to one hour', () => {
  const seconds = [1, 2, 3, 4, 9, 10, 50].map((failures) => delayAfter(failures, 0.5) / 1000);
  expect(seconds).toEqual([10, 20, 40, 80, 2560, 3600, 3600]);
});

test('chance moves a pause by at most a fifth', () => {
  expect(delayAfter(1, 0)).toBe(8000);
  expect(delayAfter(1, 1)).toBe(12_000);
});

test('a message is tried for three days', () => {
  expect(GIVE_UP_AFTER_MS).toBe(72 * 3600 * 1000);
});
