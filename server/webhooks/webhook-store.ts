import { randomBytes } from 'node:crypto';
import type { Storage } from '../storage/database';

/** How long the old secret signs along after a new one was made. */
const SECRET_OVERLAP_MS = 24 * 3_600_000;

export interface Registration {
  readonly url: string;
  readonly secret: string;
  readonly createdAt: number;
}

/** The webhook of one site. */
export class WebhookStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
    private readonly now: () => number,
  ) {}

  /** Sets the address and makes a new secret, which comes back this once. Clears what went wrong before. */
  register(url: string): Registration {
    const now = this.now();
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const row = this.storage
      .prepare<[Record<string, unknown>], { created_at: number }>(
        `INSERT INTO webhooks (site_id, url, secret, created_at, updated_at) VALUES (:siteId, :url, :secret, :now, :now)
         ON CONFLICT (site_id) DO UPDATE SET
           previous_secret = secret, previous_until = :overlapEnd,
           url = :url, secret = :secret, failures = 0, retry_at = 0, gone_at = NULL, updated_at = :now
         RETURNING created_at`,
      )
      .get({ siteId: this.siteId, url, secret, now, overlapEnd: now + SECRET_OVERLAP_MS });
    return { url, secret, createdAt: row?.created_at ?? now };
  }

  /** True when there was one. Its waiting message goes with it. */
  remove(): boolean {
    return this.storage.prepare('DELETE FROM webhooks WHERE site_id = ?').run(this.siteId).changes === 1;
  }
}
