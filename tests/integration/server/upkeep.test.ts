import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { makeAdminKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

let sidecar: TestSidecar;
beforeAll(async () => (sidecar = await TestSidecar.start({ env: { ALTSMITH_KEEP_ORIGINALS_MINUTES: '0' } })));
afterAll(() => sidecar.remove());

const isHere = async (sha256: string) => (await sidecar.call('HEAD', `/v1/images/${sha256}`)).status === 200;

test('the bytes of a picture go once it is captioned, and stay while a job waits for them', async () => {
  const done = samplePng(1);
  await sidecar.suggest(done, '1');
  sidecar.engine.ready = false;
  const waiting = samplePng(2);
  const { body } = await sidecar.submit(waiting, '2');
  await waitFor('the original to go', async () => !(await isHere(done.sha256)));
  expect(await isHere(waiting.sha256)).toBe(true);
  expect((await sidecar.call('GET', `/v1/images/${done.sha256}/thumbnail`)).status).toBe(200);
  sidecar.engine.ready = true;
  expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job.state).toBe('done');
  await waitFor('the second original to go', async () => !(await isHere(waiting.sha256)));
  expect((await sidecar.putImage(done)).status).toBe(201);
});

test('retrying a job whose picture is gone asks for the picture', async () => {
  const { AppError } = await import('../../../server/errors');
  sidecar.engine.before = () => {
    throw new AppError('IMAGE_CORRUPT');
  };
  const image = samplePng(3);
  const { body } = await sidecar.submit(image, '3');
  await waitFor('the original to go', async () => !(await isHere(image.sha256)));
  sidecar.engine.before = () => undefined;
  const retry = () => sidecar.call('POST', `/v1/jobs/${body.job.id}/retry`, {});
  expect((await retry()).body.error.code).toBe('IMAGE_UNKNOWN');
  await sidecar.putImage(image);
  expect((await retry()).status).toBe(200);
});

test('files that no row knows are removed at the next start, and whole pictures stay', async () => {
  const siteFolder = path.join(sidecar.dataDir, 'images', 'site_x', 'ab');
  mkdirSync(siteFolder, { recursive: true });
  const stray = path.join(siteFolder, 'ab'.repeat(32));
  const fresh = path.join(siteFolder, 'ac'.repeat(32));
  const draft = path.join(sidecar.dataDir, 'tmp', 'cut.part');
  for (const file of [stray, fresh, draft]) writeFileSync(file, 'left by a kill');
  utimesSync(stray, 1000, 1000);
  await sidecar.stop();
  sidecar = await TestSidecar.start({ dataDir: sidecar.dataDir });
  await waitFor('the stray to go', () => !existsSync(stray));
  expect(existsSync(fresh)).toBe(true);
  expect(readdirSync(path.dirname(draft))).toEqual([]);
});

test('a picture that arrives while its site is erased leaves no file behind', async () => {
  const admin = makeAdminKey(sidecar.dataDir);
  const { body } = await sidecar.call('GET', '/v1/admin/sites', undefined, { key: admin });
  const image = samplePng(4, { padding: 5000 });
  const put = request(`${sidecar.url}/v1/images/${image.sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${sidecar.key}`, 'content-length': image.bytes.length },
  });
  const status = new Promise((resolve, reject) => {
    put.once('response', (response) => resolve(response.resume().statusCode));
    put.once('error', reject);
  });
  put.write(image.bytes.subarray(0, 2000));
  const arriving = () => readdirSync(path.join(sidecar.dataDir, 'tmp')).length > 0;
  await waitFor('the first bytes to arrive', arriving);
  const siteId = body.items[0].id as string;
  expect((await sidecar.call('DELETE', `/v1/admin/sites/${siteId}`, undefined, { key: admin })).status).toBe(200);
  put.end(image.bytes.subarray(2000));
  expect(await status).toBe(401);
  expect(existsSync(path.join(sidecar.dataDir, 'images', siteId))).toBe(false);
});
