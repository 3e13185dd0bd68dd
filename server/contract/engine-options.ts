import { z } from 'zod';

const count = z.number().int().nonnegative();

/**
 * What a caption is searched with, on its way to a worker process here or on another machine: `CaptionOptions` of
 * models/captioner.ts without the signal (a test compares the two types). An option that the other side does not know is
 * an error there.
 */
export const EngineOptions = z.strictObject({
  preset: z.string().exactOptional(),
  task: z.string().exactOptional(),
  beams: count.exactOptional(),
  maxNewTokens: count.exactOptional(),
  maxLength: count.exactOptional(),
  minLength: count.exactOptional(),
  lengthPenalty: z.number().exactOptional(),
  repetitionPenalty: z.number().exactOptional(),
  prompt: z.string().exactOptional(),
  favour: z.array(z.string()).readonly().exactOptional(),
  candidates: count.exactOptional(),
  keepWordless: z.boolean().exactOptional(),
});
export type EngineOptions = z.infer<typeof EngineOptions>;
