import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { altsmith, type CommandResult } from '../../support/altsmith-command';
import { readCases, readWords, weightsOf, writeConfig, writeWeights } from '../../support/models/blip-cases';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

// A model that was trained to answer questions would caption with words that mean nothing.

const IMAGE = samplePng(1, { width: 64, height: 48 });
let folder: string;
let sidecar: SidecarProcess;
let used: CommandResult;

beforeAll(async () => {
  sidecar = await SidecarProcess.start({ ALTSMITH_MODEL: '' });
  await sidecar.stop();
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-question-'));
  const blip = readCases().find(({ question }) => question)!;
  writeConfig(folder, blip, readWords());
  writeWeights(folder, 'model.safetensors', weightsOf(blip));
  const out = path.join(sidecar.dataDir, 'models/blip-vqa-base/fp32');
  const convert = ['models', 'convert', folder, '--out', out, '--precision', 'fp32', '--id', 'blip-vqa-base'];
  expect(await altsmith(sidecar.dataDir, convert)).toMatchObject({ code: 0 });
  used = await altsmith(sidecar.dataDir, ['models', 'use', 'blip-vqa-base']);
  sidecar.launch();
  await waitFor('the model to be there', async () => (await status()).abilities ?? null);
}, 120_000);
afterAll(async () => {
  await sidecar.remove();
  rmSync(folder, { recursive: true, force: true });
});

const status = async () => (await sidecar.call('GET', '/v1/status')).body;
const ask = (words: Record<string, string>) =>
  sidecar.call('POST', '/v1/captions', { image: IMAGE.bytes.toString('base64'), ...words });

test('who chooses it is told', () => {
  expect(used).toMatchObject({ code: 0, stdout: expect.stringContaining('It only answers questions') });
});

test('it answers, captions nothing, and the sidecar says so on every screen', async () => {
  expect(await ask({ question: 'what is it' })).toMatchObject({ status: 200, body: { answer: expect.any(String) } });
  expect(await ask({})).toMatchObject({ status: 422, body: { error: { code: 'CAPTION_MODEL_MISSING' } } });
  expect(await status()).toMatchObject({ ready: false, problems: [{ code: 'CAPTION_MODEL_MISSING' }] });
});

test('an upload waits for a model that captions, and nothing is held against it', async () => {
  await sidecar.call('PUT', `/v1/images/${IMAGE.sha256}`, IMAGE.bytes);
  const job = { image_sha256: IMAGE.sha256, subject: { type: 'attachment', id: '1' } };
  const { id } = (await sidecar.call('POST', '/v1/jobs', job)).body.job;
  const now = async () => (await sidecar.call('GET', `/v1/jobs/${id}`)).body.job;
  // The engine is looked at five times a second: long enough for several claims, were there any.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await now()).toMatchObject({ state: 'waiting', attempts: 0 });
  await sidecar.stop();
  writeFileSync(path.join(sidecar.dataDir, 'models/in-use.json'), JSON.stringify({ model: 'mini' }));
  await sidecar.start();
  expect(await waitFor('the job', async () => ((await now()).state === 'done' ? now() : null))).toMatchObject({
    state: 'done',
  });
}, 120_000);
