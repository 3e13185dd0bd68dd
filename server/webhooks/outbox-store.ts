import type { Storage } from '../storage/database';
import { GIVE_UP_AFTER_MS, LEAST_GAP_MS, LONGEST_PAUSE_MS } from './backoff';

interface Message {
  readonly messageId: string;
  readonly siteId: string;
  readonly newsAt: number;
  /** How often it could not be delivered. */
  readonly failures: number;
}

/** There is news for an instance of a site. */
export interface NewsMessage extends Message {
  readonly kind: 'news';
  /** Number of the instance of the site. */
  readonly instance: number;
  readonly generation: number;
  readonly url: string;
  /** The newest first; more than one while a secret is being changed. */
  readonly secrets: readonly string[];
}

/** The reply to a prediction has ended. */
export interface ReplyMessage extends Message {
  readonly kind: 'reply';
  readonly replyId: string;
}

/** A message that may be sent now. */
export type DueMessage = NewsMessage | ReplyMessage;

/** Which message is looked for. */
export interface DueWish {
  /** One that could not be delivered before. */
  readonly isAgain: boolean;
  /** Ids of messages that are being delivered. */
  readonly messages: readonly string[];
  /** Sites that have to wait, each as `news ID` or `reply ID`. */
  readonly busy: readonly string[];
}

interface DueRow {
  readonly message_id: string;
  readonly site_id: string;
  readonly instance: number | null;
  readonly reply_id: string | null;
  readonly generation: number;
  readonly news_at: number;
  readonly failures: number;
  readonly url: string | null;
  readonly secret: string | null;
  readonly previous_secret: string | null;
}

function messageOf(row: DueRow): DueMessage {
  const { message_id: messageId, site_id: siteId, news_at: newsAt, failures, reply_id: replyId } = row;
  const message = { messageId, siteId, newsAt, failures };
  if (replyId !== null) return { ...message, kind: 'reply', replyId };
  return {
    ...message,
    kind: 'news',
    instance: row.instance ?? 0,
    generation: row.generation,
    url: row.url ?? '',
    secrets: [row.secret, row.previous_secret].filter((secret) => secret !== null),
  };
}

/**
 * Messages of all sites. Triggers write them, `changes_are_news` and `ended_replies_are_told`: so in the very transaction of what
 * they announce.
 */
export class OutboxStore {
  readonly #due;
  readonly #nextDueAt;

  constructor(private readonly storage: Storage) {
    this.#due = storage.prepare<object, DueRow>(
      `SELECT o.message_id, o.site_id, o.instance, o.reply_id, o.generation, o.news_at, o.failures, w.url, w.secret,
              CASE WHEN w.previous_until > :now THEN w.previous_secret END AS previous_secret
       FROM webhook_outbox o LEFT JOIN webhooks w USING (site_id, instance)
       WHERE NOT (o.due_at > :now AND o.due_at <= :latest) AND (o.failures > 0) = :is_again
         AND o.message_id NOT IN (SELECT value FROM json_each(:messages))
         AND iif(o.instance IS NULL, 'reply ', 'news ') || o.site_id NOT IN (SELECT value FROM json_each(:busy))
       ORDER BY o.due_at, o.seq LIMIT 1`,
    );
    this.#nextDueAt = storage.prepare<[], number | null>('SELECT min(due_at) FROM webhook_outbox').pluck();
  }

  /**
   * The message that has been due for longest, of those that could not be delivered before or of the others. Null when there is
   * none. What would have to wait longer than any pause was written by a clock that was ahead, and is due.
   */
  nextDue(now: number, { isAgain, messages, busy }: DueWish): DueMessage | null {
    const row = this.#due.get({
      now,
      latest: now + LONGEST_PAUSE_MS,
      is_again: isAgain ? 1 : 0,
      messages: JSON.stringify(messages),
      busy: JSON.stringify(busy),
    });
    return row === undefined ? null : messageOf(row);
  }

  /** When the next waiting message becomes due; null when none waits. */
  nextDueAt(): number | null {
    return this.#nextDueAt.get() ?? null;
  }

  /** The receiver took it. News that came meanwhile stays, as a message of its own. */
  delivered(message: DueMessage, now: number): void {
    this.storage.transaction(() => {
      if (message.kind === 'reply') {
        this.#drop(message);
        return;
      }
      if (!this.#isRegistered(message)) return;
      const retryAt = now + LEAST_GAP_MS;
      this.#pause(message, retryAt);
      const dropped = this.storage
        .prepare('DELETE FROM webhook_outbox WHERE message_id = ? AND generation = ?')
        .run(message.messageId, message.generation).changes;
      if (dropped === 1) return;
      this.storage
        .prepare(
          `UPDATE webhook_outbox SET message_id = 'msg_' || lower(hex(randomblob(16))), news_at = ?, due_at = ?, failures = 0
           WHERE message_id = ?`,
        )
        .run(now, retryAt, message.messageId);
    });
  }

  /** The receiver did not take it. Returns false when it is so old that it was dropped. */
  failed(message: DueMessage, now: number, retryAt: number): boolean {
    return this.storage.transaction(() => {
      if (message.kind === 'news' && !this.#isRegistered(message)) return true;
      const isKept = now - message.newsAt < GIVE_UP_AFTER_MS;
      if (message.kind === 'news') this.#pause(message, retryAt);
      if (!isKept) this.#drop(message);
      this.storage
        .prepare('UPDATE webhook_outbox SET failures = failures + 1, due_at = ? WHERE message_id = ?')
        .run(retryAt, message.messageId);
      return isKept;
    });
  }

  /** The receiver said that the address is gone for good; no news is sent there until it is registered again. */
  gone(message: DueMessage, now: number): void {
    this.storage.transaction(() => {
      if (message.kind === 'news' && !this.#isRegistered(message)) return;
      if (message.kind === 'news')
        this.storage
          .prepare('UPDATE webhooks SET gone_at = ? WHERE site_id = ? AND instance = ?')
          .run(now, message.siteId, message.instance);
      this.#drop(message);
    });
  }

  /** False when the instance registered anew while the message was under way: then it is due for the new address as if never sent. */
  #isRegistered({ siteId, instance, secrets }: NewsMessage): boolean {
    const secret = this.storage
      .prepare<[string, number], string>('SELECT secret FROM webhooks WHERE site_id = ? AND instance = ?')
      .pluck()
      .get(siteId, instance);
    return secret === secrets[0];
  }

  #drop({ messageId }: DueMessage): void {
    this.storage.prepare('DELETE FROM webhook_outbox WHERE message_id = ?').run(messageId);
  }

  /** No news for this instance before `retryAt`, also not what comes after this message. */
  #pause({ siteId, instance }: NewsMessage, retryAt: number): void {
    this.storage
      .prepare('UPDATE webhooks SET retry_at = ? WHERE site_id = ? AND instance = ?')
      .run(retryAt, siteId, instance);
  }
}
