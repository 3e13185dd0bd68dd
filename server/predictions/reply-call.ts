import { createHmac } from 'node:crypto';
import { AppError } from '../errors';
import { checkUrl, type UrlOrigins } from '../intake/url-guard';
import type { Storage } from '../storage/database';
import type { PreparedCall } from '../webhooks/delivery';
import type { ReplyMessage } from '../webhooks/outbox-store';
import { predictionOf, type Prediction, type PredictionRow } from './prediction';

export interface ReplyCallParts {
  readonly storage: Storage;
  readonly origins: UrlOrigins;
  /** The body that the client's own system would send. */
  readonly bodyOf: (prediction: Prediction) => unknown;
}

interface ToldRow extends PredictionRow {
  readonly webhook_url: string;
  readonly webhook_secret: string | null;
}

/**
 * The call that tells a client that its prediction has ended: with the time, and where the client gave a secret with a signature
 * over time and body. Throws NOT_FOUND once the prediction has been removed, and what the URL guard throws.
 */
export function replyCall(
  message: ReplyMessage,
  sentAt: Date,
  { storage, origins, bodyOf }: ReplyCallParts,
): PreparedCall {
  const row = storage.prepare<[string], ToldRow>('SELECT * FROM replies WHERE id = ?').get(message.replyId);
  if (row === undefined) throw new AppError('NOT_FOUND');
  const url = checkUrl(row.webhook_url, origins);
  const body = JSON.stringify(bodyOf(predictionOf(row)));
  const time = String(Math.floor(sentAt.getTime() / 1000));
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'altsmith',
    'webhook-id': message.messageId,
    'x-webhook-timestamp': time,
  };
  const { webhook_secret: secret } = row;
  if (secret === null) return { url, isRegistered: false, headers, body };
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { url, isRegistered: false, headers: { ...headers, 'x-webhook-signature': `sha256=${signature}` }, body };
}
