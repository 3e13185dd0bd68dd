import { InferenceClient } from '@huggingface/inference';
import { AppError } from '../../../server/errors';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const picture = samplePng(1, { width: 320, height: 240 });
const base64 = picture.bytes.toString('base64');
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');
const blob = () => new Blob([new Uint8Array(picture.bytes)], { type: 'image/png' });

let sidecar: TestSidecar;
let client: InferenceClient;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_MAX_BYTES: '300000' } });
  client = new InferenceClient(sidecar.key, { endpointUrl: `${sidecar.url}/hf` });
});
afterAll(() => sidecar.remove());
beforeEach(() => {
  sidecar.engine.before = () => undefined;
  sidecar.engine.ready = true;
});

/** A call as people write it with fetch or requests. */
async function post(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: any }> {
  const answer = await fetch(`${sidecar.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sidecar.key}`, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

test('the npm client captions a picture', async () => {
  expect(await client.imageToText({ data: blob() })).toEqual({ generated_text: altText });
});

test('the npm client asks about a picture', async () => {
  const answer = await client.visualQuestionAnswering({ inputs: { image: blob(), question: 'Is it a dog?' } });
  expect(answer).toEqual({ answer: 'yes', score: 0.8 });
  expect(sidecar.engine.requests.at(-1)!.question).toBe('Is it a dog?');
});

test('the npm client chats about a picture', async () => {
  const answer = await client.chatCompletion({
    model: 'blip',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Describe this image.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
        ],
      },
    ],
  });
  expect(answer.choices[0]!.message.content).toBe(altText);
});

describe('the shape that other clients need', () => {
  test.each([
    ['the bare picture', '/hf', picture.bytes, { 'content-type': 'image/png' }],
    ['no media type', '/hf', picture.bytes, {}],
    ['curl’s media type', '/hf', picture.bytes, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a slash at the end', '/hf/', picture.bytes, {}],
    ['the name of a model', '/hf/models/Salesforce/blip-image-captioning-large', picture.bytes, {}],
    ['base64 in JSON', '/hf', JSON.stringify({ inputs: base64 }), { 'content-type': 'application/json' }],
    ['JSON without its type', '/hf', JSON.stringify({ inputs: { image: base64 } }), {}],
    ['an older npm client', '/hf', picture.bytes, { 'user-agent': '@huggingface/inference/4.13.14' }],
    ['a list asked for', '/hf?format=list', picture.bytes, { 'user-agent': '@huggingface/inference/5.0.0' }],
  ])('%s gives a list', async (_what, path, body, headers) => {
    expect(await post(path, body, headers)).toMatchObject({ status: 200, body: [{ generated_text: altText }] });
  });

  test.each([
    ['the newer npm client', '/hf', { 'user-agent': 'x @huggingface/inference/4.13.15 node' }],
    ['an object asked for', '/hf?format=object', {}],
  ])('%s gives an object', async (_what, path, headers) => {
    expect((await post(path, picture.bytes, headers)).body).toEqual({ generated_text: altText });
  });

  test('the Python client’s question stands beside the inputs', async () => {
    const body = JSON.stringify({ inputs: base64, parameters: {}, question: 'Is it a dog?', image: base64 });
    expect((await post('/hf', body)).body).toEqual([{ answer: 'yes', score: 0.8 }]);
  });

  test('a text is the beginning of the caption', async () => {
    await post('/hf', JSON.stringify({ inputs: { image: base64, text: 'a photography of' } }));
    expect(sidecar.engine.requests.at(-1)!.options.prompt).toBe('a photography of');
  });
});

describe('errors are a sentence', () => {
  const wrongKey = { authorization: 'Bearer wrong' };
  test.each<[string, number, string | Buffer, Record<string, string>]>([
    ['a wrong key', 401, picture.bytes, wrongKey],
    ['no picture', 400, '', {}],
    ['an address', 422, JSON.stringify({ inputs: 'http://127.0.0.1/x.jpg' }), {}],
    ['no image at all', 415, Buffer.alloc(100), {}],
    ['a picture that is too large', 413, samplePng(1, { padding: 300_001 }).bytes, {}],
  ])('for %s', async (_what, status, body, headers) => {
    expect(await post('/hf', body, headers)).toMatchObject({
      status,
      body: { error: expect.stringMatching(/\w\.|\)/) },
    });
  });

  test('a full queue is 429 with Retry-After', async () => {
    sidecar.engine.before = () => {
      throw new AppError('QUEUE_FULL', { retry_after_seconds: 7 });
    };
    const answer = await post('/hf', picture.bytes);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
  });

  test('503 never reaches the client, which would repeat it without end', async () => {
    sidecar.engine.before = () => {
      throw new AppError('MODEL_UNAVAILABLE');
    };
    expect((await post('/hf', picture.bytes)).status).toBe(429);
    sidecar.engine.before = () => {
      throw new AppError('STORAGE_FULL');
    };
    expect((await post('/hf', picture.bytes)).status).toBe(429);
  });

  test('the npm client throws them', async () => {
    const stranger = new InferenceClient('alt_wrong', { endpointUrl: `${sidecar.url}/hf` });
    await expect(stranger.imageToText({ data: blob() })).rejects.toThrow(/key/i);
  });
});

test('a call waits while the model loads', async () => {
  sidecar.engine.ready = false;
  const call = post('/hf', picture.bytes);
  setImmediate(() => (sidecar.engine.ready = true));
  expect((await call).body).toEqual([{ generated_text: altText }]);
});
