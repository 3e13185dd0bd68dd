import fc from 'fast-check';
import { joinKey, splitKey } from '../../../../../server/http/console/split-key';

test('the two halves give the key back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }), (key) => {
      const whole = Buffer.from(key, 'utf8').toString('utf8');
      expect(joinKey(splitKey(whole))).toBe(whole);
    }),
  );
});

test('neither half holds the key, and no two log-ins have the same halves', () => {
  const key = 'alt_0011223344556677_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ';
  const first = splitKey(key);
  const second = splitKey(key);
  expect(first.cookie).not.toBe(second.cookie);
  expect(first.pad).not.toBe(second.pad);
  for (const half of [first.cookie, first.pad]) {
    expect(Buffer.from(half, 'base64url').toString('utf8')).not.toContain('alt_');
  }
});

test('halves of two log-ins do not open anything together', () => {
  const key = 'alt_0011223344556677_secret';
  expect(joinKey({ cookie: splitKey(key).cookie, pad: splitKey(key).pad })).not.toBe(key);
  expect(joinKey({ cookie: splitKey(key).cookie, pad: splitKey('shorter').pad })).toBeNull();
  expect(joinKey({ cookie: '', pad: '' })).toBeNull();
});
