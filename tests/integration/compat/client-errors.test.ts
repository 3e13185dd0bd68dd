import { createFalClient } from '@fal-ai/client';
import { InferenceClient } from '@huggingface/inference';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import Replicate from 'replicate';
import { AppError } from '../../../server/errors';
import { samplePng, type SampleImage } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

// The package has no types.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const Each = require('@eachlabs/aiflow');

const fine = samplePng(1, { width: 320, height: 240 });
const tooLarge = samplePng(2, { padding: 300_001 });
const dataUri = ({ bytes }: SampleImage) => `data:image/png;base64,${bytes.toString('base64')}`;

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_MAX_BYTES: '300000' } });
  // Eachlabs' client prints every request.
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await sidecar.remove();
});
beforeEach(() => {
  sidecar.engine.ready = true;
  sidecar.engine.before = () => undefined;
});

interface Client {
  readonly caption: (key: string, picture: SampleImage) => Promise<unknown>;
  /** Asks for something that is not there, where the API has ids. */
  readonly unknown?: (key: string) => Promise<unknown>;
}

const fal = (credentials: string) =>
  createFalClient({
    credentials,
    retry: { maxRetries: 0 },
    requestMiddleware: (request) =>
      Promise.resolve({
        ...request,
        url: request.url
          .replace('https://queue.fal.run', `${sidecar.url}/modelrunner/queue`)
          .replace('https://fal.run', `${sidecar.url}/modelrunner`),
      }),
  });
const openai = (apiKey: string) => new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey, maxRetries: 0 });
const replicate = (auth: string) =>
  new Replicate({ auth, baseUrl: `${sidecar.url}/replicate/v1`, useFileOutput: false });
const each = (auth: string) => new Each({ auth, apiBaseUrl: `${sidecar.url}/eachlabs/v1` });

const CLIENTS: Record<string, Client> = {
  openai: {
    caption: (key, picture) => {
      const content = [{ type: 'image_url' as const, image_url: { url: dataUri(picture) } }];
      return openai(key).chat.completions.create({ model: 'x', messages: [{ role: 'user', content }] });
    },
    unknown: (key) => openai(key).models.retrieve('nobody'),
  },
  'hugging face': {
    caption: (key, { bytes }) =>
      new InferenceClient(key, { endpointUrl: `${sidecar.url}/hf` }).imageToText({
        data: new Blob([new Uint8Array(bytes)], { type: 'image/png' }),
      }),
  },
  replicate: {
    caption: (key, picture) => replicate(key).run('salesforce/blip', { input: { image: dataUri(picture) } }),
    unknown: (key) => replicate(key).predictions.get('nobody'),
  },
  eachlabs: {
    caption: async (key, picture) => {
      const input = { image: dataUri(picture) };
      const answer = await each(key).prediction.create({ model: 'blip-2', version: '0.0.1', input });
      if (answer.predictionID === undefined) throw new Error(JSON.stringify(answer));
    },
    unknown: async (key) => {
      const answer = await each(key).prediction.get('nobody');
      throw new Error(JSON.stringify(answer));
    },
  },
  'modelrunner, fal': {
    caption: (key, picture) => fal(key).run('microsoft/florence-2-large', { input: { image_url: dataUri(picture) } }),
    unknown: (key) => fal(key).queue.result('microsoft/florence-2-large', { requestId: 'nobody' }),
  },
  ollama: {
    caption: (key, { bytes }) =>
      new Ollama({ host: sidecar.url, headers: { Authorization: `Bearer ${key}` } }).generate({
        model: 'llava',
        prompt: '',
        images: [bytes.toString('base64')],
      }),
  },
};

/** All that a client tells its caller about an error. */
async function wordsOf(call: Promise<unknown>): Promise<string> {
  const thrown: any = await call.then(
    () => ({ message: 'no error' }),
    (error: unknown) => error,
  );
  const inside = [thrown.body, thrown.error, thrown.httpResponse?.body, thrown.response?.data];
  return [thrown.message, ...inside.map((part) => (part === undefined ? '' : JSON.stringify(part)))].join(' ');
}

