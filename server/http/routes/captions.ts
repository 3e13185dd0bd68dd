import { z } from 'zod';
import { AnswerReply, CaptionOptions, CaptionReply, CaptionRequest } from '../../contract/caption';
import { AppError } from '../../errors';
import { bodyTakes } from '../body/grants';
import { spoolPicture } from '../compat/picture';
import { bytesOf } from '../request-bytes';
import { defineRoute } from '../route';

export const captions = defineRoute({
  method: 'post',
  path: '/v1/captions',
  access: 'site',
  summary: 'Caption one picture now, or ask about it. Nothing is stored.',
  bodyKind: 'json-or-image',
  hasPictures: true,
  captionsNow: true,
  query: CaptionOptions,
  body: CaptionRequest.optional(),
  answers: { 200: z.union([CaptionReply, AnswerReply]) },
  handle: async ({ query, body, request, services, siteId, signal }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    if (body === undefined) {
      const picture = await services.spool(bytesOf(request));
      bodyTakes(request, 0);
      return { status: 200, body: await services.captionNow(picture, query, { siteId, signal }) };
    }
    const { image, ...options } = body;
    const picture = await spoolPicture(image, { services, siteId });
    return { status: 200, body: await services.captionNow(picture, { ...query, ...options }, { siteId, signal }) };
  },
});
