import { z } from 'zod';
import type { Caption } from '../../models/captioner';
import { AppError } from '../errors';
import type { EngineResult } from './engine';

const milliseconds = z.number().nonnegative();

const Candidate = z.object({
  text: z.string().max(10_000),
  tokens: z.array(z.number().int()).max(1000),
  logProbs: z.array(z.number()).max(1000),
  score: z.number(),
});

/** What a model said, as it crosses a border: from a worker on another machine, or from the file of known results. */
export const StoredResult = z.object({
  model: z.object({
    id: z.string().min(1).max(200),
    precision: z.enum(['fp32', 'fp16', 'int8', 'int8-vnni', 'remote']),
    demonstration: z.boolean(),
    canAnswer: z.boolean(),
    canPrompt: z.boolean().exactOptional(),
    address: z.string().exactOptional(),
  }),
  image: z.object({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    format: z.string().max(40),
    hasAlpha: z.boolean(),
    contrast: z.number(),
    flatness: z.number(),
  }),
  caption: z.object({
    candidates: z.tuple([Candidate], Candidate),
    confidence: z.number().min(0).max(1),
    labels: z.array(z.object({ name: z.string().max(200), probability: z.number() })).max(100),
    timingsMs: z.object({ vision: milliseconds, text: milliseconds }),
  }),
  timingsMs: z.object({ decode: milliseconds, vision: milliseconds, text: milliseconds, total: milliseconds }),
});
export type StoredResult = z.infer<typeof StoredResult>;

/** The result of a request without a question. */
export type CaptionResult = Pick<EngineResult, 'model' | 'image' | 'timingsMs'> & { readonly caption: Caption };

/** Throws INTERNAL when the engine answered a question instead. */
export function captionOf(result: EngineResult): CaptionResult {
  const { model, image, caption, timingsMs } = result;
  if (caption === null) throw new AppError('INTERNAL', { reason: 'the engine gave no caption' });
  return { model, image, caption, timingsMs };
}
