import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { waitFor } from '../../../support/wait-for';

let sidecar: TestSidecar;
let seed = 100;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

const by = { id: '1', name: 'Ada' };
const newRun = async (more: object = {}) =>
  (await sidecar.call('POST', '/v1/runs', { name: 'all of 2019', ...more })).body.run;
const act = (run: any, action: string) => sidecar.call('POST', `/v1/runs/${run.id}/${action}`, {});
const look = async (run: any) => (await sidecar.call('GET', `/v1/runs/${run.id}`)).body.run;
const add = (run: any, id: string, image = samplePng((seed += 1))) =>
  sidecar.submit(image, id, { run_id: run.id, priority: 'backfill' });
const changes = async () => (await sidecar.call('GET', '/v1/changes?limit=500')).body.items;
const ended = (run: any) =>
  waitFor('the run to end', async () => {
    const { jobs } = await look(run);
    return jobs.waiting === 0 && jobs.running === 0 ? jobs : null;
  });
/** Keeps the engine from answering until the returned function is called. */
const holdEngine = () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  sidecar.engine.before = () => gate;
  return go;
};

test('a run counts its jobs and suggestions as they are', async () => {
  const run = await newRun({ expected: 3 });
  expect(run).toMatchObject({ name: 'all of 2019', state: 'running', expected: 3, include_decided: false });
  for (const id of ['1', '2', '3']) await add(run, id);
  expect(await ended(run)).toMatchObject({ done: 3 });
  const items = (await sidecar.call('GET', `/v1/suggestions?run_id=${run.id}`)).body.items;
  expect(items.map((item: any) => item.subject.id)).toEqual(['1', '2', '3']);
  await sidecar.call('POST', `/v1/suggestions/${items[0].id}/decision`, { action: 'reject', by, version: 1 });
  expect((await look(run)).suggestions).toMatchObject({ pending: 2, rejected: 1 });
  expect((await sidecar.call('GET', '/v1/runs')).body).toMatchObject({ items: [{ id: run.id }], next: null });
});

test('a paused run lets others pass, and goes on where it was', async () => {
  const run = await newRun();
  expect((await act(run, 'pause')).body.run.state).toBe('paused');
  expect((await act(run, 'pause')).status).toBe(200);
  for (const id of ['1', '2', '3']) await add(run, id);
  await sidecar.suggest(samplePng((seed += 1)), 'not of the run', { priority: 'backfill' });
  expect((await look(run)).jobs).toMatchObject({ waiting: 3, done: 0 });
  await act(run, 'resume');
  expect(await ended(run)).toMatchObject({ done: 3 });
});

