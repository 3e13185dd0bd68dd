import { Ollama } from 'ollama';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const picture = samplePng(1, { width: 320, height: 240 });
const base64 = picture.bytes.toString('base64');
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');

let sidecar: TestSidecar;
let client: Ollama;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  client = new Ollama({ host: sidecar.url, headers: { Authorization: `Bearer ${sidecar.key}` } });
});
afterAll(() => sidecar.remove());

test('generate captions a picture', async () => {
  const answer = await client.generate({
    model: 'llava',
    prompt: 'Write alt text for this image.',
    images: [base64],
    stream: false,
  });
  expect(answer).toMatchObject({ model: 'llava', response: altText, done: true, done_reason: 'stop' });
  expect(answer.eval_count).toBeGreaterThan(0);
  expect(answer.total_duration).toBeGreaterThan(0);
});

test('generate takes the bytes themselves', async () => {
  const answer = await client.generate({ model: 'llava', prompt: '', images: [new Uint8Array(picture.bytes)] });
  expect(answer.response).toBe(altText);
});

test('generate answers a question', async () => {
  const answer = await client.generate({ model: 'llava', prompt: 'Is it a dog?', images: [base64] });
  expect(answer.response).toBe('yes');
});

test('generate streams', async () => {
  let text = '';
  let isDone = false;
  for await (const part of await client.generate({ model: 'llava', prompt: '', images: [base64], stream: true })) {
    text += part.response ?? '';
    isDone = part.done;
  }
  expect([text, isDone]).toEqual([altText, true]);
});

test('chat captions the picture of the last message', async () => {
  const messages = [{ role: 'user', content: 'Describe this image.', images: [base64] }];
  const answer = await client.chat({ model: 'llava', messages });
  expect(answer.message).toEqual({ role: 'assistant', content: altText });
  let text = '';
  for await (const part of await client.chat({ model: 'llava', messages, stream: true })) text += part.message.content;
  expect(text).toBe(altText);
});

test('a model is preloaded with an empty request', async () => {
  const call = (route: string, body: object) => sidecar.call('POST', route, body);
  const generate = await call('/api/generate', { model: 'mini' });
  expect([generate.status, generate.body]).toEqual([
    200,
    expect.objectContaining({ model: 'mini', response: '', done: true, done_reason: 'load' }),
  ]);
  for (const body of [{ model: 'mini' }, { model: 'mini', messages: [] }]) {
    expect((await call('/api/chat', body)).body).toMatchObject({ message: { content: '' }, done_reason: 'load' });
  }
  expect((await call('/api/generate', { model: 'mini', keep_alive: 0 })).body.done_reason).toBe('unload');
  expect((await call('/api/generate', { model: 'mini', prompt: 'Hello' })).status).toBe(400);
});

test('a picture of an earlier turn is talked about', async () => {
  const messages = [
    { role: 'user', content: '', images: [base64] },
    { role: 'assistant', content: 'A cat' },
    { role: 'user', content: 'shorter please' },
  ];
  expect((await client.chat({ model: 'llava', messages })).message.content).toBe(altText);
});

test('a limit that cuts is told', async () => {
  const answer = await client.generate({ model: 'x', prompt: '', images: [base64], options: { num_predict: 2 } });
  expect(answer.done_reason).toBe('length');
});

test('the model is listed, and can see', async () => {
  expect((await client.list()).models).toMatchObject([{ name: 'fake', model: 'fake' }]);
  expect((await client.show({ model: 'llava' })).capabilities).toContain('vision');
  const { body } = await sidecar.call('POST', '/api/show', { name: 'fake' });
  expect(body.capabilities).toEqual(['completion', 'vision']);
  expect((await sidecar.call('GET', '/api/version')).body).toEqual({ version: expect.stringMatching(/^\d+\./) });
});

describe('errors', () => {
  test.each([
    ['no picture', { prompt: 'Hello', images: [] }, /no picture/],
    ['two pictures', { prompt: 'Hello', images: [base64, base64] }, /more pictures/],
    ['JSON mode', { prompt: 'Hello', images: [base64], format: 'json' }, /cannot do/],
    ['no image', { prompt: 'Hello', images: [Buffer.alloc(60).toString('base64')] }, /not a JPEG/],
  ])('for %s are sentences', async (_what, wish, sentence) => {
    await expect(client.generate({ model: 'llava', ...wish })).rejects.toThrow(sentence);
  });

  test('of a wrong key', async () => {
    const stranger = new Ollama({ host: sidecar.url, headers: { Authorization: 'Bearer alt_wrong' } });
    await expect(stranger.list()).rejects.toThrow(/key is unknown/);
  });

  test('of an unknown address', async () => {
    expect((await sidecar.call('POST', '/api/pull', { model: 'x' })).body).toEqual({ error: expect.any(String) });
  });
});
