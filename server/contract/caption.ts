import { z } from 'zod';
import { Fields, Flag } from './fields';
import { ModelRef } from './primitives';

/** What can be done with a picture. What the loaded model can is in `model.tasks` of `GET /v1/status`. */
export const Task = z.enum(['caption', 'detailed', 'more_detailed', 'ocr', 'question']);
export type Task = z.infer<typeof Task>;

/** What may accompany a picture at `POST /v1/captions`; as query parameters when the body is the raw image. */
export const CaptionOptions = z.strictObject({
  prompt: z.string().max(200).optional(),
  question: z.string().min(1).max(300).optional(),
  /** `caption` unless given, or `question` where one is. */
  task: Task.optional(),
  beams: z.coerce.number().int().min(1).max(10).optional(),
  /** The longest task, reading the text in a picture, writes up to 512. */
  max_new_tokens: z.coerce.number().int().min(1).max(512).optional(),
});
export type CaptionOptions = z.infer<typeof CaptionOptions>;

/** JSON body of `POST /v1/captions`: base64, or a data URI. */
export const CaptionRequest = CaptionOptions.extend({ image: z.string().min(1) });
export type CaptionRequest = z.infer<typeof CaptionRequest>;

/** Milliseconds spent: decoding the file, image encoder, text decoder, and all of it. */
export const Timings = z.object({
  decode: z.number(),
  vision: z.number(),
  text: z.number(),
  total: z.number(),
});
export type Timings = z.infer<typeof Timings>;

export const CaptionReply = z.object({
  caption: z.string(),
  alt_text: z.string(),
  alternatives: z.array(z.string()),
  confidence: z.number().min(0).max(1),
  flags: z.array(Flag),
  seo: Fields.omit({ alt_text: true, text_alternative: true }),
  /** Tokens of the caption, its end token left out. */
  tokens: z.number().int(),
  model: ModelRef,
  timings: Timings,
});
export type CaptionReply = z.infer<typeof CaptionReply>;

export const AnswerReply = z.object({
  answer: z.string(),
  tokens: z.number().int(),
  confidence: z.number().min(0).max(1),
  model: ModelRef,
  timings: Timings,
});
export type AnswerReply = z.infer<typeof AnswerReply>;
