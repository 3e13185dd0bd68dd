import { z } from 'zod';
import { BulkJobReply, BulkJobRequest, IdempotencyKey, Job, JobReply, JobRequest, JobState } from '../../contract/job';
import { Id, pageWithTotal, WantsTotal } from '../../contract/primitives';
import { AppError } from '../../errors';
import { JOB_SORTS } from '../../queue/job-list';
import { longPoll, WaitSeconds } from '../long-poll';
import { defineRoute, TEXTS_LIMIT, type Request } from '../route';

const Params = z.strictObject({ id: Id });

export const postJob = defineRoute({
  method: 'post',
  path: '/v1/jobs',
  access: 'site',
  summary: 'Ask for a suggestion. 202: the job is stored. 200: it is the same job as before.',
  bodyKind: 'json',
  jsonLimit: TEXTS_LIMIT,
  body: JobRequest,
  answers: { 200: JobReply, 202: JobReply },
  handle: async ({ body, request, services, site }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    const { job, isNew } = await site.acceptJob(body, idempotencyKeyOf(request));
    return { status: isNew ? 202 : 200, body: { job }, location: `/v1/jobs/${job.id}` };
  },
});

export const postJobs = defineRoute({
  method: 'post',
  path: '/v1/jobs/bulk',
  access: 'site',
  summary: 'Ask for up to 500 suggestions at once; each has its own answer, in the order they were sent.',
  bodyKind: 'json',
  jsonLimit: 4_000_000,
  body: BulkJobRequest,
  answers: { 200: BulkJobReply },
  handle: async ({ body, services, site }) => {
    if (services.isStopping()) throw new AppError('SHUTTING_DOWN');
    return { status: 200, body: await site.acceptJobs(body) };
  },
});

/** What the client calls its request. Throws BAD_REQUEST when it is no such name. */
function idempotencyKeyOf(request: Request): string | null {
  const name = request.get('idempotency-key');
  if (name === undefined) return null;
  if (IdempotencyKey.safeParse(name).success) return name;
  throw new AppError('BAD_REQUEST', {
    problems: [{ where: 'header.idempotency-key', problem: 'must be 1 to 255 visible ASCII characters' }],
  });
}

export const getJob = defineRoute({
  method: 'get',
  path: '/v1/jobs/{id}',
  access: 'site',
  summary: 'One job; with `wait`, the answer comes when it has ended or the seconds are over.',
  params: Params,
  query: z.strictObject({ wait: WaitSeconds }),
  answers: { 200: JobReply },
  handle: async ({ params, query, services, site, signal }) => {
    const job = await longPoll({
      look: () => site.jobs.get(params.id),
      isNews: (found) => found === null || (found.state !== 'waiting' && found.state !== 'running'),
      siteId: site.id,
      waitSeconds: query.wait,
      signal,
      changeSignal: services.changeSignal,
      isStopping: services.isStopping,
    });
    if (job === null) throw new AppError('NOT_FOUND');
    return { status: 200, body: { job } };
  },
});

export const listJobs = defineRoute({
  method: 'get',
  path: '/v1/jobs',
  access: 'site',
  summary: 'Jobs, oldest first unless `sort=newest`; with `total=1` how many there are on all pages.',
  query: z.strictObject({
    state: JobState.optional(),
    run_id: Id.optional(),
    after: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
    sort: z.enum(JOB_SORTS).default('oldest'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    total: WantsTotal,
  }),
  answers: { 200: pageWithTotal(Job) },
  handle: ({ query, site }) => {
    const { run_id, total, ...rest } = query;
    const filter = { ...rest, runId: run_id };
    const { items, next } = site.jobs.list(filter);
    const count = total ? { total: site.jobs.total(filter), capped: false } : {};
    return { status: 200, body: { items, next: next === null ? null : String(next), ...count } };
  },
});

export const cancelJob = defineRoute({
  method: 'post',
  path: '/v1/jobs/{id}/cancel',
  access: 'site',
  summary: 'Stop a job that has not ended. A worker that has it loses it.',
  params: Params,
  answers: { 200: JobReply },
  handle: ({ params, site }) => ({ status: 200, body: { job: site.jobs.cancel(params.id) } }),
});

export const retryJob = defineRoute({
  method: 'post',
  path: '/v1/jobs/{id}/retry',
  access: 'site',
  summary: 'Let a failed or cancelled job wait again.',
  params: Params,
  answers: { 200: JobReply },
  handle: ({ params, services, site }) => {
    const job = site.retryJob(params.id);
    services.ring(job.id);
    return { status: 200, body: { job } };
  },
});
