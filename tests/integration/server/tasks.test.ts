import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { altsmith } from '../../support/altsmith-command';
import { readFlorenceCases, readFlorenceReference, writeFlorence } from '../../support/models/florence-cases';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { WorkerProcess } from '../../support/worker-process';

// What a model can be asked to write, over HTTP, with a tiny Florence-2 of random weights.

const image = Buffer.from(samplePng(1, { width: 64, height: 48 }).bytes).toString('base64');
const TASKS = ['caption', 'detailed', 'more_detailed', 'ocr'];
let folder: string;
let florence: string;
let sidecar: SidecarProcess;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-tasks-'));
  florence = path.join(folder, 'florence');
  const checkpoint = path.join(folder, 'checkpoint');
  writeFlorence(checkpoint, readFlorenceCases()[8]!, 'microsoft', readFlorenceReference().rows.microsoft);
  await convertCheckpoint({ source: checkpoint, target: florence, precision: 'fp32', id: 'tiny-florence' });
  sidecar = await SidecarProcess.start({ ALTSMITH_MODEL: florence });
}, 120_000);
afterAll(async () => {
  await sidecar.remove();
  rmSync(folder, { recursive: true, force: true });
});

const askOf = (one: SidecarProcess) => (wish: object) => one.call('POST', '/v1/captions', { image, ...wish });
const ask = (wish: object) => askOf(sidecar)(wish);

test('the model says what it can, and each task is another text', async () => {
  expect((await sidecar.call('GET', '/v1/status')).body.model).toMatchObject({ id: 'tiny-florence', tasks: TASKS });
  expect((await sidecar.call('GET', '/v1/models')).body.data).toMatchObject([{ id: 'tiny-florence', tasks: TASKS }]);
  const said = [];
  for (const task of TASKS) {
    const { status, body } = await ask({ task, beams: 1 });
    expect({ task, status }).toEqual({ task, status: 200 });
    said.push(body.caption);
  }
  expect(new Set(said).size).toBe(TASKS.length);
  expect((await ask({ beams: 1 })).body.caption).toBe(said[0]);
  const raw = await sidecar.call('POST', '/v1/captions?task=ocr&beams=1', Buffer.from(image, 'base64'));
  expect(raw.body.caption).toBe(said[3]);
}, 60_000);

test('what it cannot do, and what contradicts itself, is a clear error', async () => {
  const refused: [object, number, string, string][] = [
    [{ question: 'what is it?' }, 422, 'QUESTION_MODEL_MISSING', ''],
    [{ task: 'question', question: 'what is it?' }, 422, 'QUESTION_MODEL_MISSING', ''],
    [{ prompt: 'a picture of' }, 422, 'PROMPT_NOT_POSSIBLE', ''],
    [{ task: 'question' }, 400, 'BAD_REQUEST', 'question'],
    [{ task: 'ocr', question: 'what is it?' }, 400, 'BAD_REQUEST', 'task'],
    [{ task: 'detailed', prompt: 'a picture of' }, 400, 'BAD_REQUEST', 'task'],
    [{ task: 'fly' }, 400, 'BAD_REQUEST', 'body.task'],
  ];
  for (const [wish, status, code, where] of refused) {
    const { body, ...answer } = await ask(wish);
    expect({ wish, status: answer.status, code: body.error.code }).toEqual({ wish, status, code });
    if (where !== '') expect(body.error.details.problems[0].where).toBe(where);
  }
});

test('workers elsewhere get only the tasks that they can do', async () => {
  const elsewhere = await SidecarProcess.start({ ALTSMITH_WORKERS: '0' });
  const workers: WorkerProcess[] = [];
  try {
    const { key } = (await altsmith(elsewhere.dataDir, ['keys', 'create', '--scope', 'worker', '--json'])).json;
    workers.push(await WorkerProcess.start('plain', { url: elsewhere.url, key }));
    // The first answer shows that the worker has reported.
    expect((await askOf(elsewhere)({})).body).toMatchObject({ model: { id: 'mini' } });
    const refused = await askOf(elsewhere)({ task: 'ocr' });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'TASK_NOT_POSSIBLE', retryable: false } } });
    const env = { ALTSMITH_MODEL: florence };
    workers.push(await WorkerProcess.start('reader', { url: elsewhere.url, key, env }));
    const reads = () => askOf(elsewhere)({ task: 'ocr', beams: 1 });
    await waitFor('the worker to report', async () => (await reads()).status === 200);
    for (let time = 0; time < 4; time += 1) {
      expect((await reads()).body).toMatchObject({ model: { id: 'tiny-florence' } });
    }
  } finally {
    for (const worker of workers) await worker.remove();
    await elsewhere.remove();
  }
}, 180_000);
