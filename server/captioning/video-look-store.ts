import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { ModelRef } from '../contract/primitives';
import type { Storage } from '../storage/database';
import { RESULT_SETTINGS } from './result-store';

const Scene = z.object({
  at: z.number(),
  from: z.number(),
  to: z.number(),
  caption: z.string(),
  nouns: z.array(z.string()),
  confidence: z.number(),
  title: z.string().nullable(),
});

/** What a model said about the stills of a video, in English and without the owner's words. */
export const VideoLook = z.object({
  model: ModelRef,
  duration: z.number(),
  has_sound: z.boolean().nullable(),
  is_whole: z.boolean(),
  scenes: z.tuple([Scene], Scene),
  poster: z.object({ image_sha256: z.string(), at: z.number() }).nullable(),
});
export type VideoLook = z.infer<typeof VideoLook>;

/** Changes with the rules by which frames are chosen. */
const SETTINGS = `video-1-${RESULT_SETTINGS}`;

/** What models said about the videos of one site; they are looked at once, and told in each language. */
export class VideoLookStore {
  constructor(
    private readonly storage: Storage,
    private readonly siteId: string,
  ) {}

  /** Null when this model has not seen this video, or an older version wrote what cannot be read any more. */
  get(sha256: string, model: string): VideoLook | null {
    const look = this.storage
      .prepare<[string, Buffer, string, string], Buffer>(
        'SELECT result FROM results WHERE site_id = ? AND image_sha256 = ? AND model = ? AND settings = ?',
      )
      .pluck()
      .get(this.siteId, Buffer.from(sha256, 'hex'), model, SETTINGS);
    if (look === undefined) return null;
    return VideoLook.safeParse(JSON.parse(inflateRawSync(look).toString())).data ?? null;
  }

  has(sha256: string, model: string): boolean {
    return this.get(sha256, model) !== null;
  }

  put(sha256: string, model: string, look: VideoLook): void {
    this.storage
      .prepare(
        `INSERT INTO results (site_id, image_sha256, model, settings, result, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(this.siteId, Buffer.from(sha256, 'hex'), model, SETTINGS, deflateRawSync(JSON.stringify(look)), Date.now());
  }
}
