import { withAnySignal } from '../any-signal';
import { createHmac } from 'node:crypto';
import { causeCode } from '../../models/fetch/network-cause';
import { guarded } from '../background';
import { checkUrl, type UrlOrigins } from '../intake/url-guard';
import type { Logger } from '../logger';
import type { Storage } from '../storage/database';
import type { WebhookTransport } from '../webhooks/transport';
import { predictionOf, type Prediction, type PredictionRow } from './prediction';

const MOST_TRIES = 3;
/** Before the second and the third try. */
const PAUSES_MS = [1000, 10_000] as const;
const TIMEOUT_MS = 10_000;
const MOST_AT_ONCE = 4;
const PAUSE_AFTER_TROUBLE_MS = 10_000;

export interface PredictionWebhookParts {
  readonly storage: Storage;
  readonly transport: WebhookTransport;
  readonly origins: UrlOrigins;
  /** The body that the client's own system would send. */
  readonly bodyOf: (prediction: Prediction) => unknown;
  readonly now: () => number;
  readonly logger: Logger;
}

interface TellRow extends PredictionRow {
  readonly webhook_url: string;
  readonly webhook_secret: string | null;
  readonly webhook_tries: number;
}

/** Headers of a call: the time, and with a secret the signature over time and body. */
export function webhookHeaders(body: string, secret: string | null, at: number): Record<string, string> {
  const time = String(Math.floor(at / 1000));
  const head = { 'content-type': 'application/json', 'user-agent': 'altsmith', 'x-webhook-timestamp': time };
  if (secret === null) return head;
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { ...head, 'x-webhook-signature': `sha256=${signature}` };
}

/** Tells the ends of runs to the addresses that their clients named, three times at most, through the URL guard. */
export class PredictionWebhooks {
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: PredictionWebhookParts) {}

  /** A run has ended, or the sidecar has started. */
  wake(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    try {
      for (const row of this.#due()) {
        if (this.#underWay.size >= MOST_AT_ONCE) return;
        if (!this.#underWay.has(row.id)) this.#underWay.set(row.id, this.#tell(row));
      }
      this.#sleepUntilNext();
    } catch (error) {
      this.#troubled(error);
    }
  }

  /** What cannot be read or noted now, from a full or busy disk, is looked at again after a pause. */
  readonly #troubled = (error: unknown): void => {
    this.parts.logger.error({ err: error }, 'webhooks of predictions cannot be read or noted');
    if (!this.#stopping.signal.aborted) this.#sleep(PAUSE_AFTER_TROUBLE_MS);
  };

  #sleep(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      guarded(() => this.wake(), this.#troubled),
      ms,
    );
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(this.#underWay.values());
  }

  #due(): TellRow[] {
    return this.parts.storage
      .prepare<[number, number], TellRow>(
        'SELECT * FROM replies WHERE webhook_due_at <= ? ORDER BY webhook_due_at, seq LIMIT ?',
      )
      .all(this.parts.now(), MOST_AT_ONCE * 2);
  }

  #sleepUntilNext(): void {
    const next = this.parts.storage
      .prepare<[], { at: number | null }>('SELECT min(webhook_due_at) AS at FROM replies')
      .get()?.at;
    if (next === null || next === undefined || this.#underWay.size > 0) return;
    this.#sleep(Math.max(next - this.parts.now(), 10));
  }

  async #tell(row: TellRow): Promise<void> {
    const outcome = await this.#send(row);
    try {
      if (!this.#stopping.signal.aborted)
        this.#note(row, typeof outcome === 'number' && outcome >= 200 && outcome < 300);
      this.parts.logger.info({ prediction_id: row.id, outcome }, 'webhook of a prediction called');
    } catch (error) {
      // Still due: without a pause the client would be called again at once.
      this.#underWay.delete(row.id);
      this.#troubled(error);
      return;
    }
    this.#underWay.delete(row.id);
    this.wake();
  }

  #note(row: TellRow, isDelivered: boolean): void {
    const tries = row.webhook_tries + 1;
    const dueAt = isDelivered || tries >= MOST_TRIES ? null : this.parts.now() + (PAUSES_MS[tries - 1] ?? 0);
    this.parts.storage
      .prepare('UPDATE replies SET webhook_tries = ?, webhook_due_at = ? WHERE id = ?')
      .run(tries, dueAt, row.id);
  }

  /** The status of the answer, or why there is none. */
  async #send(row: TellRow): Promise<number | string> {
    const { transport, origins, bodyOf, now } = this.parts;
    try {
      const body = JSON.stringify(bodyOf(predictionOf(row)));
      // Checked again: the owner may have changed the setting since.
      const url = checkUrl(row.webhook_url, origins);
      const headers = webhookHeaders(body, row.webhook_secret, now());
      return await withAnySignal([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)], (signal) =>
        transport({ url, isRegistered: false, headers, body, signal }),
      );
    } catch (error) {
      return causeCode(error) ?? (error instanceof Error ? error.name : 'unknown');
    }
  }
}
