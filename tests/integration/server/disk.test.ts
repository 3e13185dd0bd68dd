import { readdirSync } from 'node:fs';
import path from 'node:path';
import { makeKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { SmallDisk, testWithDisk } from '../../support/small-disk';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const disk = SmallDisk.forFile(64);
let sidecar: TestSidecar;
let operator = '';

beforeAll(async () => {
  if (disk === null) return;
  sidecar = await TestSidecar.start({ dataDir: path.join(disk.folder, 'data') });
  operator = makeKey(sidecar.dataDir, 'metrics');
});
afterAll(async () => {
  if (disk === null) return;
  await sidecar.stop();
  disk.remove();
});

const readiness = async () => (await sidecar.call('GET', '/readyz', undefined, { key: operator })).body;
const becomesReady = () => waitFor('the sidecar to heal', async () => (await readiness()).ready === true);
const drafts = () => readdirSync(path.join(sidecar.dataDir, 'tmp'));

testWithDisk('a full disk is a 503 that says so, reads go on, nothing stays half, and it heals by itself', async () => {
  const before = await sidecar.suggest(samplePng(1), '1');
  const giveBack = disk!.fill();
  const image = samplePng(2, { padding: 200_000 });
  const put = await sidecar.putImage(image);
  expect(put).toMatchObject({ status: 503, body: { error: { code: 'STORAGE_FULL', retryable: true } } });
  expect(put.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(drafts()).toEqual([]);
  // The database cannot grow either; whether this very row still fits is a matter of pages.
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const answer = await sidecar.call('POST', '/v1/runs', { name: 'x'.repeat(200) });
    if (answer.status !== 201) expect(answer).toMatchObject({ status: 503, body: { error: { code: 'STORAGE_FULL' } } });
  }
  expect((await sidecar.call('GET', `/v1/suggestions/${before.id}`)).status).toBe(200);
  expect((await sidecar.call('GET', '/livez')).status).toBe(200);
  await waitFor('the shortage to be told', async () => (await readiness()).problems[0]?.code === 'STORAGE_FULL');
  giveBack();
  await becomesReady();
  expect(await sidecar.suggest(image, '2')).toMatchObject({ state: 'pending' });
});

testWithDisk('a job that finds the disk full while it runs waits, and is done when there is space again', async () => {
  let giveBack: () => void = () => undefined;
  sidecar.engine.before = () => {
    sidecar.engine.before = () => undefined;
    giveBack = disk!.fill();
  };
  const { body } = await sidecar.submit(samplePng(3), '3');
  await waitFor('the shortage to be told', async () => (await readiness()).problems[0]?.code === 'STORAGE_FULL');
  giveBack();
  await becomesReady();
  const done = await waitFor(
    'the job to be done',
    async () => {
      const { job } = (await sidecar.call('GET', `/v1/jobs/${body.job.id}`)).body;
      return job.state === 'done' ? job : null;
    },
    { timeoutMs: 25_000 },
  );
  expect(done.error).toBeNull();
});

testWithDisk('pictures are refused while what is left is for the jobs that are there, and these end', async () => {
  const waiting = samplePng(5);
  await sidecar.putImage(waiting);
  const giveBack = disk!.fill(10_000_000);
  await waitFor('the shortage to be told', async () => (await readiness()).problems[0]?.code === 'STORAGE_FULL');
  const full = { status: 503, body: { error: { code: 'STORAGE_FULL' } } };
  const image = samplePng(6);
  expect(await sidecar.putImage(image)).toMatchObject(full);
  expect(await sidecar.call('POST', '/v1/captions', { image: image.bytes.toString('base64') })).toMatchObject(full);
  expect(drafts()).toEqual([]);
  const subject = { type: 'attachment', id: '5' };
  const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: waiting.sha256, subject });
  expect((await sidecar.call('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job.state).toBe('done');
  giveBack();
  await becomesReady();
});

testWithDisk('a folder that became read-only is a 503, and heals', async () => {
  const undo = disk!.protect(path.join(sidecar.dataDir, 'tmp'));
  const image = samplePng(4);
  expect(await sidecar.putImage(image)).toMatchObject({
    status: 503,
    body: { error: { code: 'STORAGE_UNAVAILABLE' } },
  });
  undo();
  expect((await sidecar.putImage(image)).status).toBe(201);
});

testWithDisk('a picture of a request that cannot be removed costs neither the answer nor the sidecar', async () => {
  let undo: () => void = () => undefined;
  sidecar.engine.before = () => {
    sidecar.engine.before = () => undefined;
    undo = disk!.protect(path.join(sidecar.dataDir, 'tmp'));
  };
  const image = samplePng(7, { padding: 8000 }).bytes.toString('base64');
  expect((await sidecar.call('POST', '/v1/captions', { image })).status).toBe(200);
  // They go with the next start.
  expect(drafts()).not.toEqual([]);
  undo();
  expect((await sidecar.call('POST', '/v1/captions', { image })).status).toBe(200);
});
