import { withAnySignal } from '../../any-signal';
import { z } from 'zod';
import { Id } from '../../contract/primitives';
import {
  ListedWorkers,
  START_HEADER,
  WorkerAnnouncement,
  WorkerAnnouncementReply,
  WorkerClaimReply,
  WorkerClaimRequest,
  WorkerFailure,
  WorkerFinish,
  WorkerHold,
  WorkerJobReply,
  WorkerNextReply,
  WorkerStartRequest,
} from '../../contract/worker';
import { AppError } from '../../errors';
import { defineRoute } from '../route';

const Params = z.strictObject({ id: Id });
/** A result and a small picture. */
const FINISH_LIMIT = 4_000_000;

export const workerAnnounce = defineRoute({
  method: 'post',
  path: '/v1/worker/announce',
  access: 'worker',
  summary: 'A worker on another machine reports that it is there; the answer names its queue in Redis, or null.',
  bodyKind: 'json',
  body: WorkerAnnouncement,
  answers: { 200: WorkerAnnouncementReply },
  handle: ({ body, services }) => ({ status: 200, body: services.remoteWork.announce(body) }),
});

export const workerNext = defineRoute({
  method: 'post',
  path: '/v1/worker/next',
  access: 'worker',
  summary: 'The job that a worker on another machine is to start; null when none came within `wait` seconds.',
  bodyKind: 'json',
  body: WorkerClaimRequest,
  answers: { 200: WorkerNextReply },
  handle: async ({ body, services, signal }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    const next = (either: AbortSignal) => services.remoteWork.next(body, either);
    return { status: 200, body: { job_id: await withAnySignal([signal, services.stopping], next) } };
  },
});

export const workerStart = defineRoute({
  method: 'post',
  path: '/v1/worker/jobs/{id}/start',
  access: 'worker',
  summary:
    'Begins a job: the bytes of its picture, and in the header `altsmith-start` the token of this start and what is asked (JSON in base64url). 409 when the job has ended or waits.',
  bodyKind: 'json',
  params: Params,
  body: WorkerStartRequest,
  answers: { 200: 'application/octet-stream' },
  handle: async ({ params, body, services }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    const { claim, path } = await services.remoteWork.start(params.id, body);
    const headers = { [START_HEADER]: Buffer.from(JSON.stringify(claim)).toString('base64url') };
    return { status: 200, headers, file: { path, mediaType: 'application/octet-stream' } };
  },
});

export const workerClaim = defineRoute({
  method: 'post',
  path: '/v1/worker/claim',
  access: 'worker',
  summary: 'Like `next`, and starts the job in the same call; `image` has its picture. For workers before version 0.2.',
  bodyKind: 'json',
  body: WorkerClaimRequest,
  answers: { 200: WorkerClaimReply },
  handle: async ({ body, services, signal }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    const claim = await withAnySignal([signal, services.stopping], (either) => services.remoteWork.claim(body, either));
    return { status: 200, body: { claim } };
  },
});

export const listWorkers = defineRoute({
  method: 'get',
  path: '/v1/workers',
  access: 'admin',
  summary: 'The machines that do jobs, with their models and what they did since the start.',
  answers: { 200: ListedWorkers },
  handle: ({ services }) => ({ status: 200, body: { items: services.workers(), next: null } }),
});

export const workerImage = defineRoute({
  method: 'get',
  path: '/v1/worker/jobs/{id}/image',
  access: 'worker',
  summary: 'The bytes of a claimed job’s picture.',
  params: Params,
  query: z.strictObject({ token: z.coerce.number().int().positive() }),
  answers: { 200: 'application/octet-stream' },
  handle: ({ params, query, services }) => {
    const path = services.remoteWork.image({ jobId: params.id, token: query.token });
    return { status: 200, file: { path, mediaType: 'application/octet-stream' } };
  },
});

export const workerHeartbeat = defineRoute({
  method: 'post',
  path: '/v1/worker/jobs/{id}/heartbeat',
  access: 'worker',
  summary: 'The worker is still at it: its lease begins anew.',
  bodyKind: 'json',
  params: Params,
  body: WorkerHold,
  answers: { 200: WorkerJobReply },
  handle: ({ params, body, services }) => {
    services.remoteWork.heartbeat({ jobId: params.id, token: body.token });
    return { status: 200, body: { state: 'running' } };
  },
});

export const workerFinish = defineRoute({
  method: 'post',
  path: '/v1/worker/jobs/{id}/finish',
  access: 'worker',
  summary: 'What the model said. The first result counts; 409 when the job has ended, then nothing of it is kept.',
  bodyKind: 'json',
  jsonLimit: FINISH_LIMIT,
  params: Params,
  body: WorkerFinish,
  answers: { 200: WorkerJobReply },
  handle: async ({ params, body, services }) => {
    await services.remoteWork.finish(params.id, body);
    return { status: 200, body: { state: 'done' } };
  },
});

export const workerFail = defineRoute({
  method: 'post',
  path: '/v1/worker/jobs/{id}/fail',
  access: 'worker',
  summary: 'The attempt failed; the answer says whether the job waits for another.',
  bodyKind: 'json',
  params: Params,
  body: WorkerFailure,
  answers: { 200: WorkerJobReply },
  handle: ({ params, body, services }) => ({
    status: 200,
    body: { state: services.remoteWork.fail(params.id, body) },
  }),
});

export const workerRelease = defineRoute({
  method: 'post',
  path: '/v1/worker/jobs/{id}/release',
  access: 'worker',
  summary: 'The worker stops before it is done; nothing is held against the job.',
  bodyKind: 'json',
  params: Params,
  body: WorkerHold,
  answers: { 200: WorkerJobReply },
  handle: ({ params, body, services }) => {
    services.remoteWork.release({ jobId: params.id, token: body.token });
    return { status: 200, body: { state: 'waiting' } };
  },
});
