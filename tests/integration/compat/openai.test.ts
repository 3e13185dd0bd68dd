import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const picture = samplePng(1, { width: 320, height: 240 });
const other = samplePng(2, { width: 320, height: 240 });
const dataUri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;
const altText = (bytes: Buffer) => fakeCaption(bytes).replace(/^a/, 'A');

let sidecar: TestSidecar;
let client: OpenAI;
beforeAll(async () => {
  sidecar = await TestSidecar.start({ env: { ALTSMITH_MAX_BYTES: '300000' } });
  client = new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey: sidecar.key, maxRetries: 0 });
});
afterAll(() => sidecar.remove());
beforeEach(() => {
  sidecar.engine.before = () => undefined;
  sidecar.engine.model = { ...sidecar.engine.model, canAnswer: true };
});

const turn = (text: string, ...pictures: Buffer[]) => [
  {
    role: 'user' as const,
    content: [
      { type: 'text' as const, text },
      ...pictures.map((bytes) => ({
        type: 'image_url' as const,
        image_url: { url: dataUri(bytes), detail: 'low' as const },
      })),
    ],
  },
];
const ask = (text: string, pictures: Buffer[], more: object = {}) =>
  client.chat.completions.create({ model: 'gpt-4o-mini', messages: turn(text, ...pictures), stream: false, ...more });
const errorOf = async (call: Promise<unknown>) => {
  const thrown: unknown = await call.catch((error: unknown) => error);
  if (!(thrown instanceof APIError)) throw new Error(`no API error: ${String(thrown)}`);
  return thrown;
};

describe('chat completions', () => {
  test('caption a picture', async () => {
    const answer = await ask("What's in this image?", [picture.bytes], { max_tokens: 300 });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o-mini',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: altText(picture.bytes), refusal: null },
          finish_reason: 'stop',
        },
      ],
    });
    expect(answer.usage).toEqual({ prompt_tokens: 581, completion_tokens: 2, total_tokens: 583 });
  });

  test('an instruction is not mistaken for a question or a prompt', async () => {
    await ask('Write alt text for this image in at most 125 characters.', [picture.bytes]);
    expect(sidecar.engine.requests.at(-1)).not.toHaveProperty('question');
    expect(sidecar.engine.requests.at(-1)!.options).not.toHaveProperty('prompt');
  });

  test('a short question is answered', async () => {
    const answer = await ask('Is there a dog?', [picture.bytes]);
    expect(answer.choices[0]!.message.content).toBe('yes');
    expect(sidecar.engine.requests.at(-1)!.question).toBe('Is there a dog?');
  });

  test('two pictures are described one after the other', async () => {
    const answer = await ask('Describe both.', [picture.bytes, other.bytes]);
    expect(answer.choices[0]!.message.content).toBe(
      `Image 1: ${altText(picture.bytes)}\nImage 2: ${altText(other.bytes)}`,
    );
  });

  test('n gives the alternatives of the search', async () => {
    const answer = await ask('Describe.', [picture.bytes], { n: 4 });
    expect(answer.choices.map(({ message }) => message.content)).toEqual([
      altText(picture.bytes),
      `${altText(picture.bytes)} outside`,
    ]);
  });

  test('a limit that cuts is told', async () => {
    const answer = await ask('Describe.', [picture.bytes], { max_completion_tokens: 2 });
    expect(answer.choices[0]!.finish_reason).toBe('length');
    expect(sidecar.engine.requests.at(-1)!.options.maxNewTokens).toBe(2);
  });

  test('stream, with the client’s own collector', async () => {
    const stream = client.chat.completions.stream({
      model: 'gpt-4o',
      messages: turn('Describe.', picture.bytes),
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
    expect(pieces.join('')).toBe(altText(picture.bytes));
    const whole = await stream.finalChatCompletion();
    expect(whole.choices[0]!.message.content).toBe(altText(picture.bytes));
    expect(whole.usage?.total_tokens).toBeGreaterThan(577);
  });

  test('a schema of strings is filled with the caption', async () => {
    const schema = { type: 'object', properties: { alt_text: { type: 'string' } }, required: ['alt_text'] };
    const answer = await ask('Describe.', [picture.bytes], {
      response_format: { type: 'json_schema', json_schema: { name: 'alt', schema } },
    });
    expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({ alt_text: altText(picture.bytes) });
  });

  test('are found without /v1 in the base address', async () => {
    const bare = new OpenAI({ baseURL: sidecar.url, apiKey: sidecar.key });
    const answer = await bare.chat.completions.create({ model: 'x', messages: turn('Describe.', picture.bytes) });
    expect(answer.choices[0]!.message.content).toBe(altText(picture.bytes));
  });
});

