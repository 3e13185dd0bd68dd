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
