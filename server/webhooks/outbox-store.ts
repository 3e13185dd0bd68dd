import type { Storage } from '../storage/database';
import { GIVE_UP_AFTER_MS, LEAST_GAP_MS } from './backoff';

/** A message that may be sent now. */
export interface DueMessage {
  readonly siteId: string;
  /** Number of the instance of the site. */
  readonly instance: number;
  readonly messageId: string;
  readonly generation: number;
  readonly newsAt: number;
  readonly url: string;
  /** The newest first; more than one while a secret is being changed. */
  readonly secrets: readonly string[];
  /** Failed deliveries in a row before this one. */
  readonly failures: number;
}

interface DueRow {
  readonly site_id: string;
  readonly instance: number;
  readonly message_id: string;
  readonly generation: number;
  readonly news_at: number;
  readonly url: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly failures: number;
}

function messageOf(row: DueRow): DueMessage {
  return {
    siteId: row.site_id,
    instance: row.instance,
    messageId: row.message_id,
    generation: row.generation,
    newsAt: row.news_at,
    url: row.url,
    secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
    failures: row.failures,
  };
}

/**
 * Messages of all sites. They are written by the trigger `changes_are_news`, so in the very transaction of the change
 * they announce.
 */
export class OutboxStore {
  readonly #due;
  readonly #nextDueAt;

  constructor(private readonly storage: Storage) {
    this.#due = storage.prepare<[Record<string, number>], DueRow>(
      `SELECT o.site_id, o.instance, o.message_id, o.generation, o.news_at, w.url, w.secret, w.failures,
              CASE WHEN w.previous_until > :now THEN w.previous_secret END AS previous_secret
       FROM webhook_outbox o JOIN webhooks w USING (site_id, instance)
       WHERE w.retry_at <= :now AND w.gone_at IS NULL
       ORDER BY w.retry_at, o.news_at LIMIT :limit`,
    );
    this.#nextDueAt = storage.prepare<[], { at: number | null }>(
      'SELECT min(w.retry_at) AS at FROM webhook_outbox JOIN webhooks w USING (site_id, instance) WHERE w.gone_at IS NULL',
    );
  }

  /** Messages whose receiver may be called now. */
  due(now: number, limit: number): DueMessage[] {
    return this.#due.all({ now, limit }).map(messageOf);
  }

  /** When the next waiting message becomes due; null when none waits. */
  nextDueAt(): number | null {
    return this.#nextDueAt.get()?.at ?? null;
  }

  /** The receiver took it. News that came meanwhile stays, as a message of its own. */
  delivered(message: DueMessage, now: number): void {
    const { siteId, instance, generation } = message;
    this.storage.transaction(() => {
      this.#update('failures = 0, retry_at = :at', message, now + LEAST_GAP_MS);
      const dropped = this.storage
        .prepare('DELETE FROM webhook_outbox WHERE site_id = ? AND instance = ? AND generation = ?')
        .run(siteId, instance, generation).changes;
      if (dropped === 1) return;
      this.storage
        .prepare(
          `UPDATE webhook_outbox SET message_id = 'msg_' || lower(hex(randomblob(16))), news_at = ?
           WHERE site_id = ? AND instance = ?`,
        )
        .run(now, siteId, instance);
    });
  }

  /** The receiver did not take it. Returns false when the news is so old that it was dropped. */
  failed(message: DueMessage, now: number, retryAt: number): boolean {
    return this.storage.transaction(() => {
      this.#update('failures = failures + 1, retry_at = :at', message, retryAt);
      if (now - message.newsAt < GIVE_UP_AFTER_MS) return true;
      this.#drop(message);
      return false;
    });
  }

  /** The receiver said that the address is gone for good; nothing is sent until it is registered again. */
  gone(message: DueMessage, now: number): void {
    this.storage.transaction(() => {
      this.#update('gone_at = :at', message, now);
      this.#drop(message);
    });
  }

  #drop({ siteId, instance }: DueMessage): void {
    this.storage.prepare('DELETE FROM webhook_outbox WHERE site_id = ? AND instance = ?').run(siteId, instance);
  }

  #update(change: string, { siteId, instance }: DueMessage, at: number): void {
    this.storage
      .prepare(`UPDATE webhooks SET ${change} WHERE site_id = :siteId AND instance = :instance`)
      .run({ siteId, instance, at });
  }
}
