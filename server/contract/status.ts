import { z } from 'zod';
import { Task } from './caption';
import { FirstSteps } from './first-steps';
import { ComingModel } from './model';
import { ModelRef } from './primitives';
import { VideoStatus } from './video';

/** What pictures cost, from the owner's price of an hour; `per_image` is null before the first picture. */
export const Cost = z.object({ per_hour: z.number(), currency: z.string(), per_image: z.number().nullable() });
export type Cost = z.infer<typeof Cost>;

/** Answer of `GET /v1/status`, for the key's own site. */
export const Status = z.object({
  version: z.string(),
  /** null while the model is still loading, or when it could not be loaded. */
  model: ModelRef.extend({ tasks: z.array(Task) }).nullable(),
  ready: z.boolean(),
  /** Sentences from the error catalogue that say what is wrong; empty when ready. */
  problems: z.array(z.object({ code: z.string(), message: z.string() })),
  queue: z.object({ waiting: z.number().int(), running: z.number().int() }),
  seconds_per_image: z.number().nullable(),
  estimated_wait_seconds: z.number().nullable(),
  site: z.object({ id: z.string(), name: z.string() }),
  /** What the model can do beside captioning; absent while there is no model. */
  abilities: z.object({ answer: z.boolean(), prompt: z.boolean() }).optional(),
  /** Where the bytes of a picture go beside this machine, as an address; null or absent: nowhere. */
  bytes_also_go_to: z.string().nullable().optional(),
  /** A better model that is being fetched, or why it is not there; null or absent: none is on its way. */
  coming_model: ComingModel.nullable().optional(),
  /** Which of the three first steps of this site are done. */
  first_steps: FirstSteps.optional(),
  /** Absent in versions that know no videos. */
  video: VideoStatus.optional(),
  /** null or absent where the owner has set no price. */
  cost: Cost.nullable().optional(),
});
export type Status = z.infer<typeof Status>;

/** Answer of `PUT /v1/images/{sha256}`. */
export const ImageReply = z.object({
  image: z.object({
    sha256: z.string(),
    bytes: z.number().int(),
    width: z.number().int(),
    height: z.number().int(),
    media_type: z.string(),
  }),
});
export type ImageReply = z.infer<typeof ImageReply>;
