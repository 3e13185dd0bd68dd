import { z } from 'zod';
import { ListedModel, ListedModelReply } from '../../contract/model';
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
  summary: 'Download, verify and convert a model. It is used from the next start on.',
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
