import { z } from 'zod';
import { ListedModel, ListedModelReply, ModelUse } from '../../contract/model';
import { page } from '../../contract/primitives';
import { defineRoute } from '../route';

const PATH = '/v1/admin/models';
const Params = z.strictObject({ id: z.string().min(1).max(64) });

export const listModels = defineRoute({
  method: 'get',
  path: PATH,
  access: 'admin',
  summary: 'The models there are, which of them are here, and how far a pull is.',
  answers: { 200: page(ListedModel) },
  handle: ({ services }) => ({ status: 200, body: { items: services.models.list(), next: null } }),
});

export const pullModel = defineRoute({
  method: 'post',
  path: `${PATH}/{id}/pull`,
  access: 'admin',
  summary:
    'Download, verify and convert a model. What is chosen, or else the best there is, is then used without a restart.',
  params: Params,
  answers: { 202: ListedModelReply },
  handle: ({ params, services }) => ({ status: 202, body: { model: services.models.pull(params.id) } }),
});

export const cancelPull = defineRoute({
  method: 'delete',
  path: `${PATH}/{id}/pull`,
  access: 'admin',
  summary: 'Stop a pull, or forget how the last one ended.',
  params: Params,
  answers: { 200: ListedModelReply },
  handle: ({ params, services }) => ({ status: 200, body: { model: services.models.cancel(params.id) } }),
});

export const useModel = defineRoute({
  method: 'post',
  path: `${PATH}/{id}/use`,
  access: 'admin',
  summary: 'Choose a model that is here; the running sidecar changes over within seconds.',
  bodyKind: 'json',
  params: Params,
  body: ModelUse,
  answers: { 200: ListedModelReply },
  handle: ({ params, body, services }) => ({
    status: 200,
    body: { model: services.models.use(params.id, body.precision) },
  }),
});
