import { Webhook } from 'standardwebhooks';
import type { WebhookMessage } from '../contract/webhook';
import type { PreparedCall } from './delivery';
import type { NewsMessage } from './outbox-store';
import { checkWebhookTarget } from './webhook-target';

/**
 * The call that tells an instance of a site that there is news, with the headers of the Standard Webhooks specification and a
 * signature for each secret. `registered`: origins on private addresses that may be called. Throws WEBHOOK_TARGET_REFUSED.
 */
export function newsCall(message: NewsMessage, sentAt: Date, registered: readonly string[]): PreparedCall {
  const news: WebhookMessage = { type: 'changes.available', timestamp: sentAt.toISOString(), data: {} };
  const body = JSON.stringify(news);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'altsmith',
    'webhook-id': message.messageId,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': message.secrets
      .map((secret) => new Webhook(secret).sign(message.messageId, sentAt, body))
      .join(' '),
  };
  return { ...checkWebhookTarget(message.url, registered), headers, body };
}
