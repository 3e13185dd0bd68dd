import { randomBytes } from 'node:crypto';
import type { Storage } from '../storage/database';

/** How long the old secret signs along after a new one was made. */
const SECRET_OVERLAP_MS = 24 * 3_600_000;

export interface Registration {
  readonly url: string;
  readonly secret: string;
  readonly createdAt: number;
}

/** Whose webhook it is: each instance of a site has its own, so that a copy does not take over the original's. */
export interface WebhookOwner {
  readonly siteId: string;
  readonly instance: number;
}

/** The webhook of one instance. */
export class WebhookStore {
  constructor(
    private readonly storage: Storage,
    private readonly owner: WebhookOwner,
    private readonly now: () => number,
  ) {}

  /** Sets the address and makes a new secret, which comes back this once. Clears what went wrong before. */
  register(url: string): Registration {
    const now = this.now();
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const row = this.storage.transaction(() => {
      this.#forgetFailures();
      return this.#insert({ url, secret, now });
    });
    return { url, secret, createdAt: row?.created_at ?? now };
  }

  #forgetFailures(): void {
    this.storage
      .prepare('UPDATE webhook_outbox SET due_at = 0, failures = 0 WHERE site_id = :siteId AND instance = :instance')
      .run(this.owner);
  }

  #insert({ url, secret, now }: { url: string; secret: string; now: number }): { created_at: number } | undefined {
    return this.storage
      .prepare<[Record<string, unknown>], { created_at: number }>(
        `INSERT INTO webhooks (site_id, instance, url, secret, created_at, updated_at)
         VALUES (:siteId, :instance, :url, :secret, :now, :now)
         ON CONFLICT (site_id, instance) DO UPDATE SET
           previous_secret = secret, previous_until = :overlapEnd,
           url = :url, secret = :secret, retry_at = 0, gone_at = NULL, updated_at = :now
         RETURNING created_at`,
      )
      .get({ ...this.owner, url, secret, now, overlapEnd: now + SECRET_OVERLAP_MS });
  }

  /** True when there was one. Its waiting message goes with it. */
  remove(): boolean {
    return (
      this.storage.prepare('DELETE FROM webhooks WHERE site_id = :siteId AND instance = :instance').run(this.owner)
        .changes === 1
    );
  }
}
