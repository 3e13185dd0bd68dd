import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../errors';
import { defineRoute, parse, type Route } from '../../route';
import type { Services } from '../../services';
import { readJson } from '../body';
import { ollama } from './errors';

const DETAILS = {
  parent_model: '',
  format: 'onnx',
  family: 'blip',
  families: ['blip'],
  parameter_size: '',
  quantization_level: '',
};
/** Nothing is known here of a model on another server. */
const REMOTE_DETAILS = { ...DETAILS, format: '', family: '', families: [] };
const ShowRequest = z.looseObject({ model: z.string().optional(), name: z.string().optional() });

function tagsOf(services: Services) {
  const { model } = services.health();
  if (model === null) return [];
  const digest = createHash('sha256').update(`${model.id} ${model.precision}`).digest('hex');
  const isRemote = model.precision === 'remote';
  const details = isRemote ? REMOTE_DETAILS : { ...DETAILS, quantization_level: model.precision };
  const facts = { modified_at: new Date(0).toISOString(), size: 0, digest, details };
  // Some clients show only names they know; any name works in a request.
  return [model.id, ...services.ollamaNames].map((name) => ({ name, model: name, ...facts }));
}

const facts = { access: 'site-or-local', face: ollama, answers: { 200: null } } as const;

export const models: readonly Route[] = [
  defineRoute({
    ...facts,
    method: 'get',
    path: '/api/version',
    summary: 'Ollama version: the sidecar’s own.',
    handle: ({ services }) => ({ status: 200, body: { version: services.version } }),
  }),
  defineRoute({
    ...facts,
    method: 'get',
    path: '/api/tags',
    summary: 'Ollama tags: the model that is loaded.',
    handle: ({ services }) => ({ status: 200, body: { models: tagsOf(services) } }),
  }),
  defineRoute({
    ...facts,
    method: 'post',
    path: '/api/show',
    summary: 'Ollama show: what a model can do. Any name is the model that is loaded.',
    bodyKind: 'own',
    handle: async ({ request, services }) => {
      const { model, name } = parse(ShowRequest, await readJson(request, services), 'body');
      const [tag] = tagsOf(services);
      if (tag === undefined || (model ?? name) === undefined) throw new AppError('MODEL_UNKNOWN');
      return {
        status: 200,
        body: {
          modelfile: '',
          parameters: '',
          template: '',
          details: tag.details,
          model_info: { 'general.architecture': tag.details.family },
          capabilities: ['completion', 'vision'],
          modified_at: tag.modified_at,
        },
      };
    },
  }),
];
