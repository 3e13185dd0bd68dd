import { z } from 'zod';

const Wishes = z.object({
  to: z.string().exactOptional(),
  beams: z.number().exactOptional(),
  maxLength: z.number().exactOptional(),
  candidates: z.number().exactOptional(),
});

/** What the parent says to a process that translates. */
export const ToTranslator = z.discriminatedUnion('type', [
  z.object({ type: z.literal('load'), folder: z.string(), threads: z.number().int().min(1) }),
  z.object({ type: z.literal('translate'), id: z.number(), text: z.string(), wishes: Wishes }),
]);
export type ToTranslator = z.infer<typeof ToTranslator>;
export type Wishes = z.infer<typeof Wishes>;

const Text = z.object({
  text: z.string(),
  tokens: z.array(z.number()).readonly(),
  logProbs: z.array(z.number()).readonly(),
  score: z.number(),
});

const Translation = z.object({
  language: z.string(),
  candidates: z.tuple([Text], Text).readonly(),
  confidence: z.number(),
  isCut: z.boolean(),
  hasUnknown: z.boolean(),
  timingMs: z.number(),
});

const Info = z.object({
  id: z.string(),
  precision: z.enum(['fp32', 'fp16', 'int8', 'int8-vnni', 'int4', 'remote']),
  from: z.string(),
  to: z.array(z.string()).readonly(),
});

/** What such a process says to the parent. */
export const FromTranslator = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), info: Info }),
  /** The model could not be loaded; the process ends after saying so. */
  z.object({ type: z.literal('problem'), code: z.string(), message: z.string() }),
  z.object({ type: z.literal('done'), id: z.number(), translation: Translation }),
  z.object({ type: z.literal('failed'), id: z.number(), code: z.string(), message: z.string() }),
]);
export type FromTranslator = z.infer<typeof FromTranslator>;
