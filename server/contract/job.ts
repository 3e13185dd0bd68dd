import { z } from 'zod';
import { ErrorBody } from './error';
import { FieldName, FieldValues } from './fields';
import { InstanceId } from './instance';
import { Id, Language, Locale, Sha256, Subject, Timestamp } from './primitives';

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;

/** Who is waiting: a person at a screen, a fresh upload, or a backfill. Claimed in this order. */
export const PRIORITIES = ['interactive', 'upload', 'backfill'] as const;
export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;

/**
 * What the CMS knows about the image. It sharpens flags and SEO fields; the model itself sees pixels only. `page_url`,
 * `surrounding_text` and `used_in` are taken for the sake of clients that send them, and not kept.
 */
export const JobContext = z.strictObject({
  file_name: z.string().max(255).optional(),
  page_title: z.string().max(500).optional(),
  page_url: z.string().max(2000).optional(),
  site_name: z.string().max(500).optional(),
  surrounding_text: z.string().max(2000).optional(),
  linked: z.boolean().optional(),
  used_in: z.number().int().nonnegative().optional(),
});
export type JobContext = z.infer<typeof JobContext>;

/** Body of `POST /v1/jobs`. The same subject, source, language, fields and model is the same job. */
export const JobRequest = z.strictObject({
  /** Hash of the bytes that are sent. */
  image_sha256: Sha256,
  /** Hash of the original file, of which the bytes may be a smaller rendition; `image_sha256` unless given. */
  source_sha256: Sha256.optional(),
  subject: Subject,
  /** BCP 47. Unless given: that of `locale`, else each of the site's own languages, else `en`. */
  language: Language.optional(),
  fields: z.array(FieldName).min(1).max(6).optional(),
  context: JobContext.optional(),
  /** As WordPress names it, such as `de_DE_formal`; only its language counts. */
  locale: Locale.optional(),
  current: FieldValues.optional(),
  priority: Priority.default('upload'),
  run_id: Id.optional(),
});
export type JobRequest = z.infer<typeof JobRequest>;

/** Why a job failed or is waiting for another attempt. */
export const JobError = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
export type JobError = z.infer<typeof JobError>;

export const Job = z.object({
  id: Id,
  state: JobState,
  attempts: z.number().int().nonnegative(),
  /** The installation that asked; null for a client that names none. */
  instance: InstanceId.nullable(),
  subject: Subject,
  image_sha256: Sha256,
  source_sha256: Sha256,
  language: z.string(),
  priority: Priority,
  run_id: Id.nullable(),
  error: JobError.nullable(),
  suggestion_id: Id.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  finished_at: Timestamp.nullable(),
});
export type Job = z.infer<typeof Job>;

export const JobReply = z.object({ job: Job });

/** What a client calls its request, to be able to send it again. */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters');

/** Body of `POST /v1/jobs/bulk`: up to 500 at once, answered one by one. */
export const BulkJobRequest = z.strictObject({
  jobs: z
    .array(JobRequest.extend({ idempotency_key: IdempotencyKey }))
    .min(1)
    .max(500),
});
export type BulkJobRequest = z.infer<typeof BulkJobRequest>;

/** In the order of the request. `is_new` is false where it is the same job as before. */
export const BulkJobReply = z.object({
  items: z.array(
    z.union([
      z.object({ idempotency_key: z.string(), job: Job, is_new: z.boolean() }),
      z.object({ idempotency_key: z.string(), error: ErrorBody }),
    ]),
  ),
});
export type BulkJobReply = z.infer<typeof BulkJobReply>;
