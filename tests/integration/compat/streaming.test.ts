import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { AppError } from '../../../server/errors';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const picture = samplePng(1, { width: 320, height: 240 });
const base64 = picture.bytes.toString('base64');
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');
const content = [{ type: 'image_url' as const, image_url: { url: `data:image/png;base64,${base64}` } }];
const messages = [{ role: 'user' as const, content }];
const input = [
  {
    role: 'user' as const,
    content: [{ type: 'input_image' as const, image_url: content[0]!.image_url.url, detail: 'auto' as const }],
  },
];

const isOwnPicture = ({ imagePath }: { imagePath: string }) => imagePath.endsWith('own-picture.png');

let sidecar: TestSidecar;
let openai: OpenAI;
let ollama: Ollama;
/** Lets the engine answer, or fail. */
let finish: (error?: Error) => void;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  openai = new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey: sidecar.key, maxRetries: 0 });
  ollama = new Ollama({ host: sidecar.url, headers: { Authorization: `Bearer ${sidecar.key}` } });
});
afterAll(() => sidecar.remove());
beforeEach(() => {
  sidecar.engine.before = (request) => {
    const { signal } = request;
    // After a failure the machine tries a picture of its own; that one goes well.
    if (isOwnPicture(request)) return;
    return new Promise((resolve, reject) => {
      finish = (error) => (error === undefined ? resolve() : reject(error));
      signal?.addEventListener('abort', () => reject(new Error('left')));
    });
  };
});

describe('while the model works', () => {
  test('chat completions show life at once, and then the whole text in order', async () => {
    const stream = openai.chat.completions.stream({ model: 'x', messages });
    const parts: unknown[] = [];
    for await (const { choices } of stream) {
      if (parts.length === 0) finish();
      parts.push(choices[0]?.delta.content ?? choices[0]?.finish_reason);
    }
    expect(parts[0]).toBe('');
    expect(parts.slice(1, -1).join('')).toBe(altText);
    expect((await stream.finalChatCompletion()).choices[0]!.message.content).toBe(altText);
  });

  test('responses show life at once', async () => {
    const stream = openai.responses.stream({ model: 'x', input });
    const types: string[] = [];
    for await (const { type } of stream) {
      if (types.length === 0) finish();
      types.push(type);
    }
    expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
    expect((await stream.finalResponse()).output_text).toBe(altText);
  });

  test('Ollama’s generate shows life at once', async () => {
    let text = '';
    let pieces = 0;
    for await (const part of await ollama.generate({ model: 'x', prompt: '', images: [base64], stream: true })) {
      if (pieces === 0) finish();
      pieces += 1;
      text += part.response ?? '';
    }
    expect([text, pieces > 3]).toEqual([altText, true]);
  });
});

describe('an error', () => {
  test('that comes at once has a status of its own', async () => {
    sidecar.engine.before = () => {
      throw new AppError('IMAGE_CORRUPT');
    };
    const call = openai.chat.completions.create({ model: 'x', messages, stream: true });
    await expect(call).rejects.toMatchObject({ status: 400, code: 'invalid_image' });
    await expect(ollama.generate({ model: 'x', prompt: '', images: [base64], stream: true })).rejects.toThrow(
      /damaged/,
    );
  });

  test('that comes later is thrown in the middle of the stream', async () => {
    const read = async (stream: AsyncIterable<unknown>) => {
      for await (const part of stream) if (part !== undefined) finish(new AppError('CAPTION_TIMEOUT'));
    };
    const chat = read(await openai.chat.completions.create({ model: 'x', messages, stream: true }));
    await expect(chat).rejects.toMatchObject({ code: 'caption_timeout', message: expect.stringContaining('too long') });
    const responses = read(await openai.responses.create({ model: 'x', input, stream: true }));
    await expect(responses).rejects.toThrow(/too long/);
    const lines = read(await ollama.generate({ model: 'x', prompt: '', images: [base64], stream: true }));
    await expect(lines).rejects.toThrow(/too long/);
  });
});

test('a client that leaves in the middle ends the work, and nothing is left behind', async () => {
  const stream = await openai.chat.completions.create({ model: 'x', messages, stream: true });
  for await (const part of stream) if (part.choices.length > 0) break;
  const asked = sidecar.engine.requests.filter((request) => !isOwnPicture(request));
  await waitFor('the work to end', () => asked.at(-1)!.signal!.aborted);
  sidecar.engine.before = () => undefined;
  const { choices } = await openai.chat.completions.create({ model: 'x', messages });
  expect(choices[0]!.message.content).toBe(altText);
});
