import { z } from 'zod';
import { Id, Timestamp } from './primitives';

/** A site as an administrator sees it. */
export const Site = z.object({
  id: Id,
  name: z.string(),
  /** Suggestions of a model that is no demonstration are approved from this confidence on; null: never by themselves. */
  auto_approve_from: z.number().min(0).max(1).nullable(),
  created_at: Timestamp,
});
export type Site = z.infer<typeof Site>;
export const SiteReply = z.object({ site: Site });

const SiteName = z.string().trim().min(1).max(200);

/** Body of `POST /v1/admin/sites`. */
export const SiteRequest = z.strictObject({ name: SiteName });

/** Body of `PATCH /v1/admin/sites/{id}`: what is left out stays. */
export const SiteChange = z.strictObject({
  name: SiteName.optional(),
  auto_approve_from: z.number().min(0).max(1).nullable().optional(),
});

export const KEY_SCOPES = ['site', 'worker', 'admin'] as const;
export const KeyScope = z.enum(KEY_SCOPES);
export type KeyScope = z.infer<typeof KeyScope>;

/** A key, without the part that opens anything. */
export const AccessKey = z.object({
  id: Id,
  name: z.string(),
  scope: KeyScope,
  /** Set exactly when the scope is `site`. */
  site_id: Id.nullable(),
  created_at: Timestamp,
  expires_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable(),
});
export type AccessKey = z.infer<typeof AccessKey>;

/** Body of `POST /v1/admin/keys`. */
export const AccessKeyRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    scope: KeyScope,
    site_id: Id.optional(),
  })
  .refine((body) => (body.scope === 'site') === (body.site_id !== undefined), {
    path: ['site_id'],
    message: 'must be given for the scope site, and only for that',
  });

/** Body of `POST /v1/admin/keys/{id}/rotate`. The old key goes on working for so long; a day unless given. */
export const RotateRequest = z.strictObject({
  overlap_seconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(86_400),
});

export const AccessKeyReply = z.object({ key: AccessKey });

/** Answer where a key is made. `secret` is the whole key; it is shown this once and not stored. */
export const NewKeyReply = z.object({ key: AccessKey, secret: z.string() });
export type NewKeyReply = z.infer<typeof NewKeyReply>;
