import { z } from 'zod';
import { Id, page } from '../../contract/primitives';
import { Run, RUN_ACTIONS, RunReply, RunRequest } from '../../contract/run';
import { AppError } from '../../errors';
import { defineRoute } from '../route';

const Params = z.strictObject({ id: Id });

export const createRun = defineRoute({
  method: 'post',
  path: '/v1/runs',
  access: 'site',
  summary: 'Begin a run, such as one backfill; its jobs name it in `run_id`.',
  bodyKind: 'json',
  body: RunRequest,
  answers: { 201: RunReply },
  handle: ({ body, site }) => {
    const run = site.createRun(body);
    return { status: 201, body: { run }, location: `/v1/runs/${run.id}` };
  },
});

export const listRuns = defineRoute({
  method: 'get',
  path: '/v1/runs',
  access: 'site',
  summary: 'Runs, newest first, with live counts.',
  query: z.strictObject({
    after: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  answers: { 200: page(Run) },
  handle: ({ query, site }) => {
    const { items, next } = site.runs.list(query.after, query.limit);
    return { status: 200, body: { items, next: next === null ? null : String(next) } };
  },
});

export const getRun = defineRoute({
  method: 'get',
  path: '/v1/runs/{id}',
  access: 'site',
  summary: 'One run with live counts.',
  params: Params,
  answers: { 200: RunReply },
  handle: ({ params, site }) => {
    const run = site.runs.get(params.id);
    if (run === null) throw new AppError('NOT_FOUND');
    return { status: 200, body: { run } };
  },
});

const SUMMARIES = {
  pause: 'Hold the run’s waiting jobs back; what has begun ends.',
  resume: 'Let a paused run go on.',
  cancel: 'Cancel the jobs that have not ended. Suggestions stay.',
  undo: 'Cancel, withdraw what was not applied, and ask the CMS to take back what was.',
} as const;

export const actOnRun = RUN_ACTIONS.map((action) =>
  defineRoute({
    method: 'post',
    path: `/v1/runs/{id}/${action}`,
    access: 'site',
    summary: SUMMARIES[action],
    params: Params,
    answers: { 200: RunReply },
    handle: ({ params, site }) => ({ status: 200, body: { run: site.actOnRun(params.id, action) } }),
  }),
);