describe.each(Object.entries(CLIENTS))('%s tells its caller', (name, { caption, unknown }) => {
  test('that the key is wrong', async () => {
    expect(await wordsOf(caption('alt_wrong', fine))).toContain('The key is unknown, expired or revoked.');
  });

  test('that the picture is too large', async () => {
    expect(await wordsOf(caption(sidecar.key, tooLarge))).toContain('more bytes than is accepted here');
  });

  if (unknown !== undefined) {
    test('that there is nothing of that name', async () => {
      expect(await wordsOf(unknown(sidecar.key))).toMatch(
        /There is (nothing here under that name|no model of this name)/,
      );
    });
  }

  // Runs are rows that wait by themselves; replicate's npm client repeats a 429 six times without a pause, whatever it says.
  const isHeld = ['replicate', 'eachlabs', 'modelrunner, fal'].includes(name);
  test(isHeld ? 'nothing of a full queue: the run waits' : 'that the queue is full', async () => {
    let calls = 0;
    sidecar.engine.before = () => {
      calls += 1;
      if (calls <= 1) throw new AppError('QUEUE_FULL', { retry_after_seconds: 1 });
    };
    const words = await wordsOf(caption(sidecar.key, fine));
    expect(words).toContain(isHeld ? 'no error' : 'The queue is full');
  });

  // openai's and ollama's callers are told; Hugging Face's client waits, as it would there; runs wait by themselves.
  const isTold = ['openai', 'ollama'].includes(name);
  test(isTold ? 'that the model is loading' : 'nothing of a model that loads: it waits', async () => {
    sidecar.engine.ready = false;
    const call = wordsOf(caption(sidecar.key, fine));
    const words = isTold ? await call : await Promise.race([call, soon()]);
    sidecar.engine.ready = true;
    if (isTold) expect(words).toContain('The model is still loading');
    else if (name !== 'eachlabs') expect(words).toBe('still waiting');
    if (!isTold) expect(await call).toContain('no error');
  });
});

const soon = () => new Promise<string>((resolve) => setTimeout(() => resolve('still waiting'), 300));

test('openai’s client waits as long as Retry-After says, and then succeeds', async () => {
  let first = 0;
  sidecar.engine.before = () => {
    if (first !== 0) return;
    first = performance.now();
    throw new AppError('QUEUE_FULL', { retry_after_seconds: 1 });
  };
  const content = [{ type: 'image_url' as const, image_url: { url: dataUri(fine) } }];
  const patient = new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey: sidecar.key });
  await patient.chat.completions.create({ model: 'x', messages: [{ role: 'user', content }] });
  expect(performance.now() - first).toBeGreaterThan(950);
});

test.each([
  [
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: dataUri(fine) }] }] },
  ],
  ['/hf', { inputs: fine.bytes.toString('base64') }],
  ['/api/generate', { model: 'x', images: [fine.bytes.toString('base64')], stream: false }],
])('a full queue is 429 with Retry-After at %s', async (path, body) => {
  sidecar.engine.before = () => {
    throw new AppError('QUEUE_FULL', { retry_after_seconds: 7 });
  };
  const answer = await sidecar.call('POST', path, body);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
});

test('more runs than may wait are 429 with Retry-After at every API that keeps runs', async () => {
  sidecar.engine.ready = false;
  const input = { image: dataUri(fine) };
  const create = () => sidecar.call('POST', '/eachlabs/v1/prediction', { model: 'm', input });
  let last = await create();
  for (let runs = 1; last.status === 200 && runs <= 101; runs += 1) last = await create();
  const others = [
    await sidecar.call('POST', '/replicate/v1/predictions', { version: 'v', input }),
    await sidecar.call('POST', '/modelrunner/queue/microsoft/florence-2-large', { image_url: input.image }),
  ];
  expect([last, ...others].map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
    [429, '5'],
    [429, '5'],
    [429, '5'],
  ]);
});
