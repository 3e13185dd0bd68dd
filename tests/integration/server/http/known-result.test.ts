import { rmSync } from 'node:fs';
import path from 'node:path';
import { samplePng } from '../../../support/sample-image';
import { waitFor } from '../../../support/wait-for';
import { TestSidecar } from '../../../support/test-sidecar';

let sidecar: TestSidecar;
beforeEach(async () => (sidecar = await TestSidecar.start()));
afterEach(() => sidecar.remove());

test('a second subject with the same image gets the same words without a second run of the model', async () => {
  const image = samplePng(1);
  const first = await sidecar.suggest(image, '1');
  const second = await sidecar.suggest(image, '2', { fields: ['title'] });
  expect(sidecar.engine.requests).toHaveLength(1);
  expect(second.fields).toMatchObject({ alt_text: first.fields.alt_text, title: first.fields.title, keywords: null });
  expect(second.id).not.toBe(first.id);
});

test('hundreds of known results in a row hold up no request', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '0');
  sidecar.engine.ready = false;
  const ask = (id: number) =>
    sidecar.call('POST', '/v1/jobs', {
      image_sha256: image.sha256,
      subject: { type: 'attachment', id: String(id) },
    });
  for (let id = 1; id <= 300; id += 1) expect((await ask(id)).status).toBe(202);
  const waiting = async () => (await sidecar.call('GET', '/v1/status')).body.queue.waiting;
  sidecar.engine.ready = true;
  // Whoever asks while they are worked off is answered while they are worked off.
  await waitFor('the first to be worked off', async () => (await waiting()) < 300, { everyMs: 1 });
  expect(await waiting()).toBeGreaterThan(0);
}, 120_000);

test('another model looks for itself', async () => {
  await sidecar.suggest(samplePng(1), '1');
  sidecar.engine.model = { ...sidecar.engine.model, precision: 'int8' };
  await sidecar.suggest(samplePng(1), '2');
  expect(sidecar.engine.requests).toHaveLength(2);
});

test('an image whose bytes are gone is still good for another subject, and only for a model that knows it', async () => {
  const image = samplePng(1);
  await sidecar.suggest(image, '1');
  rmSync(path.join(sidecar.dataDir, 'images'), { recursive: true });
  expect((await sidecar.call('HEAD', `/v1/images/${image.sha256}`)).status).toBe(404);
  const job = (id: string) =>
    sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject: { type: 'attachment', id } });
  expect((await job('2')).status).toBe(202);
  sidecar.engine.model = { ...sidecar.engine.model, id: 'other' };
  expect((await job('3')).body.error.code).toBe('IMAGE_UNKNOWN');
  expect((await sidecar.putImage(image)).status).toBe(201);
  expect((await job('3')).status).toBe(202);
});
