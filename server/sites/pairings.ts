import { AppError } from '../errors';
import { hashOfCode, newPairingCode, readPairingCode } from './pairing-code';

const LASTS_MS = 10 * 60_000;
/** How long it is known that a code was used, or is too old. */
const REMEMBERED_MS = 60 * 60_000;
/** Of one site; with another the oldest of the same site goes. */
const MOST_CODES = 20;
/** Wrong codes in a minute, of everybody. More are refused before they count; a right one is let in whoever guesses beside it. */
const MOST_WRONG = 100;
const WINDOW_MS = 60_000;

interface Pairing {
  readonly siteId: string;
  readonly name: string;
  readonly madeBy: string | null;
  readonly madeAt: number;
  isUsed: boolean;
}

export interface PairingParts {
  /** Makes the key of a code that was taken. */
  readonly makeKey: (pairing: { siteId: string; name: string; madeBy: string | null }) => string;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Slows one address down after wrong codes: `check` throws RATE_LIMITED. */
  readonly slow: Slowdown;
}

export interface Slowdown {
  check(address: string): void;
  failed(address: string): void;
}

/**
 * One-time codes that a CMS exchanges for a key. They are kept in memory: a restart ends them, and a new one is made in a second. Only
 * their hashes are kept.
 */
export class Pairings {
  readonly #codes = new Map<string, Pairing>();
  #wrong = { count: 0, until: 0 };

  constructor(private readonly parts: PairingParts) {}

  /** A code for a key of that site; `name` is what the key will be called. */
  create(wish: { siteId: string; name: string; madeBy: string | null }): { code: string; lastsSeconds: number } {
    this.#forgetOld(wish.siteId);
    const code = newPairingCode();
    const letters = readPairingCode(code) ?? '';
    this.#codes.set(hashOfCode(letters), { ...wish, madeAt: this.parts.now(), isUsed: false });
    return { code, lastsSeconds: LASTS_MS / 1000 };
  }

  /** The key, this once. Throws PAIRING_UNKNOWN, PAIRING_USED, PAIRING_EXPIRED, RATE_LIMITED. */
  claim(text: string, address: string): { key: string; siteId: string } {
    const now = this.parts.now();
    const letters = readPairingCode(text);
    const pairing = letters === null ? undefined : this.#codes.get(hashOfCode(letters));
    if (pairing === undefined) {
      // Only after the look-up: somebody who guesses keeps nobody from pairing. There are 2^50 codes.
      this.#checkPace(address, now);
      this.parts.slow.failed(address);
      this.#wrong = this.#wrong.until > now ? { ...this.#wrong, count: this.#wrong.count + 1 } : fresh(now);
      throw new AppError('PAIRING_UNKNOWN');
    }
    if (pairing.isUsed) throw new AppError('PAIRING_USED');
    if (now - pairing.madeAt > LASTS_MS) throw new AppError('PAIRING_EXPIRED');
    const key = this.parts.makeKey(pairing);
    pairing.isUsed = true;
    return { key, siteId: pairing.siteId };
  }

  #checkPace(address: string, now: number): void {
    this.parts.slow.check(address);
    const { count, until } = this.#wrong;
    if (count < MOST_WRONG || until <= now) return;
    throw new AppError('RATE_LIMITED', { retry_after_seconds: Math.ceil((until - now) / 1000) });
  }

  #forgetOld(siteId: string): void {
    const now = this.parts.now();
    for (const [hash, { madeAt }] of this.#codes) if (now - madeAt > REMEMBERED_MS) this.#codes.delete(hash);
    const ofSite = [...this.#codes].filter(([, pairing]) => pairing.siteId === siteId);
    for (const [hash] of ofSite.slice(0, Math.max(0, ofSite.length - MOST_CODES + 1))) this.#codes.delete(hash);
  }
}

function fresh(now: number) {
  return { count: 1, until: now + WINDOW_MS };
}
