import { z } from 'zod';
import { ErrorBody } from './error';
import { FIELD_NAMES, FieldName, FieldValues } from './fields';
import { InstanceId } from './instance';
import { Language } from './language';
import { Id, Locale, Sha256, Subject, Timestamp } from './primitives';
import { LONGEST_VIDEO, MOST_FRAMES } from './video';

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export const JobState = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobState>;

/** Who is waiting: a person at a screen, a fresh upload, or a backfill. Claimed in this order. */
export const PRIORITIES = ['interactive', 'upload', 'backfill'] as const;
export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;

const WebAddress = z.url({ protocol: /^https?$/ }).max(2000);

/** A product that the picture shows, in the words of its shop. */
export const ProductContext = z.strictObject({
  name: z.string().max(300),
  /** Values alone, such as `blue` and `42`. */
  attributes: z.array(z.string().max(100)).max(10).optional(),
  categories: z.array(z.string().max(100)).max(5).optional(),
});
export type ProductContext = z.infer<typeof ProductContext>;

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
  /** Title, caption and keywords name it; the alt text says what is seen. */
  product: ProductContext.optional(),
  /** Of a video: where it is published, its picture, and since when. They stand in its VideoObject. */
  content_url: WebAddress.optional(),
  thumbnail_url: WebAddress.optional(),
  uploaded_at: z.iso.datetime({ offset: true }).optional(),
});
export type JobContext = z.infer<typeof JobContext>;

const JobWish = z.strictObject({
  /** Hash of the bytes that are sent. */
  image_sha256: Sha256.optional(),
  /** The same of a video. */
  video_sha256: Sha256.optional(),
  /** Pictures of a video that stayed with the client, in its order; `at` is in seconds. */
  frames: z
    .array(z.strictObject({ image_sha256: Sha256, at: z.number().min(0).max(LONGEST_VIDEO) }))
    .min(1)
    .max(MOST_FRAMES)
    .optional(),
  /** What the client knows of the video that the frames are of. */
  video: z
    .strictObject({
      duration: z.number().positive().max(LONGEST_VIDEO),
      has_sound: z.boolean().nullable().default(null),
    })
    .optional(),
  /** Hash of the original file, of which the bytes may be a smaller rendition, or the frames. Unless given: of what is sent. */
  source_sha256: Sha256.optional(),
  subject: Subject,
  /** BCP 47, or as WordPress names it. Unless given: that of `locale`, else each of the site's own languages, else `en`. */
  language: Language.optional(),
  fields: z.array(FieldName).min(1).max(FIELD_NAMES.length).optional(),
  context: JobContext.optional(),
  /** As WordPress names it, such as `de_DE_formal`; only its language counts. */
  locale: Locale.optional(),
  current: FieldValues.optional(),
  priority: Priority.default('upload'),
  run_id: Id.optional(),
});

type Sent = Pick<z.infer<typeof JobWish>, 'image_sha256' | 'video_sha256' | 'frames' | 'video'>;

/** What is wrong with what a request sends; null when nothing is. */
function problemOf({ image_sha256, video_sha256, frames, video }: Sent): string | null {
  const sent = [image_sha256, video_sha256, frames].filter((one) => one !== undefined);
  if (sent.length !== 1) return 'exactly one of image_sha256, video_sha256 and frames must be given';
  if (video !== undefined && frames === undefined) return 'video goes with frames only';
  const times = (frames ?? []).map(({ at }) => at);
  if (times.some((at, index) => at <= (times[index - 1] ?? -1))) return 'frames must be in the order of their times';
  const last = times.at(-1) ?? 0;
  return video !== undefined && last > video.duration ? 'a frame cannot be later than the end of its video' : null;
}

function checkSent(request: Sent, context: z.core.$RefinementCtx): void {
  const problem = problemOf(request);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
}

/** Body of `POST /v1/jobs`. The same subject, source, language, fields and model is the same job. */
export const JobRequest = JobWish.superRefine(checkSent);
export type JobRequest = z.infer<typeof JobRequest>;

/** Why a job failed or is waiting for another attempt. */
export const JobError = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
export type JobError = z.infer<typeof JobError>;

/** What a job or a suggestion is about. */
export const MediaKind = z.enum(['image', 'video']);
export type MediaKind = z.infer<typeof MediaKind>;

export const Job = z.object({
  id: Id,
  kind: MediaKind,
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
    .array(JobWish.extend({ idempotency_key: IdempotencyKey }).superRefine(checkSent))
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
