import { z } from 'zod';
import { AppError, isErrorCode } from '../../../errors';
import type { Prediction } from '../../../predictions/prediction';
import { defineRoute, parse, type Call, type Method, type Reply, type Route } from '../../route';
import { readJson } from '../body';
import { awaitPrediction, cancelPrediction, createPrediction, PredictionInput } from '../prediction-input';
import { modelRunner } from './errors';

const RUN_SECONDS = 55;
const ModelPath = z.looseObject({ owner: z.string(), name: z.string() });
const RunPath = ModelPath.extend({ id: z.string() });
type ModelPath = z.infer<typeof ModelPath>;

/** The id of a run in the headers of ModelRunner's clients and of fal's, which speak the same protocol. */
function idHeaders({ id }: Prediction): Record<string, string> {
  return { 'x-modelrunner-request-id': id, 'x-fal-request-id': id };
}

async function start({ request, services, site, params }: Call<ModelPath, unknown, unknown>): Promise<Prediction> {
  site.predictions.requireRoom();
  const input = parse(PredictionInput, await readJson(request, services), 'body');
  if (Object.keys(request.query).some((name) => name.endsWith('_webhook'))) {
    throw new AppError('PARAMETER_UNSUPPORTED', { parameter: 'webhook; poll instead' });
  }
  return createPrediction({ model: `${params.owner}/${params.name}`, version: 'altsmith', input }, { site, services });
}

/** A bare JSON string once there is a text; the error of the run if it has none. */
function resultOf(prediction: Prediction): Reply {
  const { output, errorCode, state } = prediction;
  if (errorCode !== null) throw new AppError(isErrorCode(errorCode) ? errorCode : 'INTERNAL');
  if (output === null) {
    const problem = state === 'canceled' ? 'was cancelled' : 'has not ended yet; ask for its status';
    throw new AppError('BAD_REQUEST', { problems: [{ where: 'request', problem }] });
  }
  const headers = { ...idHeaders(prediction), 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(output) };
}

function linksOf(prediction: Prediction, base: string) {
  const self = `${base}/modelrunner/queue/${prediction.model}/requests/${prediction.id}`;
  return { request_id: prediction.id, response_url: self, status_url: `${self}/status`, cancel_url: `${self}/cancel` };
}

function statusOf(prediction: Prediction): string {
  if (prediction.state !== 'starting') return 'COMPLETED';
  return prediction.startedAt === null ? 'IN_QUEUE' : 'IN_PROGRESS';
}

async function submit(call: Call<ModelPath, unknown, unknown>): Promise<Reply> {
  const prediction = await start(call);
  const body = {
    status: 'IN_QUEUE',
    queue_position: 0,
    ...linksOf(prediction, call.services.links.base(call.request)),
  };
  return { status: 200, headers: idHeaders(prediction), body };
}

async function run(call: Call<ModelPath, unknown, unknown>): Promise<Reply> {
  const { id } = await start(call);
  return resultOf(await awaitPrediction(id, RUN_SECONDS, call));
}

const facts = { access: 'site', face: modelRunner, answers: { 200: null } } as const;
const QUEUE = '/modelrunner/queue/{owner}/{name}';

const runRoutes: readonly Route[] = [
  defineRoute({
    ...facts,
    method: 'get',
    path: `${QUEUE}/requests/{id}/status`,
    params: RunPath,
    summary: 'ModelRunner: how far a run is.',
    handle: async ({ params, request, services, site, signal }) => {
      const prediction = await awaitPrediction(params.id, 0, { site, services, signal });
      return {
        status: 200,
        headers: idHeaders(prediction),
        body: {
          status: statusOf(prediction),
          queue_position: 0,
          logs: [],
          ...linksOf(prediction, services.links.base(request)),
        },
      };
    },
  }),
  defineRoute({
    ...facts,
    method: 'get',
    path: `${QUEUE}/requests/{id}`,
    params: RunPath,
    summary: 'ModelRunner: the text of a run.',
    handle: async ({ params, services, site, signal }) =>
      resultOf(await awaitPrediction(params.id, 0, { site, services, signal })),
  }),
  ...(['put', 'post'] satisfies Method[]).map((method) =>
    defineRoute({
      ...facts,
      method,
      path: `${QUEUE}/requests/{id}/cancel`,
      params: RunPath,
      summary: 'ModelRunner: stop a run.',
      handle: ({ params, services, site }) => {
        const prediction = cancelPrediction(params.id, { site, services });
        return { status: 200, headers: idHeaders(prediction), body: { status: 'CANCELLATION_REQUESTED' } };
      },
    }),
  ),
];

/** Model names have two parts or more; only the first two are kept. */
const startRoutes: readonly Route[] = [QUEUE, `${QUEUE}/{*rest}`].map((path) =>
  defineRoute({
    ...facts,
    method: 'post',
    path,
    params: ModelPath,
    bodyKind: 'own',
    summary: 'ModelRunner: start a run.',
    handle: submit,
  }),
);

const directRoutes: readonly Route[] = ['/modelrunner/{owner}/{name}', '/modelrunner/{owner}/{name}/{*rest}'].map(
  (path) =>
    defineRoute({
      ...facts,
      method: 'post',
      path,
      params: ModelPath,
      bodyKind: 'own',
      summary: 'ModelRunner: start a run and wait for its end.',
      handle: run,
    }),
);

/** The order counts: the more exact addresses come first. */
export const queue: readonly Route[] = [...runRoutes, ...startRoutes, ...directRoutes];
