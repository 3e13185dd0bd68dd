import type { RequestHandler } from 'express';
import { randomBytes } from 'node:crypto';

/** How long bull-board stays open after the click in the console. */
export const VISIT_MS = 10 * 60_000;
/** Visits at a time; the oldest ends when there is one more. */
const MOST_VISITS = 50;

/** One opening of bull-board by an administrator. */
export interface Visit {
  readonly keyId: string;
  /** The path of bull-board as the browser sees it, with a slash at both ends. */
  readonly path: string;
  /** By a clock that never jumps. */
  readonly until: number;
  /** Made with the first page. */
  board: Promise<RequestHandler> | null;
}

/** Who may look at bull-board now, by the token in the cookie. Kept in memory only: a restart ends all of them. */
export class BoardVisits {
  readonly #visits = new Map<string, Visit>();

  constructor(
    private readonly isKeyAlive: (keyId: string) => boolean,
    private readonly now: () => number,
  ) {}

  /** Returns the token. */
  begin(keyId: string, path: string): string {
    this.#forget();
    const token = randomBytes(32).toString('base64url');
    this.#visits.set(token, { keyId, path, until: this.now() + VISIT_MS, board: null });
    return token;
  }

  /** Null when the visit is over, unknown, or its key was revoked meanwhile. */
  get(token: string): Visit | null {
    const visit = this.#visits.get(token);
    if (visit !== undefined && visit.until > this.now() && this.isKeyAlive(visit.keyId)) return visit;
    this.#visits.delete(token);
    return null;
  }

  /** The key's owner has logged out of the console. */
  endAllOf(keyId: string): void {
    for (const [token, visit] of this.#visits) if (visit.keyId === keyId) this.#visits.delete(token);
  }

  #forget(): void {
    for (const [token, { until }] of this.#visits) {
      if (until > this.now() && this.#visits.size < MOST_VISITS) return;
      this.#visits.delete(token);
    }
  }
}
