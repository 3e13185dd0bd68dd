import { z } from 'zod';
import { AppError } from '../../../errors';
import { bytesOf } from '../../request-bytes';
import { parse, type Request } from '../../route';
import type { Services } from '../../services';
import { holdBody, readJson } from '../body';
import type { PictureText } from '../picture';

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
  readonly picture: PictureText;
  readonly question: string | undefined;
  readonly prompt: string | undefined;
  readonly maxTokens: number | undefined;
}

/**
 * The body of an inference call. Clients send the bare picture with the type of the file, with none, or with a wrong
 * one, so only JSON is told by type or first byte. Throws BAD_REQUEST, BODY_MISSING.
 */
export async function readInput(request: Request, services: Services): Promise<HuggingFaceInput> {
  const { first, whole } = await peek(bytesOf(request));
  const isJson =
    /^application\/json\b/i.test(request.headers['content-type'] ?? '') ||
    /^\s*\{/.test(first.toString('latin1', 0, 64));
  if (!isJson || first.length === 0) {
    const picture = await holdBody(request, services, whole);
    return { picture, question: undefined, prompt: undefined, maxTokens: undefined };
  }
  const { inputs, question, parameters } = parse(Asked, await readJson(request, services, whole), 'body');
  const fields = typeof inputs === 'string' ? { image: inputs } : inputs;
  if (fields.image === undefined) throw new AppError('IMAGE_MISSING');
  return {
    picture: fields.image,
    question: question ?? ('question' in fields ? fields.question : undefined),
    prompt: 'text' in fields ? fields.text : undefined,
    maxTokens: parameters?.max_new_tokens ?? parameters?.generate_kwargs?.max_new_tokens,
  };
}

/** The first piece of a body; `whole` gives it again, and the rest. */
async function peek(body: AsyncGenerator<Uint8Array>): Promise<{ first: Buffer; whole: AsyncIterable<Uint8Array> }> {
  const begun = await body.next();
  const first = begun.done === true ? Buffer.alloc(0) : Buffer.from(begun.value);
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (first.length > 0) yield first;
    yield* body;
  }
  return { first, whole: whole() };
}
