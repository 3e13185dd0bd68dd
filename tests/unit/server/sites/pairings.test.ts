import { LoginGuard } from '../../../../server/http/middleware/login-guard';
import { newPairingCode, readPairingCode } from '../../../../server/sites/pairing-code';
import { Pairings } from '../../../../server/sites/pairings';

const WISH = { siteId: 'site_a', name: 'WordPress', madeBy: 'k1' };
const MINUTE = 60_000;

function bench() {
  const clock = { ms: 0 };
  const made: unknown[] = [];
  const now = () => clock.ms;
  const makeKey = (pairing: { name: string }) => {
    made.push(pairing.name);
    return `key ${made.length}`;
  };
  return { clock, made, pairings: new Pairings({ now, slow: new LoginGuard(now), makeKey }) };
}

const code = (name: string) => expect.objectContaining({ code: name });

test('a code has fifty bits, and is read however it is typed', () => {
  const codes = new Set(Array.from({ length: 500 }, newPairingCode));
  expect(codes.size).toBe(500);
  for (const one of codes) expect(one).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(readPairingCode(' 7k3qm – w9xpo ')).toBe('7K3QMW9XP0');
  expect(readPairingCode('il0AB-CDEFG')).toBe('110ABCDEFG');
  for (const none of ['', '7K3QM', '7K3QM-W9XPTT', '7K3QM-W9XPU', '../../../etc'])
    expect(readPairingCode(none)).toBeNull();
});

test('a code gives one key, once', () => {
  const { pairings, made } = bench();
  const { code: text, lastsSeconds } = pairings.create(WISH);
  expect(lastsSeconds).toBe(600);
  expect(pairings.claim(text.toLowerCase(), '203.0.113.1')).toEqual({ key: 'key 1', siteId: 'site_a' });
  expect(() => pairings.claim(text, '203.0.113.1')).toThrow(code('PAIRING_USED'));
  expect(made).toEqual(['WordPress']);
});

test('after ten minutes it is too old, and after an hour forgotten', () => {
  const { pairings, clock } = bench();
  const first = pairings.create(WISH).code;
  const second = pairings.create(WISH).code;
  clock.ms = 10 * MINUTE;
  expect(pairings.claim(first, 'a').key).toBe('key 1');
  clock.ms += 1;
  expect(() => pairings.claim(second, 'a')).toThrow(code('PAIRING_EXPIRED'));
  clock.ms = 61 * MINUTE;
  pairings.create(WISH);
  expect(() => pairings.claim(second, 'a')).toThrow(code('PAIRING_UNKNOWN'));
});

test('wrong codes are slowed down, for one address and for all together; right ones are not', () => {
  const { pairings, clock } = bench();
  const good = [pairings.create(WISH).code, pairings.create(WISH).code, pairings.create(WISH).code];
  const guess = (address: string) => () => pairings.claim(newPairingCode(), address);
  for (let index = 0; index < 20; index += 1) expect(guess('a')).toThrow(code('PAIRING_UNKNOWN'));
  expect(guess('a')).toThrow(code('RATE_LIMITED'));
  expect(pairings.claim(good[0]!, 'a').key).toBe('key 1');
  for (let index = 0; index < 80; index += 1) expect(guess(`b${index}`)).toThrow(code('PAIRING_UNKNOWN'));
  expect(guess('c')).toThrow(code('RATE_LIMITED'));
  expect(pairings.claim(good[1]!, 'c').key).toBe('key 2');
  clock.ms = MINUTE;
  expect(guess('a')).toThrow(code('PAIRING_UNKNOWN'));
  expect(pairings.claim(good[2]!, 'a').key).toBe('key 3');
});

test('the codes of one site push out none of another', () => {
  const { pairings } = bench();
  const theirs = pairings.create({ ...WISH, siteId: 'site_b' }).code;
  const mine = Array.from({ length: 1001 }, () => pairings.create(WISH).code);
  expect(pairings.claim(theirs, 'a')).toMatchObject({ siteId: 'site_b' });
  expect(() => pairings.claim(mine[0]!, 'a')).toThrow(code('PAIRING_UNKNOWN'));
  for (const one of mine.slice(-20)) expect(pairings.claim(one, 'b')).toMatchObject({ siteId: 'site_a' });
});

test('a code whose key could not be made is not used up', () => {
  const refusal = new Error('the disk is full');
  const results = [refusal, null];
  const makeKey = () => {
    const thrown = results.shift();
    if (thrown instanceof Error) throw thrown;
    return 'key';
  };
  const pairings = new Pairings({ now: () => 0, slow: new LoginGuard(() => 0), makeKey });
  const { code: text } = pairings.create(WISH);
  expect(() => pairings.claim(text, 'a')).toThrow(refusal);
  expect(pairings.claim(text, 'a').key).toBe('key');
});
