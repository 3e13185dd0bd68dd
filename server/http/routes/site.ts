import { AppError } from '../../errors';
import { SiteProfileChange, SiteProfileReply } from '../../contract/site';
import { TranslationReply, TranslationRequest } from '../../contract/translation';
import { defineRoute, TEXTS_LIMIT } from '../route';

export const getSite = defineRoute({
  method: 'get',
  path: '/v1/site',
  access: 'site',
  summary: 'What is the same for all installations of the site: its languages and its words.',
  answers: { 200: SiteProfileReply },
  handle: ({ site }) => ({ status: 200, body: { site: site.profile() } }),
});

export const putSite = defineRoute({
  method: 'put',
  path: '/v1/site',
  access: 'site',
  summary: 'Change it; what is left out stays.',
  bodyKind: 'json',
  jsonLimit: TEXTS_LIMIT,
  body: SiteProfileChange,
  answers: { 200: SiteProfileReply },
  handle: ({ body, site }) => ({ status: 200, body: { site: site.changeProfile(body) } }),
});

export const translate = defineRoute({
  method: 'post',
  path: '/v1/translations',
  access: 'site',
  summary: 'One English text in another language, now. Nothing is stored.',
  bodyKind: 'json',
  jsonLimit: TEXTS_LIMIT,
  body: TranslationRequest,
  answers: { 200: TranslationReply },
  handle: async ({ body, services, site }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    return { status: 200, body: await site.translate(body.text, body.to) };
  },
});
