import { z } from 'zod';
import { MOST_BAD } from './calibration';
import { Id, Timestamp } from './primitives';

/** Limits of one site; null: as the settings of the sidecar say. */
export const SiteLimits = z.object({
  /** Requests a second. */
  rate: z.number().positive().max(10_000).nullable().default(null),
  /** Jobs that may wait at a time. */
  queue: z.number().int().min(1).max(10_000_000).nullable().default(null),
  /** Bytes of stored pictures and thumbnails. */
  bytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable().default(null),
  /** Share of the workers beside the other sites; 1 is usual. */
  weight: z.number().int().min(1).max(100).default(1),
});
export type SiteLimits = z.infer<typeof SiteLimits>;

/** What a change of limits names; what is left out stays. */
export const SiteLimitsChange = z.strictObject({
  rate: SiteLimits.shape.rate.unwrap().optional(),
  queue: SiteLimits.shape.queue.unwrap().optional(),
  bytes: SiteLimits.shape.bytes.unwrap().optional(),
  weight: SiteLimits.shape.weight.unwrap().optional(),
});
export type SiteLimitsChange = z.infer<typeof SiteLimitsChange>;

const count = z.number().int().nonnegative();

/** A site as an administrator sees it. */
export const Site = z.object({
  id: Id,
  name: z.string(),
  /** Suggestions of a model whose confidence was measured, and that is no demonstration, are approved from here on; null: never by themselves. */
  auto_approve_from: z.number().min(0).max(1).nullable(),
  /** Approved are those where, by decisions of this site, no more than this share is bad; null: `auto_approve_from` counts. */
  auto_approve_most_bad: z.number().min(0).max(1).nullable(),
  limits: SiteLimits,
  /** Bytes on disk. A picture that several sites sent counts for each of them. */
  storage: z.object({ images: count, image_bytes: count, thumbnail_bytes: count }),
  /** Since when it is being erased; null for a site that is not. */
  erasing_since: Timestamp.nullable(),
  created_at: Timestamp,
});
export type Site = z.infer<typeof Site>;
export const SiteReply = z.object({ site: Site });

/** Limits and times that hold where a site has none of its own; null: no bound. */
export const AdminSettings = z.object({
  limits: z.object({ rate: z.number().nullable(), queue: count, bytes: count.nullable() }),
  retention: z.object({
    originals_minutes: count,
    thumbnails_days: count,
    history_days: count,
    predictions_hours: count,
  }),
});
export type AdminSettings = z.infer<typeof AdminSettings>;

const SiteName = z.string().trim().min(1).max(200);

/** Body of `POST /v1/admin/sites`. */
export const SiteRequest = z.strictObject({ name: SiteName });

/** Body of `PATCH /v1/admin/sites/{id}`: what is left out stays. */
export const SiteChange = z.strictObject({
  name: SiteName.optional(),
  auto_approve_from: z.number().min(0).max(1).nullable().optional(),
  auto_approve_most_bad: z.literal(MOST_BAD).nullable().optional(),
  limits: SiteLimitsChange.optional(),
});
export type SiteChange = z.infer<typeof SiteChange>;

export const KEY_SCOPES = ['site', 'worker', 'admin', 'metrics'] as const;
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

/** Something an administrator did. `key_id` is null where it was done on the command line. */
export const AuditEntry = z.object({
  at: Timestamp,
  key_id: Id.nullable(),
  action: z.string(),
  target: z.string().nullable(),
  details: z.unknown(),
  outcome: z
    .string()
    .describe(
      '`done`, the code of the error it ended with, or `begun` where the sidecar was stopped before it was known.',
    ),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AccessKeyReply = z.object({ key: AccessKey });

/** Answer where a key is made. `secret` is the whole key; it is shown this once and not stored. */
export const NewKeyReply = z.object({ key: AccessKey, secret: z.string() });
export type NewKeyReply = z.infer<typeof NewKeyReply>;
