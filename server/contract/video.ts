import { z } from 'zod';

/** Answer of `PUT /v1/videos/{sha256}`. */
export const VideoReply = z.object({
  video: z.object({ sha256: z.string(), bytes: z.number().int(), media_type: z.string() }),
});
export type VideoReply = z.infer<typeof VideoReply>;

/** Most frames of one video that are described, whoever cut them. */
export const MOST_FRAMES = 120;
/** Longer videos are refused. Seconds. */
export const LONGEST_VIDEO = 4 * 3600;

/** One still of a video. Times are seconds from its beginning. */
export const VideoScene = z.object({
  at: z.number(),
  from: z.number(),
  to: z.number(),
  /** What is seen, in the language of the suggestion. */
  caption: z.string(),
  /** The English that it was translated from; null where it is English itself. */
  source: z.string().nullable().default(null),
});
export type VideoScene = z.infer<typeof VideoScene>;

/** What is kept of a video beside its texts. */
export const VideoFacts = z.object({
  duration: z.number(),
  /** Null where nobody could tell. */
  has_sound: z.boolean().nullable(),
  /** False where the file is damaged further on, and only its beginning was seen. */
  is_whole: z.boolean(),
  scenes: z.array(VideoScene),
  poster: z.object({ image_sha256: z.string(), at: z.number() }).nullable(),
  /** What the page said that shows it. */
  page: z.object({ content_url: z.string(), thumbnail_url: z.string(), uploaded_at: z.string() }).partial().default({}),
});
export type VideoFacts = z.infer<typeof VideoFacts>;

/** The part of a suggestion that only videos have. */
export const VideoDetails = VideoFacts.omit({ page: true, poster: true }).extend({
  /** ISO 8601. */
  iso_duration: z.string(),
  /** What the text alternative is, and what it is not; English. */
  note: z.string(),
  /** Success criteria of WCAG 2.2 that the text alternative can meet once a person has corrected it, and those that stay open. */
  wcag: z.object({ helps: z.array(z.string()), open: z.array(z.string()) }),
  /** A frame that can be its poster, with its alt text. */
  poster: z.object({ image_sha256: z.string(), at: z.number(), alt_text: z.string() }).nullable(),
  /** schema.org's VideoObject, as JSON-LD, with the approved texts once there are some. */
  video_object: z.record(z.string(), z.string()),
  /** Properties that search engines require and only the page knows. */
  video_object_lacks: z.array(z.enum(['thumbnailUrl', 'uploadDate'])),
});
export type VideoDetails = z.infer<typeof VideoDetails>;

/** What a sidecar can do with videos; part of `GET /v1/status`. */
export const VideoStatus = z.object({
  /** Whether it reads videos itself. Without a decoder it describes frames that a client has cut. */
  decoder: z.boolean(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  max_bytes: z.number().int(),
  max_frames: z.number().int(),
  longest_seconds: z.number(),
});
export type VideoStatus = z.infer<typeof VideoStatus>;
