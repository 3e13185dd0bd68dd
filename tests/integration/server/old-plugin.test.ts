import { z } from 'zod';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

// Version 0.1.0 of the plugin, as far as the sidecar sees it: it names no installation and no source picture, and refuses an answer
// that lacks one of these fields (its Reply_Schema). What an answer holds besides, it ignores.
const subject = z.object({ type: z.string(), id: z.string() });
const model = z.object({ id: z.string(), precision: z.string(), demonstration: z.boolean() });
const states = ['pending', 'approved', 'rejected', 'decorative', 'applied', 'conflict', 'superseded'] as const;
const suggestion = z.object({
  id: z.string().min(1).max(64),
  version: z.int().min(1),
  state: z.enum(states),
  subject,
  fields: z.object({ alt_text: z.string() }),
  alternatives: z.array(z.string()).max(50),
  confidence: z.number().min(0).max(1),
  flags: z.array(z.object({ code: z.string(), message: z.string() })).max(50),
  model,
  values: z.record(z.string(), z.unknown()).nullable(),
  reason: z.string().nullable(),
  decided_by: z.object({ id: z.string(), name: z.string() }).nullable(),
  created_at: z.string(),
  job_id: z.string(),
  run_id: z.string().nullable(),
});
const job = z.object({
  id: z.string().min(1).max(64),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  subject,
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  suggestion_id: z.string().nullable(),
});
const reply = {
  job: z.object({ job }),
  suggestion: z.object({ suggestion }),
  run: z.object({ run: z.object({ id: z.string(), state: z.string() }) }),
};
const changes = z.object({
  items: z.array(z.object({ type: z.string(), job: job.nullable(), suggestion: suggestion.nullable() })),
  next: z.string().max(500),
  more: z.boolean(),
});
const status = z.object({
  version: z.string(),
  model: model.nullable(),
  ready: z.boolean(),
  problems: z.array(z.object({ code: z.string(), message: z.string() })),
  queue: z.object({ waiting: z.int().min(0), running: z.int().min(0) }),
  seconds_per_image: z.number().nullable(),
  estimated_wait_seconds: z.number().nullable(),
  site: z.object({ id: z.string(), name: z.string() }),
});

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

test('a plugin of 0.1.0 goes from upload to write-back on a sidecar of this version', async () => {
  const call = (method: string, route: string, body?: unknown) => sidecar.call(method, route, body);
  expect(status.safeParse((await call('GET', '/v1/status')).body).error).toBeUndefined();

  const { bytes, sha256 } = samplePng(1);
  expect((await call('PUT', `/v1/images/${sha256}`, bytes)).status).toBe(201);
  const { run } = reply.run.parse((await call('POST', '/v1/runs', { name: 'Existing images' })).body);
  const wish = {
    image_sha256: sha256,
    subject: { type: 'attachment', id: '17' },
    fields: ['alt_text', 'title', 'caption', 'description', 'keywords', 'file_name'],
    context: { file_name: 'photo.png', page_title: 'A page', site_name: 'A site' },
    current: { alt_text: '', title: 'photo', caption: '', description: '' },
    priority: 'backfill',
    locale: 'en_US',
    run_id: run.id,
  };
  const asked = await call('POST', '/v1/jobs', wish);
  expect(asked.status).toBe(202);
  const { id } = reply.job.parse(asked.body).job;
  const done = await waitFor('the job', async () => {
    const { body } = await call('GET', `/v1/jobs/${id}`);
    return reply.job.parse(body).job.suggestion_id;
  });

  const feed = changes.parse((await call('GET', '/v1/changes?limit=100')).body);
  const told = feed.items.find((item) => item.suggestion?.id === done)?.suggestion;
  expect(told).toMatchObject({ subject: { type: 'attachment', id: '17' }, state: 'pending' });
  const decision = {
    action: 'approve',
    values: { alt_text: 'A text' },
    by: { id: '1', name: 'Ada' },
    version: told?.version,
  };
  const decided = await call('POST', `/v1/suggestions/${done}/decision`, decision);
  expect(reply.suggestion.parse(decided.body).suggestion.state).toBe('approved');
  const report = { outcome: 'applied', before: { alt_text: '' }, after: { alt_text: 'A text' } };
  const written = await call('POST', `/v1/suggestions/${done}/write-back`, report);
  expect(reply.suggestion.parse(written.body).suggestion.state).toBe('applied');
  const rest = changes.parse((await call('GET', `/v1/changes?after=${encodeURIComponent(feed.next)}`)).body);
  expect(rest.items.map((item) => item.suggestion?.state)).toContain('applied');
});
