import { z } from 'zod';
import { ModelError } from '../model-error';
import { MOST_TOKENS } from './wording';
import { cleanText } from './clean-text';

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Reply = z.looseObject({
  choices: z.tuple(
    [
      z.looseObject({
        finish_reason: z.string().nullish(),
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
  const { message, finish_reason: end } = parsed.data.choices[0];
  const { content, refusal } = message;
  const parts = typeof content === 'string' ? [content] : (content ?? []).map(({ text }) => text ?? '');
  const text = typeof refusal === 'string' && refusal !== '' ? null : cleanText(parts.join(' '));
  if (text === null && end === 'length') {
    throw new ModelError(
      'MODEL_REPLY_UNUSABLE',
      `The model used all ${MOST_TOKENS} tokens it may before it answered; a model that thinks first must be told not to, or to think less, on its server.`,
    );
  }
  if (text === null) throw new ModelError('MODEL_REPLY_UNUSABLE', 'The model server answered without a usable text.');
  return text;
}
