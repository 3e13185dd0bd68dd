import { randomBytes } from 'node:crypto';

/** The two halves of a key. Either alone is random noise: a one-time pad, and the key under it. */
export interface SplitKey {
  readonly cookie: string;
  readonly pad: string;
}

/** Splits a key afresh. A browser keeps one half where no script can read it, the other where no other site can. */
export function splitKey(key: string): SplitKey {
  const plain = Buffer.from(key, 'utf8');
  const pad = randomBytes(plain.length);
  return { cookie: under(plain, pad).toString('base64url'), pad: pad.toString('base64url') };
}

/** The key again, or null when the halves do not belong together by their length. */
export function joinKey(halves: SplitKey): string | null {
  const cookie = Buffer.from(halves.cookie, 'base64url');
  const pad = Buffer.from(halves.pad, 'base64url');
  if (cookie.length === 0 || cookie.length !== pad.length) return null;
  return under(cookie, pad).toString('utf8');
}

function under(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
