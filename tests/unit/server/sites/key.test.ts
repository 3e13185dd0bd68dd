import { newKey, readKey, sameHash } from '../../../../server/sites/key';

test('a key is read back to the id and the hash that are stored', () => {
  const key = newKey();
  expect(readKey(key.text)).toEqual({ id: key.id, secretHash: key.secretHash });
  expect(key.text).toMatch(/^alt_[0-9a-f]{16}_[\w-]{43}$/);
});

test('what is stored does not hold the secret', () => {
  const key = newKey();
  const secret = key.text.slice(21);
  expect(key.secretHash.toString('latin1')).not.toContain(secret);
  expect(key.secretHash.toString('base64url')).not.toBe(secret);
});

test.each(['', 'alt_', 'alt_0123456789abcdef_short', `ALT_0123456789abcdef_${'a'.repeat(43)}`, 'x'.repeat(10_000)])(
  '%p is no key',
  (text) => {
    expect(readKey(text)).toBeNull();
  },
);

test('hashes are compared by value, and lengths that differ are simply different', () => {
  expect(sameHash(Buffer.from('ab'), Buffer.from('ab'))).toBe(true);
  expect(sameHash(Buffer.from('ab'), Buffer.from('ac'))).toBe(false);
  expect(sameHash(Buffer.from('ab'), Buffer.from('abc'))).toBe(false);
});
