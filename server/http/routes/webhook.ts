import { WebhookReply, WebhookRequest } from '../../contract/webhook';
import { AppError } from '../../errors';
import { defineRoute } from '../route';

export const putWebhook = defineRoute({
  method: 'put',
  path: '/v1/webhook',
  access: 'site',
  summary: 'Where to say that there is news. Every call makes a new secret; the old one signs along for a day.',
  bodyKind: 'json',
  body: WebhookRequest,
  answers: { 200: WebhookReply },
  handle: ({ body, site }) => {
    const { url, secret, createdAt } = site.webhook.register(body.url);
    return { status: 200, body: { webhook: { url, secret, created_at: new Date(createdAt).toISOString() } } };
  },
});

export const deleteWebhook = defineRoute({
  method: 'delete',
  path: '/v1/webhook',
  access: 'site',
  summary: 'Remove the webhook.',
  answers: { 204: null },
  handle: ({ site }) => {
    if (!site.webhook.remove()) throw new AppError('NOT_FOUND');
    return { status: 204 };
  },
});
