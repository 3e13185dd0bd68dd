import { z } from 'zod';
import { AnswerReply, CaptionOptions, CaptionReply, CaptionRequest } from '../../contract/caption';
import { AppError } from '../../errors';
import { bytesOf } from '../request-bytes';
import { defineRoute } from '../route';

/** 20 MB of image in base64, and the rest of the body. */
const JSON_LIMIT = 28_000_000;
const DATA_URI = /^data:[\w.+-]+\/[\w.+-]+;base64,/;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

export const captions = defineRoute({
  method: 'post',
  path: '/v1/captions',
  access: 'site',
  summary: 'Caption one picture now, or ask about it. Nothing is stored.',
  bodyKind: 'json-or-image',
  jsonLimit: JSON_LIMIT,
  query: CaptionOptions,
  body: CaptionRequest.optional(),
  answers: { 200: z.union([CaptionReply, AnswerReply]) },
  handle: async ({ query, body, request, services, signal }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    const { source, options } =
      body === undefined ? { source: bytesOf(request), options: query } : readJson(body, query);
    const spooled = await services.spool(source);
    return { status: 200, body: await services.captionNow(spooled, options, signal) };
  },
});

function readJson(
  body: CaptionRequest,
  query: CaptionOptions,
): { source: AsyncIterable<Uint8Array>; options: CaptionOptions } {
  const { image, ...options } = body;
  const base64 = image.replace(DATA_URI, '');
  if (!BASE64.test(base64)) {
    throw new AppError('BAD_REQUEST', {
      problems: [{ where: 'body.image', problem: 'is neither base64 nor a data URI' }],
    });
  }
  return { source: once(Buffer.from(base64, 'base64')), options: { ...query, ...options } };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the other source of bytes is a stream
async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
