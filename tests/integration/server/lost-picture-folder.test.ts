import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { altsmith } from '../../support/altsmith-command';
import { TestSidecar } from '../../support/test-sidecar';
import { FakeEngine } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { waitFor } from '../../support/wait-for';

const JOBS = 12;
let sidecar: TestSidecar;
let engine: FakeEngine;
beforeEach(async () => {
  engine = new FakeEngine();
  engine.ready = false;
  sidecar = await TestSidecar.start({ engine });
  for (let seed = 1; seed <= JOBS; seed += 1) await sidecar.submit(samplePng(seed), String(seed));
});
afterEach(() => sidecar.remove());

const images = () => path.join(sidecar.dataDir, 'images');
const siteFolder = () => path.join(images(), readdirSync(images())[0] ?? '');
const countOf = async (state: string) =>
  (await sidecar.call('GET', `/v1/jobs?state=${state}&limit=1&total=1`)).body.total as number;
const isTold = () => sidecar.logLines.some((line) => line.includes('takes no more pictures for now'));

test.each([
  ['cannot be read', (folder: string) => writeFileSync(folder, 'a file in its place')],
  ['is not there, as on a disk that is not mounted', () => undefined],
])(
  'while the folder of pictures %s, their jobs wait, and all are done once it is back',
  async (_what, instead) => {
    const folder = siteFolder();
    const aside = path.join(sidecar.dataDir, 'aside');
    renameSync(folder, aside);
    instead(folder);
    engine.ready = true;
    await waitFor('the trouble to be met', isTold, { timeoutMs: 20_000 });
    expect(await countOf('failed')).toBe(0);
    rmSync(folder, { force: true });
    renameSync(aside, folder);
    await waitFor('every job to be done', async () => (await countOf('done')) === JOBS, { timeoutMs: 60_000 });
  },
  90_000,
);

test('a picture that is gone from a folder that is there fails its job, and the others are done', async () => {
  const first = samplePng(1).sha256;
  rmSync(path.join(siteFolder(), first.slice(0, 2), first));
  mkdirSync(path.join(siteFolder(), first.slice(0, 2)), { recursive: true });
  engine.ready = true;
  await waitFor('the others', async () => (await countOf('done')) === JOBS - 1, { timeoutMs: 30_000 });
  const { body } = await sidecar.call('GET', '/v1/jobs?state=failed');
  expect(body.items).toEqual([expect.objectContaining({ error: expect.objectContaining({ code: 'IMAGE_UNKNOWN' }) })]);
}, 60_000);

test('after a restore into a new folder, jobs whose pictures did not come along fail, and say why', async () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'altsmith-restored-'));
  const backup = path.join(sidecar.dataDir, 'copy.db');
  expect((await altsmith(sidecar.dataDir, ['backup', backup])).code).toBe(0);
  expect((await altsmith(dataDir, ['restore', backup])).code).toBe(0);
  copyFileSync(path.join(sidecar.dataDir, 'first-key.txt'), path.join(dataDir, 'first-key.txt'));
  const restored = await TestSidecar.start({ dataDir });
  const failed = async () => (await restored.call('GET', '/v1/jobs?state=failed&limit=1&total=1')).body;
  await waitFor('every job to fail', async () => (await failed()).total === JOBS, { timeoutMs: 30_000 });
  expect((await failed()).items[0].error).toMatchObject({ code: 'IMAGE_UNKNOWN' });
  await restored.remove();
}, 90_000);
