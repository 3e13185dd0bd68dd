import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyScope } from '../contract/admin';

/** What a key may do: speak for one site, be a worker machine, administer sites and keys, or read figures only. */
export type Scope = KeyScope;

export interface NewKey {
  readonly id: string;
  /** The whole key; shown once, never stored. */
  readonly text: string;
  readonly secretHash: Buffer;
}

const PATTERN = /^alt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** The key of this text, to be stored as a new one is. Null when it cannot be one of ours. */
export function keyOfText(text: string): NewKey | null {
  const parts = readKey(text);
  return parts === null ? null : { ...parts, text };
}

/** A new random key of 256 bits. A plain sha256 is enough to store it: nobody can guess what it hides. */
export function newKey(): NewKey {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, text: `alt_${id}_${secret}`, secretHash: hashOf(secret) };
}

/** The two parts of a key, or null when it cannot be one of ours. */
export function readKey(text: string): { id: string; secretHash: Buffer } | null {
  const match = PATTERN.exec(text);
  const [, id, secret] = match ?? [];
  return id === undefined || secret === undefined ? null : { id, secretHash: hashOf(secret) };
}

/** Compares in the same time whatever the difference; both sides are 32 bytes. */
export function sameHash(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
