import { z } from 'zod';
import { CATALOGUE, isErrorCode } from '../../../errors';
import type { Prediction, PredictionState } from '../../../predictions/prediction';
import { defineRoute, parse, type Call, type Reply, type Route } from '../../route';
import { readJson } from '../body';
import { awaitPrediction, cancelPrediction, createPrediction, PredictionInput } from '../prediction-input';
import { eachlabs } from './errors';

const RUN_SECONDS = 55;
const CreateRequest = z.looseObject({
  model: z.string().max(200),
  version: z.string().max(200).default('0.0.1'),
  input: PredictionInput,
  webhook_url: z.string().max(2000).nullish(),
  webhook_secret: z.string().min(1).max(500).nullish(),
});
const Params = z.strictObject({ id: z.string() });

const STATUS: Readonly<Record<PredictionState, string>> = {
  starting: 'starting',
  succeeded: 'success',
  failed: 'error',
  canceled: 'cancelled',
};

/** What is posted to `webhook_url` when a run has ended. */
export function eachlabsWebhook(prediction: Prediction) {
  const { id, state, errorCode } = prediction;
  const isDone = state === 'succeeded';
  const error = errorCode !== null && isErrorCode(errorCode) ? CATALOGUE[errorCode].message : state;
  return {
    exec_id: id,
    status: isDone ? 'succeeded' : 'failed',
    output: prediction.output,
    error: isDone ? '' : error,
  };
}

function outputOf({ output, errorCode }: Prediction) {
  if (errorCode === null) return output;
  return {
    error_code: errorCode,
    error_message: isErrorCode(errorCode) ? CATALOGUE[errorCode].message : errorCode,
  };
}

/** `base`: the address under which the client called. */
function bodyOf(prediction: Prediction, base: string) {
  const { id, input, state, startedAt, completedAt } = prediction;
  const ms = startedAt === null || completedAt === null ? 0 : completedAt - startedAt;
  return {
    id,
    input,
    status: STATUS[state],
    output: outputOf(prediction),
    logs: null,
    metrics: { predict_time: ms / 1000, cost: 0 },
    urls: { get: `${base}/${id}`, cancel: `${base}/${id}/cancel` },
  };
}

async function start({ request, services, site }: Call<unknown, unknown, unknown>): Promise<Prediction> {
  site.predictions.requireRoom();
  const wish = parse(CreateRequest, await readJson(request, services), 'body');
  const url = wish.webhook_url ?? '';
  if (url !== '') services.checkAddress(url);
  const webhook = { url, secret: wish.webhook_secret ?? null };
  return createPrediction({ ...wish, ...(url === '' ? {} : { webhook }) }, { site, services });
}

async function create(call: Call<unknown, unknown, unknown>): Promise<Reply> {
  const { id } = await start(call);
  // "success" says that the run was accepted.
  return { status: 200, body: { status: 'success', message: 'Prediction created successfully', predictionID: id } };
}

async function run(call: Call<unknown, unknown, unknown>, base: string): Promise<Reply> {
  const { id } = await start(call);
  const prediction = await awaitPrediction(id, RUN_SECONDS, call);
  const links = call.services.links.base(call.request) + base;
  return { status: 200, body: { ...bodyOf(prediction, links), predictionID: id } };
}

const facts = { access: 'site', face: eachlabs, answers: { 200: null } } as const;

/** Its documentation writes no slash at the end, its client does. */
export const predictions: readonly Route[] = ['/eachlabs/v1/prediction', '/v1/prediction'].flatMap((base) => [
  ...[base, `${base}/`].map((path) =>
    defineRoute({ ...facts, method: 'post', path, bodyKind: 'own', summary: 'Eachlabs: start a run.', handle: create }),
  ),
  defineRoute({
    ...facts,
    method: 'post',
    path: `${base}/run`,
    bodyKind: 'own',
    summary: 'Eachlabs: start a run and wait for its end.',
    handle: (call) => run(call, base),
  }),
  defineRoute({
    ...facts,
    method: 'get',
    path: `${base}/{id}`,
    params: Params,
    summary: 'Eachlabs: one run.',
    handle: async ({ params, request, services, site, signal }) => ({
      status: 200,
      body: bodyOf(
        await awaitPrediction(params.id, 0, { site, services, signal }),
        services.links.base(request) + base,
      ),
    }),
  }),
  defineRoute({
    ...facts,
    method: 'post',
    path: `${base}/{id}/cancel`,
    params: Params,
    summary: 'Eachlabs: stop a run.',
    handle: ({ params, request, services, site }) => ({
      status: 200,
      body: bodyOf(cancelPrediction(params.id, { site, services }), services.links.base(request) + base),
    }),
  }),
]);
