import { z } from 'zod';
import { ModelError } from '../model-error';
import { cleanText } from './clean-text';

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Reply = z.looseObject({
  choices: z.tuple(
    [
      z.looseObject({
        message: z.looseObject({
          content: z.union([z.string(), z.array(Part), z.null()]).optional(),
          refusal: z.string().nullish(),
        }),
      }),
    ],
    z.unknown(),
  ),
});

/** The text of a chat completion, fit to be shown. Throws ModelError MODEL_SERVER_FAILED, MODEL_REPLY_UNUSABLE. */
export function textOfReply(reply: unknown): string {
  const parsed = Reply.safeParse(reply);
  if (!parsed.success) {
    throw new ModelError('MODEL_SERVER_FAILED', 'The model server answered with JSON that is no chat completion.');
  }
  const { content, refusal } = parsed.data.choices[0].message;
  const parts = typeof content === 'string' ? [content] : (content ?? []).map(({ text }) => text ?? '');
  const text = typeof refusal === 'string' && refusal !== '' ? null : cleanText(parts.join(' '));
  if (text === null) throw new ModelError('MODEL_REPLY_UNUSABLE', 'The model server answered without a usable text.');
  return text;
}
