import { makeAdminKey, makeKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';

const JOBS = 30;

test('of two workers with one name each is listed, and a sick one takes nothing from the healthy one', async () => {
  const sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '0', ALTSMITH_LEASE_SECONDS: '10' });
  const key = makeKey(sidecar.dataDir, 'worker');
  const authorization = `Bearer ${makeAdminKey(sidecar.dataDir)}`;
  const workers: WorkerProcess[] = [];
  const start = async (kind: string) => {
    const env = { ALTSMITH_WORKERS: '2' };
    workers.push(await WorkerProcess.start('x', { url: sidecar.url, key, env, program: quickWorker(kind) }));
  };
  const listed = async () => {
    const answer = await fetch(`${sidecar.url}/v1/workers`, { headers: { authorization } });
    const { items } = (await answer.json()) as { items: any[] };
    return items.filter(({ name }) => name === 'x');
  };
  const countOf = async (state: string) =>
    (await sidecar.call('GET', `/v1/jobs?state=${state}&limit=1&total=1`)).body.total as number;
  try {
    await start('worker-broken');
    await start('worker-30ms');
    await waitFor('both to be listed', async () => (await listed()).length === 2);
    expect((await listed()).map(({ slots }) => slots)).toEqual([2, 2]);
    for (let seed = 1; seed <= JOBS; seed += 1) {
      const image = samplePng(seed);
      await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      const subject = { type: 'attachment', id: String(seed) };
      await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    }
    await waitFor('every job to be done', async () => (await countOf('done')) === JOBS, { timeoutMs: 90_000 });
    expect((await listed()).map(({ pictures }) => pictures).sort((a, b) => a - b)).toEqual([0, JOBS]);
    // Only the sick one is said to have a problem.
    const problems = (await listed()).filter(({ problem }) => problem !== null);
    expect(problems.every(({ pictures }) => pictures === 0)).toBe(true);
  } finally {
    for (const worker of workers) await worker.remove();
    await sidecar.remove();
  }
}, 150_000);
