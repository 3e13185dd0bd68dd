import { makeKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { WorkerProcess } from '../../support/worker-process';

test('the sidecar’s limit of pixels holds for a worker on another machine, not the worker’s own', async () => {
  const sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '0' });
  const env = { ALTSMITH_MAX_PIXELS: '10000' };
  const key = makeKey(sidecar.dataDir, 'worker');
  const worker = await WorkerProcess.start('small', { url: sidecar.url, key, env });
  try {
    const image = samplePng(1, { width: 400, height: 300 });
    await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
    const subject = { type: 'attachment', id: '1' };
    const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    const job = await waitFor(
      'the job to end',
      async () => {
        const found = (await sidecar.call('GET', `/v1/jobs/${body.job.id}`)).body.job;
        return ['done', 'failed'].includes(found.state) ? found : null;
      },
      { timeoutMs: 30_000 },
    );
    expect(job).toMatchObject({ state: 'done', error: null });
  } finally {
    await worker.remove();
    await sidecar.remove();
  }
}, 90_000);
