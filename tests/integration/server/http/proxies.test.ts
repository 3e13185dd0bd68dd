import { fakeCaption, FakeEngine } from '../../../support/fake-engine';
import { freePort } from '../../../support/free-port';
import { Proxy, PROXIES } from '../../../support/proxy';
import { PHOTO, runExample } from '../../../support/run-example';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { readFileSync } from 'node:fs';

// With the configurations of docs/examples/proxies. tests/nightly/proxies.test.ts adds Chromium and a poll of 25 s.
describe.each(PROXIES)('behind %s, with TLS and a path', (name) => {
  let proxy: Proxy;
  let sidecar: TestSidecar;
  const engine = new FakeEngine();
  beforeAll(async () => {
    proxy = new Proxy(name, await freePort());
    const env = { ALTSMITH_PUBLIC_URL: proxy.url, ALTSMITH_TRUSTED_PROXIES: '127.0.0.1' };
    sidecar = await TestSidecar.start({ env, engine });
    await proxy.start(Number(new URL(sidecar.url).port));
  }, 60_000);
  afterAll(async () => {
    await proxy.stop();
    await sidecar.remove();
  });

  const json = async (method: string, route: string, body?: object) => {
    const options = { key: sidecar.key, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await proxy.call(method, route, options);
    return { ...answer, body: JSON.parse(answer.text) };
  };

  test('a picture is sent, captioned, and told by a long poll', async () => {
    const image = samplePng(1, { padding: 5_000_000 });
    const put = await proxy.call('PUT', `/v1/images/${image.sha256}`, { key: sidecar.key, body: image.bytes });
    expect([put.status, put.headers['location']]).toEqual([201, `${proxy.url}/v1/images/${image.sha256}`]);
    const { body } = await json('POST', '/v1/jobs', {
      image_sha256: image.sha256,
      subject: { type: 'attachment', id: '1' },
    });
    expect((await json('GET', `/v1/jobs/${body.job.id}?wait=20`)).body.job.state).toBe('done');
    expect((await json('GET', '/openapi.json')).body.servers).toEqual([{ url: proxy.url }]);
  });

  test('a large picture in JSON passes', async () => {
    const image = Buffer.concat([samplePng(2).bytes, Buffer.alloc(18_000_000, 7)]).toString('base64');
    expect((await json('POST', '/v1/captions', { image })).status).toBe(200);
  });

  test('a stream arrives while the work is still under way', async () => {
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    engine.before = () => held;
    const url = `data:image/png;base64,${samplePng(3).bytes.toString('base64')}`;
    const body = JSON.stringify({
      stream: true,
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    });
    let isBegun = false;
    const onData = () => {
      isBegun = true;
      finish();
    };
    const answer = await proxy.call('POST', '/v1/chat/completions', { key: sidecar.key, body, onData });
    engine.before = () => undefined;
    expect([answer.status, isBegun]).toEqual([200, true]);
    expect(answer.text).toContain('data: [DONE]');
  }, 40_000);

  test('the clients of OpenAI and Replicate work, and follow the links they are given', async () => {
    const env = { NODE_EXTRA_CA_CERTS: proxy.certificate };
    const text = fakeCaption(readFileSync(PHOTO)).replace(/^a/, 'A');
    for (const example of ['openai.mjs', 'replicate.mjs']) {
      const said = await runExample(process.execPath, example, { url: proxy.url, key: sidecar.key }, env);
      expect([example, said]).toEqual([example, text]);
    }
  }, 60_000);

  test('the cookie of the console is Secure and belongs to the path', async () => {
    const answer = await proxy.call('POST', '/console/session', { body: JSON.stringify({ key: sidecar.key }) });
    expect(String(answer.headers['set-cookie'])).toMatch(/Path=\/altsmith\/; HttpOnly; Secure; SameSite=Strict/);
  });

  test('strangers behind it are told apart', async () => {
    const metrics = await proxy.call('GET', '/metrics');
    expect(metrics.status).toBe(401);
    expect((await proxy.call('GET', '/readyz')).text).toBe('{"ready":true}');
  });
});
