import { sendThroughProxy } from '../../../../server/webhooks/proxied';

test('a look-up that never answers ends with the call, and nothing is sent', async () => {
  const ending = new AbortController();
  const call = {
    url: new URL('https://receiver.example.com/hook'),
    isRegistered: false,
    headers: {},
    body: '{}',
    signal: ending.signal,
  };
  const sending = sendThroughProxy(call, new URL('http://127.0.0.1:9'), () => new Promise(() => undefined));
  ending.abort();
  await expect(sending).rejects.toThrow('look-up');
});
