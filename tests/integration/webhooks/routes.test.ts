import { Webhook } from 'standardwebhooks';
import { Receiver } from '../../support/receiver';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

let receiver: Receiver;
let sidecar: TestSidecar;
beforeEach(async () => {
  receiver = await Receiver.start();
  sidecar = await TestSidecar.start({ env: { ALTSMITH_WEBHOOK_ORIGINS: receiver.origin } });
});
afterEach(async () => {
  await sidecar.remove();
  await receiver.stop();
});

test('a registered site hears of a fresh suggestion at once', async () => {
  const { status, body } = await sidecar.call('PUT', '/v1/webhook', { url: `${receiver.origin}/hook` });
  expect(status).toBe(200);
  expect(body.webhook).toMatchObject({ url: `${receiver.origin}/hook`, secret: expect.stringMatching(/^whsec_/) });
  await sidecar.suggest(samplePng(1), '1');
  await waitFor('the webhook', () => receiver.received.length > 0);
  const [message] = receiver.received;
  expect(new Webhook(body.webhook.secret).verify(message!.body, message!.headers)).toMatchObject({
    type: 'changes.available',
    data: {},
  });
});

test('a removed webhook is silent, and can be removed once', async () => {
  await sidecar.call('PUT', '/v1/webhook', { url: receiver.origin });
  expect((await sidecar.call('DELETE', '/v1/webhook')).status).toBe(204);
  expect((await sidecar.call('DELETE', '/v1/webhook')).status).toBe(404);
  await sidecar.suggest(samplePng(1), '1');
  expect(receiver.received).toEqual([]);
});

test.each(['http://127.0.0.1:9/hook', 'http://localhost/hook', 'ftp://example.com/', 'http://169.254.169.254/'])(
  'a site key cannot aim the sidecar at %s',
  async (url) => {
    const { status, body } = await sidecar.call('PUT', '/v1/webhook', { url });
    expect([status, body.error.code]).toEqual([422, 'WEBHOOK_TARGET_REFUSED']);
  },
);

test('the secret is not in the log', async () => {
  const { body } = await sidecar.call('PUT', '/v1/webhook', { url: receiver.origin });
  await sidecar.suggest(samplePng(1), '1');
  await waitFor('the webhook', () => receiver.received.length > 0);
  expect(sidecar.logLines.join('')).not.toContain(body.webhook.secret);
});
