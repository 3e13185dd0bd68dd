import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeKey } from '../../support/admin-key';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';

/** A proxy that damages the end of every picture: one bit of its last byte. */
async function damagingProxy(target: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const isPicture = request.url?.endsWith('/start') === true;
    const onward = http.request(target + (request.url ?? ''), { method: request.method, headers: request.headers });
    request.pipe(onward);
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!isPicture || answer.statusCode !== 200) {
        answer.pipe(response);
        return;
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        response.end(bytes);
      });
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

test('a worker to which pictures come damaged fails none of them: another does them all', async () => {
  const jobs = 20;
  const sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '0', ALTSMITH_LEASE_SECONDS: '10' });
  const key = makeKey(sidecar.dataDir, 'worker');
  const proxy = await damagingProxy(sidecar.url);
  const workers: WorkerProcess[] = [];
  const start = async (name: string, url: string) => {
    workers.push(await WorkerProcess.start(name, { url, key, program: quickWorker('worker-strict') }));
  };
  const countOf = async (state: string) =>
    (await sidecar.call('GET', `/v1/jobs?state=${state}&limit=1&total=1`)).body.total as number;
  try {
    await start('behind-the-proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    for (let seed = 1; seed <= jobs; seed += 1) {
      const image = samplePng(seed);
      await sidecar.call('PUT', `/v1/images/${image.sha256}`, image.bytes);
      const subject = { type: 'attachment', id: String(seed) };
      await sidecar.call('POST', '/v1/jobs', { image_sha256: image.sha256, subject });
    }
    const isTried = () => workers[0]?.output.includes('attempt failed') === true;
    await waitFor('the damage to be met', isTried, { timeoutMs: 20_000 });
    await start('healthy', sidecar.url);
    const ended = async () => (await countOf('done')) + (await countOf('failed')) === jobs;
    await waitFor('every job to end', ended, { timeoutMs: 90_000 });
    expect(await countOf('failed')).toBe(0);
  } finally {
    for (const worker of workers) await worker.remove();
    proxy.close();
    await sidecar.remove();
  }
}, 150_000);