test('an image that somebody waits for at a screen passes its own paused run', async () => {
  const run = await newRun();
  await act(run, 'pause');
  const image = samplePng((seed += 1));
  const { body } = await add(run, '1', image);
  await sidecar.suggest(samplePng((seed += 1)), 'shakes the queue', { priority: 'backfill' });
  const urgent = await sidecar.submit(image, '1', { priority: 'interactive' });
  expect(urgent).toMatchObject({ status: 200, body: { job: { id: body.job.id, priority: 'interactive' } } });
  const { body: done } = await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`);
  expect(done.job.state).toBe('done');
});

test('a picture that is asked for from outside of its run is captioned, whatever becomes of the run', async () => {
  const run = await newRun();
  await act(run, 'pause');
  const first = samplePng((seed += 1));
  const second = samplePng((seed += 1));
  const jobs = [await add(run, '1', first), await add(run, '2', second), await add(run, '3')].map(
    ({ body }) => body.job,
  );
  const done = async (id: string) => (await sidecar.call('GET', `/v1/jobs/${id}?wait=20`)).body.job;
  const uploaded = await sidecar.submit(first, '1', { priority: 'upload' });
  expect(uploaded).toMatchObject({ status: 200, body: { job: { id: jobs[0].id, run_id: null } } });
  expect(await done(jobs[0].id)).toMatchObject({ state: 'done' });

  const other = await newRun();
  const release = holdEngine();
  expect((await add(other, '2', second)).body.job).toMatchObject({ id: jobs[1].id, run_id: other.id });
  const third = samplePng((seed += 1));
  const upload = (await sidecar.submit(third, '4')).body.job;
  expect((await add(run, '4', third)).body.job).toMatchObject({ id: upload.id, run_id: null });
  await act(run, 'cancel');
  expect(await ended(run)).toMatchObject({ cancelled: 1, done: 0 });
  release();
  for (const id of [jobs[1].id, upload.id]) expect(await done(id)).toMatchObject({ state: 'done' });
  const suggestions = (await sidecar.call('GET', '/v1/suggestions?sort=oldest')).body.items;
  expect(suggestions.map((one: any) => one.run_id).sort()).toEqual([null, null, other.id].sort());
});

test('a picture of a cancelled run that is retried leaves the run, and is captioned', async () => {
  const run = await newRun();
  await act(run, 'pause');
  const { job } = (await add(run, '1')).body;
  await act(run, 'cancel');
  expect(await ended(run)).toMatchObject({ cancelled: 1 });
  const retried = await sidecar.call('POST', `/v1/jobs/${job.id}/retry`, {});
  expect(retried.body.job).toMatchObject({ state: 'waiting', run_id: null });
  expect((await sidecar.call('GET', `/v1/jobs/${job.id}?wait=20`)).body.job.state).toBe('done');
});

test('a cancelled run keeps what it has and takes no more', async () => {
  const run = await newRun();
  const release = holdEngine();
  for (const id of ['1', '2', '3']) await add(run, id);
  await act(run, 'cancel');
  expect(await ended(run)).toMatchObject({ cancelled: 3 });
  release();
  expect((await add(run, '4')).body.error).toMatchObject({ code: 'RUN_NOT_POSSIBLE', details: { state: 'cancelled' } });
  expect((await act(run, 'resume')).body.error.code).toBe('RUN_NOT_POSSIBLE');
  const feed = await changes();
  expect(feed.map((item: any) => item.type)).toEqual(['job.cancelled', 'job.cancelled', 'job.cancelled']);
  expect(feed[0].job.state).toBe('cancelled');
});

test('undoing a run withdraws what is open and asks the CMS to take back what is applied', async () => {
  const run = await newRun();
  for (const id of ['1', '2', '3', '4']) await add(run, id);
  await ended(run);
  const [applied, approved, rejected, pending] = (await sidecar.call('GET', '/v1/suggestions')).body.items;
  const decide = (suggestion: any, action: string) =>
    sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, { action, by, version: 1 });
  await decide(applied, 'approve');
  const report = (outcome: string) =>
    sidecar.call('POST', `/v1/suggestions/${applied.id}/write-back`, { outcome, before: {}, after: {} });
  await report('applied');
  await decide(approved, 'approve');
  await decide(rejected, 'reject');
  await act(run, 'undo');
  await waitFor('the run to settle', async () => (await look(run)).suggestions.superseded === 2);
  const asked = (await changes()).filter((item: any) => item.type === 'suggestion.undo_asked');
  expect(asked.map((item: any) => item.suggestion.id)).toEqual([applied.id]);
  expect((await report('undone')).body.suggestion.state).toBe('superseded');
  const stateOf = async ({ id }: any) => (await sidecar.call('GET', `/v1/suggestions/${id}`)).body.suggestion.state;
  expect(await Promise.all([applied, approved, rejected, pending].map(stateOf))).toEqual([
    'superseded',
    'superseded',
    'rejected',
    'superseded',
  ]);
  // The CMS wrote this one before it heard of the undo.
  const late = (outcome: string) =>
    sidecar.call('POST', `/v1/suggestions/${approved.id}/write-back`, { outcome, before: {}, after: {} });
  expect(await late('applied')).toMatchObject({ status: 200, body: { suggestion: { state: 'applied' } } });
  await late('applied');
  const last = (await changes()).filter((item: any) => item.type === 'suggestion.undo_asked').slice(1);
  expect(last.map((item: any) => item.suggestion.id)).toEqual([approved.id]);
  expect((await late('undone')).body.suggestion.state).toBe('superseded');
  const never = await sidecar.call('POST', `/v1/suggestions/${pending.id}/write-back`, {
    outcome: 'applied',
    before: {},
    after: {},
  });
  expect(never.body.error.code).toBe('WRITE_BACK_NOT_POSSIBLE');
});

test('what a person rejected or called decorative is left out of later backfills, unless asked for', async () => {
  const images = [samplePng((seed += 1)), samplePng((seed += 1)), samplePng((seed += 1))];
  const actions = ['reject', 'decorative', 'approve'];
  for (const [index, image] of images.entries()) {
    const suggestion = await sidecar.suggest(image, String(index));
    await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, { action: actions[index], by, version: 1 });
  }
  sidecar.engine.model = { ...sidecar.engine.model, id: 'a better model' };
  const run = await newRun();
  const answers = [];
  for (const [index, image] of images.entries()) answers.push(await add(run, String(index), image));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 202]);
  const all = await newRun({ include_decided: true });
  expect((await add(all, '0', images[0])).status).toBe(202);
});

test('after an undo the same model suggests again, and what was rejected stays rejected until somebody asks', async () => {
  const images = [samplePng((seed += 1)), samplePng((seed += 1))];
  const first = await newRun();
  for (const [index, image] of images.entries()) await add(first, String(index), image);
  await ended(first);
  const [kept, rejected] = (await sidecar.call('GET', `/v1/suggestions?run_id=${first.id}`)).body.items;
  await sidecar.call('POST', `/v1/suggestions/${rejected.id}/decision`, { action: 'reject', by, version: 1 });
  await act(first, 'undo');
  await waitFor('the run to settle', async () => (await look(first)).suggestions.superseded === 1);

  const second = await newRun();
  const answers = [];
  for (const [index, image] of images.entries()) answers.push(await add(second, String(index), image));
  expect(answers.map((answer) => answer.status)).toEqual([202, 200]);
  expect(answers[1]?.body.job.suggestion_id).toBe(rejected.id);
  expect(await ended(second)).toMatchObject({ done: 1 });
  const open = async () => (await sidecar.call('GET', '/v1/suggestions?state=pending')).body.items;
  expect(await open()).toMatchObject([{ subject: kept.subject, fields: kept.fields, run_id: second.id }]);
  // Asked again by the same run, or by an upload: the same job.
  expect((await add(second, '0', images[0])).body.job.id).toBe(answers[0]?.body.job.id);

  const all = await newRun({ include_decided: true });
  expect((await add(all, '1', images[1])).status).toBe(202);
  await ended(all);
  expect((await open()).map((item: any) => item.subject.id)).toEqual(['0', '1']);
});

test('a person who asks again after a rejection gets something to decide about, once', async () => {
  const image = samplePng((seed += 1));
  const suggestion = await sidecar.suggest(image, '1');
  await sidecar.call('POST', `/v1/suggestions/${suggestion.id}/decision`, { action: 'reject', by, version: 1 });
  expect((await sidecar.submit(image, '1', { priority: 'upload' })).body.job.id).toBe(suggestion.job_id);
  const asked = await sidecar.submit(image, '1', { priority: 'interactive' });
  const repeated = await sidecar.submit(image, '1', { priority: 'interactive' });
  expect([asked.status, repeated.status]).toEqual([202, 200]);
  expect(repeated.body.job.id).toBe(asked.body.job.id);
  const { body } = await sidecar.call('GET', `/v1/jobs/${asked.body.job.id}?wait=20`);
  const fresh = (await sidecar.call('GET', `/v1/suggestions/${body.job.suggestion_id}`)).body.suggestion;
  expect(fresh).toMatchObject({ state: 'pending', fields: suggestion.fields });
});

test('a run that a restart interrupts while it settles is settled after it', async () => {
  const run = await newRun();
  await act(run, 'pause');
  for (let id = 1; id <= 5; id += 1) await add(run, String(id));
  await sidecar.stop();
  // As if the process had died between the change of the state and the work that follows from it.
  const { openDatabase } = await import('../../../../server/storage/database');
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  storage.db.prepare("UPDATE runs SET state = 'cancelled', settling = 1").run();
  storage.close();
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  expect(await ended(run)).toMatchObject({ cancelled: 5 });
});

test('another site’s run is not found', async () => {
  const run = await newRun();
  const image = samplePng((seed += 1));
  const unknown = await sidecar.submit(image, '1', { run_id: 'run_nothing' });
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  expect((await act({ id: 'run_nothing' }, 'pause')).status).toBe(404);
  expect((await look(run)).jobs.waiting).toBe(0);
});
