import { mostBodyBytes } from '../../../../server/http/compat/body';
import { HTTP_LIMITS, requestTimeoutFor } from '../../../../server/http/server';

test('a request has a minute, and more where the largest body needs it at 100 kB a second', () => {
  expect(requestTimeoutFor(0)).toBe(60_000);
  expect(requestTimeoutFor(6_000_000)).toBe(60_000);
  expect(requestTimeoutFor(6_000_100)).toBe(60_001);
  expect(requestTimeoutFor(100_000_000)).toBe(1_000_000);
  expect(HTTP_LIMITS.requestTimeout).toBe(requestTimeoutFor(0));
});

test('with each ALTSMITH_MAX_BYTES a picture of that size arrives in time, sent twice in base64 as well', () => {
  const seconds = (maxBytes: number) => Math.floor(requestTimeoutFor(mostBodyBytes(maxBytes)) / 1000);
  expect([1, 1_000_000, 20_000_000, 1_000_000_000].map(seconds)).toEqual([60, 60, 543, 26_676]);
});
