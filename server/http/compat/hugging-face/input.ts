import { z } from 'zod';
import { AppError } from '../../../errors';
import { parse } from '../../route';
import { parseJson } from '../body';

const Parameters = z.looseObject({
  max_new_tokens: z.number().int().min(1).max(1_000_000).optional(),
  generate_kwargs: z.looseObject({ max_new_tokens: z.number().int().min(1).max(1_000_000).optional() }).optional(),
});
const Asked = z.looseObject({
  inputs: z.union([
    z.string(),
    z.looseObject({
      image: z.string().optional(),
      question: z.string().max(300).optional(),
      text: z.string().max(200).optional(),
    }),
  ]),
  /** The Python client puts it beside `inputs`, and the picture there once more. */
  question: z.string().max(300).optional(),
  parameters: Parameters.nullish(),
});

export interface HuggingFaceInput {
  readonly picture: string | Uint8Array;
  readonly question: string | undefined;
  readonly prompt: string | undefined;
  readonly maxTokens: number | undefined;
}

/**
 * The body of an inference call. Clients send the bare picture with the type of the file, with none, or with a wrong
 * one, so only JSON is told by type or first byte. Throws BAD_REQUEST, BODY_MISSING.
 */
export function readInput(bytes: Buffer, contentType: string | undefined): HuggingFaceInput {
  if (bytes.length === 0) throw new AppError('BODY_MISSING');
  const isJson = /^application\/json\b/i.test(contentType ?? '') || /^\s*\{/.test(bytes.toString('latin1', 0, 64));
  if (!isJson) return { picture: bytes, question: undefined, prompt: undefined, maxTokens: undefined };
  const { inputs, question, parameters } = parse(Asked, parseJson(bytes), 'body');
  const fields = typeof inputs === 'string' ? { image: inputs } : inputs;
  if (fields.image === undefined) throw new AppError('IMAGE_MISSING');
  return {
    picture: fields.image,
    question: question ?? ('question' in fields ? fields.question : undefined),
    prompt: 'text' in fields ? fields.text : undefined,
    maxTokens: parameters?.max_new_tokens ?? parameters?.generate_kwargs?.max_new_tokens,
  };
}
