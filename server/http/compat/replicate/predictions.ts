import { z } from 'zod';
import { AppError, CATALOGUE, isErrorCode } from '../../../errors';
import type { Prediction } from '../../../predictions/prediction';
import { defineRoute, parse, type Call, type Reply, type Route } from '../../route';
import { readJson } from '../body';
import { awaitPrediction, cancelPrediction, createPrediction, PredictionInput } from '../prediction-input';
import { uploadedFile } from './address';
import { replicate } from './errors';

/** The Python client gives a call 60.5 s; `wait` without seconds means 60. */
const LONGEST_WAIT_SECONDS = 55;
const CreateRequest = z.looseObject({
  version: z.string().max(200).optional(),
  model: z.string().max(200).optional(),
  input: PredictionInput,
  webhook: z.unknown().optional(),
});
const Model = z.strictObject({ owner: z.string(), name: z.string() });
const Params = z.strictObject({ id: z.string() });

/** `Prefer: wait` or `wait=10`, in seconds. */
export function waitSeconds(prefer: string | string[] | undefined): number {
  const match = /\bwait(?:=(\d{1,5}))?/.exec(String(prefer ?? ''));
  if (match === null) return 0;
  return Math.min(match[1] === undefined ? LONGEST_WAIT_SECONDS : Number(match[1]), LONGEST_WAIT_SECONDS);
}

const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function bodyOf(prediction: Prediction, base: string) {
  const { id, model, version, input, state, output, errorCode, createdAt, startedAt, completedAt } = prediction;
  const self = `${base}/replicate/v1/predictions/${id}`;
  const error = errorCode !== null && isErrorCode(errorCode) ? CATALOGUE[errorCode].message : errorCode;
  return {
    id,
    model,
    version,
    input,
    output,
    error,
    logs: '',
    status: state,
    created_at: time(createdAt),
    started_at: time(startedAt),
    completed_at: time(completedAt),
    metrics: startedAt === null || completedAt === null ? {} : { predict_time: (completedAt - startedAt) / 1000 },
    urls: { get: self, cancel: `${self}/cancel` },
  };
}

async function create(call: Call<unknown, unknown, unknown>, owner: string | null): Promise<Reply> {
  const { request, services, site, signal } = call;
  site.predictions.requireRoom();
  const wish = parse(CreateRequest, await readJson(request, services), 'body');
  // Calling an address of the caller's choice is what the sidecar never does; the clients can poll.
  if (wish.webhook !== undefined && wish.webhook !== null) {
    throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'webhook; poll instead' });
  }
  const created = await createPrediction(
    { model: owner ?? wish.model ?? 'altsmith', version: wish.version ?? 'altsmith', input: wish.input },
    { site, services, uploaded: uploadedFile },
  );
  const seconds = waitSeconds(request.headers['prefer']);
  const prediction = await awaitPrediction(created.id, seconds, { site, services, signal });
  const location = `/replicate/v1/predictions/${prediction.id}`;
  return { status: 201, body: bodyOf(prediction, services.links.base(request)), location };
}

const facts = { access: 'site', face: replicate, answers: { 200: null } } as const;

export const predictions: readonly Route[] = [
  defineRoute({
    ...facts,
    method: 'post',
    path: '/replicate/v1/predictions',
    summary: 'Replicate: start a run of a version.',
    bodyKind: 'own',
    handle: (call) => create(call, null),
  }),
  defineRoute({
    ...facts,
    method: 'post',
    path: '/replicate/v1/models/{owner}/{name}/predictions',
    summary: 'Replicate: start a run of a model.',
    bodyKind: 'own',
    params: Model,
    handle: (call) => create(call, `${call.params.owner}/${call.params.name}`),
  }),
  defineRoute({
    ...facts,
    method: 'get',
    path: '/replicate/v1/predictions/{id}',
    summary: 'Replicate: one run.',
    params: Params,
    handle: async ({ params, request, services, site, signal }) => {
      const prediction = await awaitPrediction(params.id, 0, { site, services, signal });
      return { status: 200, body: bodyOf(prediction, services.links.base(request)) };
    },
  }),
  defineRoute({
    ...facts,
    method: 'post',
    path: '/replicate/v1/predictions/{id}/cancel',
    summary: 'Replicate: stop a run.',
    params: Params,
    handle: ({ params, request, services, site }) => ({
      status: 200,
      body: bodyOf(cancelPrediction(params.id, { site, services }), services.links.base(request)),
    }),
  }),
];
