import { withAnySignal } from '../any-signal';
import { Webhook } from 'standardwebhooks';
import type { WebhookMessage } from '../contract/webhook';
import { causeCode } from '../../models/fetch/network-cause';
import { guarded } from '../background';
import type { Logger } from '../logger';
import { delayAfter } from './backoff';
import type { DueMessage, OutboxStore } from './outbox-store';
import type { Tracing } from '../tracing/tracing';
import type { WebhookTransport } from './transport';
import { checkWebhookTarget } from './webhook-target';

const TIMEOUT_MS = 10_000;
/** Receivers called at the same time. */
const MOST_AT_ONCE = 4;
/** A longer sleep than this would miss a clock that was set. */
const LONGEST_SLEEP_MS = 60_000;
const PAUSE_AFTER_TROUBLE_MS = 10_000;

export interface DeliveryParts {
  readonly outbox: OutboxStore;
  readonly transport: WebhookTransport;
  /** Wall clock: receivers compare the timestamp with theirs. */
  readonly now: () => number;
  readonly random: () => number;
  /** Origins on private addresses that may be called. */
  readonly registeredOrigins: readonly string[];
  readonly tracing: Tracing;
  readonly logger: Logger;
  readonly timeoutMs?: number;
}

/** Headers of the Standard Webhooks specification, one signature for each secret. */
export function signedHeaders(message: DueMessage, sentAt: Date, body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'altsmith',
    'webhook-id': message.messageId,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': message.secrets
      .map((secret) => new Webhook(secret).sign(message.messageId, sentAt, body))
      .join(' '),
  };
}

/** Each instance of a site has a receiver of its own. */
function nameOf({ siteId, instance }: Pick<DueMessage, 'siteId' | 'instance'>): string {
  return `${siteId} ${instance}`;
}

/**
 * Tells sites that there is news. A message that cannot be delivered is tried again with growing pauses for 72 hours;
 * one broken receiver delays nobody else. Losing a message costs delay, never data.
 */
export class WebhookDelivery {
  readonly #calling = new Map<string, Promise<void>>();
  /** The trace that led to the latest news of a receiver. */
  readonly #causes = new Map<string, string>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: DeliveryParts) {}

  /** The next message to this instance follows from that trace; of several pieces of news, from the latest. */
  caused(owner: Pick<DueMessage, 'siteId' | 'instance'>, traceparent: string): void {
    this.#causes.set(nameOf(owner), traceparent);
  }

  /** Sends whatever is due, and sleeps until the next is. Call it after a commit that wrote to the change feed. */
  wake(): void {
    if (this.#stopping.signal.aborted) return;
    try {
      const now = this.parts.now();
      for (const message of this.parts.outbox.due(now, MOST_AT_ONCE + this.#calling.size)) {
        if (this.#calling.size >= MOST_AT_ONCE) break;
        if (!this.#calling.has(nameOf(message))) this.#start(message);
      }
      // Every call that ends wakes again; the timer is for what waits for its time.
      const nextAt = this.#calling.size === 0 ? this.parts.outbox.nextDueAt() : null;
      this.#sleep(nextAt === null ? null : Math.min(Math.max(nextAt - now, 10), LONGEST_SLEEP_MS));
    } catch (error) {
      this.#pauseAfter(error);
    }
  }

  /** Ends calls that are under way; their messages stay and are sent after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(this.#calling.values());
  }

  #sleep(ms: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (ms === null) return;
    this.#timer = setTimeout(
      guarded(
        () => this.wake(),
        (error) => this.#pauseAfter(error),
      ),
      ms,
    );
    this.#timer.unref();
  }

  /** The outbox itself cannot be read or written, a full disk for instance. Calling receivers would only flood them. */
  #pauseAfter(error: unknown): void {
    this.parts.logger.error({ err: error }, 'webhook outbox failed');
    if (!this.#stopping.signal.aborted) this.#sleep(PAUSE_AFTER_TROUBLE_MS);
  }

  #start(message: DueMessage): void {
    const call = this.#deliver(message).then(
      () => {
        this.#calling.delete(nameOf(message));
        this.wake();
      },
      (error: unknown) => {
        this.#calling.delete(nameOf(message));
        this.#pauseAfter(error);
      },
    );
    this.#calling.set(nameOf(message), call);
  }

  async #deliver(message: DueMessage): Promise<void> {
    const { outbox, logger, now, random, tracing } = this.parts;
    const span = tracing.start('webhook', {
      kind: 'client',
      parent: this.#causes.get(nameOf(message)) ?? null,
      facts: { 'altsmith.site.id': message.siteId, 'altsmith.message.id': message.messageId },
    });
    const outcome = await this.#send(message, span.traceparent);
    if (typeof outcome === 'number') span.end({ 'http.response.status_code': outcome });
    else span.end({}, outcome);
    if (this.#stopping.signal.aborted) return;
    const facts = { site_id: message.siteId, message_id: message.messageId, outcome };
    if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) {
      outbox.delivered(message, now());
      this.#causes.delete(nameOf(message));
      logger.info(facts, 'webhook delivered');
      return;
    }
    if (outcome === 410) {
      outbox.gone(message, now());
      logger.warn(facts, 'webhook receiver is gone; register it again to go on');
      return;
    }
    const at = now();
    const retryInMs = delayAfter(message.failures + 1, random());
    const kept = outbox.failed(message, at, at + retryInMs);
    logger.warn({ ...facts, retry_in_ms: retryInMs, kept }, 'webhook not delivered');
  }

  /** The status of the answer, or why there is none. */
  async #send(message: DueMessage, traceparent: string | null): Promise<number | string> {
    const sentAt = new Date(this.parts.now());
    const news: WebhookMessage = { type: 'changes.available', timestamp: sentAt.toISOString(), data: {} };
    const body = JSON.stringify(news);
    try {
      // Checked at every call: the owner may have taken the origin off the list since.
      const target = checkWebhookTarget(message.url, this.parts.registeredOrigins);
      const headers = {
        ...signedHeaders(message, sentAt, body),
        ...(traceparent === null ? {} : { traceparent }),
      };
      const limit = AbortSignal.timeout(this.parts.timeoutMs ?? TIMEOUT_MS);
      return await withAnySignal([this.#stopping.signal, limit], (signal) =>
        this.parts.transport({ ...target, body, headers, signal }),
      );
    } catch (error) {
      return causeCode(error) ?? (error instanceof Error ? error.name : 'unknown');
    }
  }
}
