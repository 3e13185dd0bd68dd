import { createHash, randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U, so that nothing is read for something else. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 50 bits. */
const LENGTH = 10;

/** A fresh code, such as `7K3QM-W9XPT`. */
export function newPairingCode(): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? '').join('');
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
}

/** The code as people type it: case, blanks and dashes do not count, O is 0, I and L are 1. Null for what is no code. */
export function readPairingCode(text: string): string | null {
  const letters = text
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  const isCode = letters.length === LENGTH && /^[0-9A-HJKMNP-TV-Z]*$/.test(letters);
  return isCode ? letters : null;
}

/** What is kept of a code. */
export function hashOfCode(letters: string): string {
  return createHash('sha256').update(letters).digest('hex');
}
