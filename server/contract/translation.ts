import { z } from 'zod';
import { Flag } from './fields';
import { Language } from './language';
import { TranslatorRef } from './primitives';

/** Body of `POST /v1/translations`: one English text, translated now; nothing is stored. */
export const TranslationRequest = z.strictObject({
  text: z.string().trim().min(1).max(10_000),
  to: Language,
});
export type TranslationRequest = z.infer<typeof TranslationRequest>;

export const TranslationReply = z.object({
  language: z.string(),
  source: z.string(),
  text: z.string(),
  alternatives: z.array(z.string()),
  /** What a person should look at. */
  flags: z.array(Flag),
  translator: TranslatorRef,
});
export type TranslationReply = z.infer<typeof TranslationReply>;
