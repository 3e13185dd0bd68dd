import { z } from 'zod';
import { Timestamp } from './primitives';

/** Body of `PUT /v1/webhook`. */
export const WebhookRequest = z.strictObject({ url: z.string().min(1).max(2000) });
export type WebhookRequest = z.infer<typeof WebhookRequest>;

/** Answer of `PUT /v1/webhook`. The secret (Standard Webhooks, `whsec_…`) is shown this once. */
export const WebhookReply = z.object({
  webhook: z.object({ url: z.string(), secret: z.string(), created_at: Timestamp }),
});
export type WebhookReply = z.infer<typeof WebhookReply>;

/** What a webhook says: read your change feed. It carries no data. */
export const WebhookMessage = z.object({
  type: z.literal('changes.available'),
  timestamp: Timestamp,
  data: z.object({}),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;
