import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartupResponder } from '../../../../server/http/startup-responder';
import { sendRaw } from '../../../support/http-request';

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer(new StartupResponder().listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each([
  ['/livez', 200, '{"alive":true}'],
  ['/behind/a/proxy/livez?x=1', 200, '{"alive":true}'],
  ['/readyz', 503, '{"ready":false}'],
  ['/v1/status?of=/livez', 503, 'STARTING'],
  ['//', 503, 'STARTING'],
  ['//[', 503, 'STARTING'],
  ['http://[', 503, 'STARTING'],
  ['*', 503, 'STARTING'],
])('before the service is open, %s is answered with %i', async (path, status, text) => {
  const answer = await sendRaw(base, { method: 'GET', path, headers: {}, body: null });
  expect(answer).toMatchObject({ status, text: expect.stringContaining(text) });
});
