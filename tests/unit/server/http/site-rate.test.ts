import { SiteRate } from '../../../../server/http/site-rate';

test('a site has so many requests a second, and another is not held up by it', () => {
  let now = 0;
  const rate = new SiteRate(
    (siteId) => (siteId === 'free' ? null : 2),
    () => now,
  );
  const took = (siteId: string, times: number) => {
    for (let time = 0; time < times; time += 1) {
      try {
        rate.take(siteId);
      } catch {
        return time;
      }
    }
    return times;
  };
  expect([took('one', 10), took('two', 10), took('free', 1000)]).toEqual([4, 4, 1000]);
  expect(() => rate.take('one')).toThrow('RATE_LIMITED');
  now = 1000;
  expect(took('one', 10)).toBe(2);
  now = 1_000_000;
  expect(took('one', 10)).toBe(4);
});

test('it says when the next one is let through', () => {
  const rate = new SiteRate(
    () => 0.1,
    () => 0,
  );
  rate.take('slow');
  let wait: unknown;
  try {
    rate.take('slow');
  } catch (error) {
    wait = (error as { details: { retry_after_seconds: number } }).details.retry_after_seconds;
  }
  expect(wait).toBe(10);
});