describe('what a captioner cannot do is refused', () => {
  const number = { type: 'json_schema', json_schema: { name: 'n', schema: { properties: { n: { type: 'number' } } } } };
  const tool = { type: 'function', function: { name: 'f' } };
  test.each([
    ['a conversation without a picture', 'missing_image', () => ask('Hello?', [])],
    ['three pictures', 'too_many_images', () => ask('Hello', [picture.bytes, other.bytes, picture.bytes])],
    ['JSON with numbers', 'unsupported_parameter', () => ask('x', [picture.bytes], { response_format: number })],
    [
      'JSON mode',
      'unsupported_parameter',
      () => ask('x', [picture.bytes], { response_format: { type: 'json_object' } }),
    ],
    ['tools', 'unsupported_parameter', () => ask('x', [picture.bytes], { tools: [tool] })],
    ['something that is no picture', 'invalid_image', () => ask('x', [Buffer.alloc(100)])],
    ['a picture that is too large', 'invalid_image', () => ask('x', [samplePng(1, { padding: 300_001 }).bytes])],
  ])('%s', async (_what, code, call) => {
    const error = await errorOf(call());
    expect(error).toBeInstanceOf(BadRequestError);
    expect([error.status, error.code, error.type]).toEqual([400, code, 'invalid_request_error']);
    expect(error.requestID).toEqual(expect.any(String));
  });

  test('a question, when the model answers none', async () => {
    sidecar.engine.model = { ...sidecar.engine.model, canAnswer: false };
    const { AppError } = await import('../../../server/errors');
    sidecar.engine.before = ({ question }) => {
      if (question !== undefined) throw new AppError('QUESTION_MODEL_MISSING');
    };
    expect((await errorOf(ask('Is there a dog?', [picture.bytes]))).code).toBe('question_model_missing');
  });

  test('the address of a picture, and no connection is made', async () => {
    const error = await errorOf(
      client.chat.completions.create({
        model: 'x',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: `${sidecar.url}/livez?canary` } }] },
        ],
      }),
    );
    expect([error.status, error.code]).toEqual([400, 'image_url_not_allowed']);
    expect(sidecar.logLines.join('')).not.toContain('/livez');
  });
});

describe('errors', () => {
  test('of the key have their own class', async () => {
    const stranger = new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey: 'alt_wrong', maxRetries: 0 });
    const error = await errorOf(stranger.models.list());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.code).toBe('invalid_api_key');
  });

  test('of an unknown model', async () => {
    const error = await errorOf(client.models.retrieve('gpt-4o'));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.code).toBe('model_not_found');
  });

  test('of a full queue are repeated after Retry-After, and the second try succeeds', async () => {
    const { AppError } = await import('../../../server/errors');
    let calls = 0;
    sidecar.engine.before = () => {
      calls += 1;
      if (calls === 1) throw new AppError('QUEUE_FULL', { retry_after_seconds: 1 });
    };
    const patient = new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey: sidecar.key, maxRetries: 2 });
    const answer = await patient.chat.completions.create({ model: 'x', messages: turn('Describe.', picture.bytes) });
    expect([calls, answer.choices[0]!.message.content]).toEqual([2, altText(picture.bytes)]);
  });

  test('name the place of a wrong field', async () => {
    const error = await errorOf(ask('x', [picture.bytes], { n: 99 }));
    expect([error.status, error.param]).toEqual([400, 'n']);
  });
});

test('models lists the one that is loaded', async () => {
  const { data } = await client.models.list();
  expect(data).toMatchObject([{ id: 'fake', object: 'model', owned_by: 'altsmith' }]);
  expect((await client.models.retrieve('fake')).id).toBe('fake');
});

describe('responses', () => {
  const input = [
    {
      role: 'user' as const,
      content: [
        { type: 'input_text' as const, text: 'What is in this image?' },
        { type: 'input_image' as const, image_url: dataUri(picture.bytes), detail: 'auto' as const },
      ],
    },
  ];

  test('caption a picture', async () => {
    const answer = await client.responses.create({ model: 'gpt-4o-mini', input });
    expect(answer.output_text).toBe(altText(picture.bytes));
    expect(answer.status).toBe('completed');
  });

  test('stream', async () => {
    const stream = client.responses.stream({ model: 'gpt-4o-mini', input });
    let text = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
    expect(text).toBe(altText(picture.bytes));
    expect((await stream.finalResponse()).output_text).toBe(altText(picture.bytes));
  });

  test('without a picture are refused', async () => {
    const error = await errorOf(client.responses.create({ model: 'gpt-4o-mini', input: 'Hello' }));
    expect([error.status, error.code]).toEqual([400, 'missing_image']);
  });
});

test('the real model is named in a header', async () => {
  const { response } = await client.chat.completions
    .create({ model: 'gpt-4o', messages: turn('Describe.', picture.bytes) })
    .withResponse();
  expect(response.headers.get('x-altsmith-model')).toBe('fake (fp32)');
});
