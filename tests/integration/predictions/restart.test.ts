import { LocalProxy } from '../../support/local-proxy';
import { Receiver } from '../../support/receiver';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';

/** A public address, so that the guard lets it pass; the proxy leads to the receiver of the test instead. */
const CLIENT = 'http://93.184.216.34';
const COUNT = 4;

test('predictions that a kill -9 interrupts end after the restart, and each client is told', async () => {
  const receiver = await Receiver.start();
  const proxy = await LocalProxy.start(Number(new URL(receiver.origin).port));
  const env = { ALTSMITH_WORKERS: '1', ALTSMITH_URL_ORIGINS: CLIENT, HTTP_PROXY: proxy.address };
  const sidecar = await SidecarProcess.start(env);
  try {
    const ids: string[] = [];
    for (let number = 1; number <= COUNT; number += 1) {
      const image = samplePng(number, { width: 640, height: 480 }).bytes.toString('base64');
      const body = { model: 'blip', input: { image }, webhook_url: `${CLIENT}/${String(number)}` };
      ids.push((await sidecar.call('POST', '/v1/prediction/', body)).body.predictionID);
    }
    await waitFor('the first one to begin', async () => {
      const { body } = await sidecar.call('GET', `/replicate/v1/predictions/${ids[0]!}`);
      return body.started_at !== null;
    });
    await sidecar.stop('SIGKILL');
    await sidecar.start();
    // A kill between the answer and its commit has a client told twice.
    const clients = () => new Set(receiver.received.map(({ url }) => url));
    await waitFor('every client to be told', () => clients().size === COUNT, { timeoutMs: 60_000 });
    const predictions = await Promise.all(ids.map((id) => sidecar.call('GET', `/replicate/v1/predictions/${id}`)));
    expect(predictions.map(({ body }) => body.status)).toEqual(ids.map(() => 'succeeded'));
    const told = new Map(receiver.received.map(({ url, body }) => [url, JSON.parse(body)]));
    expect([...told].sort()).toEqual(
      ids.map((id, index) => [`/${String(index + 1)}`, expect.objectContaining({ exec_id: id, status: 'succeeded' })]),
    );
  } finally {
    await sidecar.remove();
    await proxy.stop();
    await receiver.stop();
  }
}, 120_000);
