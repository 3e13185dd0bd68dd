import { causeCode } from '../../../models/fetch/network-cause';
import { httpTransport, type WebhookCall } from '../../../server/webhooks/transport';
import { LocalProxy } from '../../support/local-proxy';
import { Receiver } from '../../support/receiver';
import { TlsFront } from '../../support/tls-front';

let proxies: Record<string, string>;
const PUBLIC = '93.184.216.34';
let receiver: Receiver;
let proxy: LocalProxy;
beforeEach(async () => {
  receiver = await Receiver.start();
  proxy = await LocalProxy.start(Number(new URL(receiver.origin).port));
  proxies = { HTTP_PROXY: proxy.address };
});
afterEach(async () => {
  await proxy.stop();
  await receiver.stop();
});

const resolvesTo = (address: string) => httpTransport(proxies, () => Promise.resolve([{ address, family: 4 }]));
const call = (url: string, isRegistered = false): WebhookCall => ({
  url: new URL(url),
  isRegistered,
  headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
  body: '{"news":true}',
  signal: AbortSignal.timeout(10_000),
});

test('a webhook goes through the proxy to the address that was checked, and keeps its name', async () => {
  expect(await resolvesTo(PUBLIC)(call('http://hooks.example.com/a?b=1'))).toBe(204);
  expect(proxy.tunnels).toEqual([`${PUBLIC}:80`]);
  expect(receiver.received).toEqual([
    expect.objectContaining({
      method: 'POST',
      url: '/a?b=1',
      body: '{"news":true}',
      headers: expect.objectContaining({ host: 'hooks.example.com', 'webhook-id': 'msg_1' }),
    }),
  ]);
});

test.each(['127.0.0.1', '10.0.0.7', '169.254.169.254'])(
  'a name that leads to %s is refused before the proxy hears of it',
  async (address) => {
    await expect(resolvesTo(address)(call('http://hooks.example.com/'))).rejects.toMatchObject({ code: 'URL_BLOCKED' });
    expect([proxy.tunnels, receiver.received]).toEqual([[], []]);
  },
);

test('a registered origin is asked for by its name, which only the proxy may know', async () => {
  const transport = httpTransport(proxies, () => Promise.reject(new Error('no names are looked up here')));
  expect(await transport(call('http://hooks.example.com/', true))).toBe(204);
  expect(proxy.tunnels).toEqual(['hooks.example.com:80']);
});

test('a registered origin of the own network is called directly', async () => {
  expect(await httpTransport(proxies)(call(receiver.origin, true))).toBe(204);
  expect(proxy.tunnels).toEqual([]);
});

test('a redirect is not followed through the proxy either', async () => {
  receiver.answer = (response) => response.writeHead(302, { location: 'http://other.example.com/' }).end();
  expect(await resolvesTo(PUBLIC)(call('http://hooks.example.com/'))).toBe(302);
  expect(proxy.tunnels).toHaveLength(1);
});

test('the certificate must be that of the name, by an authority that is trusted', async () => {
  const front = await TlsFront.start(Number(new URL(receiver.origin).port), ['hooks.example.com']);
  const other = await LocalProxy.start(front.port);
  proxies = { HTTPS_PROXY: other.address };
  try {
    const outcome = await resolvesTo(PUBLIC)(call('https://hooks.example.com/')).catch(causeCode);
    expect(outcome).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect([other.tunnels, front.names]).toEqual([[`${PUBLIC}:443`], ['hooks.example.com']]);
    expect(receiver.received).toEqual([]);
  } finally {
    await other.stop();
    await front.stop();
  }
});
