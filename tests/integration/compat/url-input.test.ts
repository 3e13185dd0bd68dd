import { HOSTILE_URLS } from '../../support/hostile-urls';
import { Receiver } from '../../support/receiver';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

let sidecar: TestSidecar;
let sentinel: Receiver;
beforeAll(async () => {
  sentinel = await Receiver.start();
  sentinel.answer = (response) => response.end(samplePng(1).bytes);
  sidecar = await TestSidecar.start({ env: { ALTSMITH_URL_ORIGINS: 'public' } });
});
afterAll(async () => {
  await sidecar.remove();
  await sentinel.stop();
});

const ways: Readonly<Record<string, (url: string) => [path: string, body: unknown]>> = {
  openai: (url) => [
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] },
  ],
  'hugging-face': (inputs) => ['/hf', { inputs }],
  replicate: (image) => ['/replicate/v1/predictions', { input: { image } }],
  eachlabs: (image) => ['/v1/prediction/', { model: 'blip', input: { image } }],
  modelrunner: (image_url) => ['/modelrunner/queue/a/b', { image_url }],
  ollama: (image) => ['/api/generate', { images: [image] }],
};

test.each(Object.entries(ways))(
  '%s opens no connection to what is not public, even with fetching on',
  async (_name, way) => {
    const port = new URL(sentinel.origin).port;
    const own = ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433'].map(
      (host) => `http://${host}:${port}/a.jpg`,
    );
    for (const url of [...own, ...HOSTILE_URLS]) {
      const [path, body] = way(url);
      const answer = await sidecar.call('POST', path, body);
      expect([400, 415, 422].includes(answer.status) ? '' : `${url}: ${answer.status}`).toBe('');
    }
    expect(sentinel.received).toEqual([]);
  },
);
