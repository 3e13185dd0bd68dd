import { sharedAbortController, withAnySignal } from '../any-signal';
import { causeCode } from '../../models/fetch/network-cause';
import { guarded } from '../background';
import type { Logger } from '../logger';
import { delayAfter, LEAST_GAP_MS } from './backoff';
import type { DueMessage, NewsMessage, OutboxStore, ReplyMessage } from './outbox-store';
import type { Tracing } from '../tracing/tracing';
import type { WebhookCall, WebhookTransport } from './transport';

const TIMEOUT_MS = 10_000;
/** Receivers called at the same time, and of them those that did not answer before. */
const MOST_AT_ONCE = 8;
const MOST_AGAIN = 4;
/** Of one site, with news and with replies each: a slow client delays nobody else. */
const MOST_OF_SITE = 2;
const MOST_AGAIN_OF_SITE = 1;
/** A longer sleep than this would miss a clock that was set. */
const LONGEST_SLEEP_MS = 60_000;
const PAUSE_AFTER_TROUBLE_MS = 10_000;

/** What is sent where. Checked at every call: the owner may have taken the address off the list since. */
export type PreparedCall = Omit<WebhookCall, 'signal'>;

export interface DeliveryParts {
  readonly outbox: OutboxStore;
  readonly transport: WebhookTransport;
  readonly callOf: {
    /** Throws WEBHOOK_TARGET_REFUSED. */
    readonly news: (message: NewsMessage, sentAt: Date) => PreparedCall;
    /** Throws URL_REFUSED. */
    readonly reply: (message: ReplyMessage, sentAt: Date) => PreparedCall;
  };
  /** Wall clock: receivers compare the timestamp with theirs. */
  readonly now: () => number;
  readonly random: () => number;
  readonly tracing: Tracing;
  readonly logger: Logger;
  readonly timeoutMs?: number;
}

/** Each instance of a site has a receiver of its own. */
type NewsOwner = Pick<NewsMessage, 'siteId' | 'instance'>;

function nameOf({ siteId, instance }: NewsOwner): string {
  return `${siteId} ${instance}`;
}

/**
 * Sends what waits in the outbox: that a site has news, that a prediction has ended. A message that cannot be delivered is
 * tried again with growing pauses for 72 hours; one broken receiver delays nobody else. Losing a message costs delay, never
 * data.
 */
export class WebhookDelivery {
  readonly #calling = new Map<string, { readonly message: DueMessage; readonly call: Promise<void> }>();
  /** The trace that led to the latest news of a receiver. */
  readonly #causes = new Map<string, string>();
  readonly #stopping = sharedAbortController();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: DeliveryParts) {}

  /** The next message to this instance follows from that trace; of several pieces of news, from the latest. */
  caused(owner: NewsOwner, traceparent: string): void {
    this.#causes.set(nameOf(owner), traceparent);
  }

  /** Sends whatever is due, and sleeps until the next is. Call it after a commit that announces something. */
  wake(): void {
    if (this.#stopping.signal.aborted) return;
    try {
      const now = this.parts.now();
      this.#startDue(now, false, MOST_OF_SITE);
      this.#startDue(now, true, MOST_AGAIN_OF_SITE);
      // Every call that ends wakes again; the timer is for what waits for its time.
      const nextAt = this.parts.outbox.nextDueAt();
      const least = this.#calling.size === 0 ? 10 : LEAST_GAP_MS;
      this.#sleep(nextAt === null ? null : Math.min(Math.max(nextAt - now, least), LONGEST_SLEEP_MS));
    } catch (error) {
      this.#pauseAfter(error);
    }
  }

  /** Calls receivers that are due: those that did not answer before, or the others. */
  #startDue(now: number, isAgain: boolean, mostOfSite: number): void {
    const alike = () => [...this.#calling.values()].filter(({ message }) => message.failures > 0 === isAgain);
    while (this.#calling.size < MOST_AT_ONCE && !(isAgain && alike().length >= MOST_AGAIN)) {
      const calls = new Map<string, number>();
      for (const { message } of alike()) {
        const owner = `${message.kind} ${message.siteId}`;
        calls.set(owner, (calls.get(owner) ?? 0) + 1);
      }
      const busy = [...calls].filter(([, count]) => count >= mostOfSite).map(([owner]) => owner);
      const message = this.parts.outbox.nextDue(now, { isAgain, messages: [...this.#calling.keys()], busy });
      if (message === null) return;
      this.#start(message);
    }
  }

  /** Ends calls that are under way; their messages stay and are sent after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all([...this.#calling.values()].map(({ call }) => call));
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
        this.#calling.delete(message.messageId);
        this.wake();
      },
      (error: unknown) => {
        this.#calling.delete(message.messageId);
        this.#pauseAfter(error);
      },
    );
    this.#calling.set(message.messageId, { message, call });
  }

  async #deliver(message: DueMessage): Promise<void> {
    const { outbox, logger, now, random, tracing } = this.parts;
    const about = message.kind === 'reply' ? { prediction_id: message.replyId } : {};
    const span = tracing.start('webhook', {
      kind: 'client',
      parent: message.kind === 'news' ? (this.#causes.get(nameOf(message)) ?? null) : null,
      facts: { 'altsmith.site.id': message.siteId, 'altsmith.message.id': message.messageId },
    });
    const outcome = await this.#send(message, span.traceparent);
    if (typeof outcome === 'number') span.end({ 'http.response.status_code': outcome });
    else span.end({}, outcome);
    if (this.#stopping.signal.aborted) return;
    const facts = { site_id: message.siteId, message_id: message.messageId, ...about, outcome };
    if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) {
      outbox.delivered(message, now());
      if (message.kind === 'news') this.#causes.delete(nameOf(message));
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
    const { callOf, transport, now, timeoutMs = TIMEOUT_MS } = this.parts;
    const sentAt = new Date(now());
    try {
      const call = message.kind === 'news' ? callOf.news(message, sentAt) : callOf.reply(message, sentAt);
      const headers = { ...call.headers, ...(traceparent === null ? {} : { traceparent }) };
      return await withAnySignal([this.#stopping.signal, AbortSignal.timeout(timeoutMs)], (signal) =>
        transport({ ...call, headers, signal }),
      );
    } catch (error) {
      return causeCode(error) ?? (error instanceof Error ? error.name : 'unknown');
    }
  }
}
