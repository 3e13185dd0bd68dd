import { z } from 'zod';
import { AppError } from '../../../errors';
import { defineRoute, type Route } from '../../route';
import type { Services } from '../../services';
import { openAi } from './errors';

/** The one model there is. Other names work as well in requests; only the real one is listed. */
function modelsOf(services: Services) {
  const { model } = services.health();
  if (model === null) return [];
  const { id, tasks } = model;
  // `tasks` is ours; clients of OpenAI leave out what they do not know.
  return [{ id, object: 'model', created: 1_700_000_000, owned_by: 'altsmith', tasks }];
}

export const models: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/models',
    access: 'site',
    face: openAi,
    summary: 'OpenAI models: the model that is loaded.',
    answers: { 200: null },
    handle: ({ services }) => ({ status: 200, body: { object: 'list', data: modelsOf(services) } }),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/models/{id}',
    access: 'site',
    face: openAi,
    summary: 'OpenAI models: one by its name.',
    params: z.strictObject({ id: z.string() }),
    answers: { 200: null },
    handle: ({ params, services }) => {
      const model = modelsOf(services).find(({ id }) => id === params.id);
      if (model === undefined) throw new AppError('MODEL_UNKNOWN');
      return { status: 200, body: model };
    },
  }),
];
