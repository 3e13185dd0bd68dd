import { randomBytes } from 'node:crypto';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';

const picture = samplePng(1, { width: 320, height: 240 });
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
});
afterAll(() => sidecar.remove());
beforeEach(() => {
  sidecar.engine.says = fakeCaption;
});

/** As long as the instruction that WordPress's AI plugin sends, and with the same demands. */
const INSTRUCTION = [
  'You write alternative text. Plain text only, under 125 characters. Do not begin with "image of".',
  'When the picture is decorative, answer with exactly [[DECORATIVE_ALT]] and nothing else. Is the picture decorative?',
  'x'.repeat(3000),
].join('\n\n');
const CONTEXT =
  '\n\n<additional-context>Our trip to the sea. [[IMAGE_GOES_HERE]] Who was there?</additional-context>' +
  '\n\n<image-meta>Linked: yes\nCaption: Is this the beach?</image-meta>';

/** A body as that plugin sends it, byte for byte but for the words. */
const body = (text: string, bytes: Buffer = picture.bytes, more: object = {}) => ({
  model: 'alt-text',
  messages: [
    { role: 'system', content: [{ type: 'text', text: INSTRUCTION }] },
    {
      role: 'user',
      content: [
        { type: 'text', text },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` } },
      ],
    },
  ],
  temperature: 0.3,
  ...more,
});
const ask = (request: object) => sidecar.call('POST', '/v1/chat/completions', request);

test.each([
  'Generate alt text for this image. Ensure the alt text you return matches the language of this locale: en_US.',
  `Generate alt text for this image. Ensure the alt text you return matches the language of the content in the <additional-context> tag.${CONTEXT}`,
  // No translator is here: the English text, as for a suggestion.
  'Alternativtext für dieses Bild. Die Sprache dieses Gebietsschemas: de_DE.',
])('a request of the AI plugin gets the alt text: %s', async (text) => {
  const answer = await ask(body(text));
  expect(answer.status).toBe(200);
  expect(answer.body.choices).toEqual([expect.objectContaining({ finish_reason: 'stop' })]);
  expect(answer.body.choices[0].message.content).toBe(altText);
  expect(sidecar.engine.requests.at(-1)).not.toHaveProperty('question');
});

test('a language that the field names is written in, or refused with what to do', async () => {
  const answer = await ask(body('Generate alt text.', picture.bytes, { language: 'de_DE_formal' }));
  expect(answer.status).toBe(409);
  expect(answer.body.error).toMatchObject({ code: 'language_not_pulled', message: expect.stringContaining('pull') });
  expect((await ask(body('Generate alt text.', picture.bytes, { language: 'en_GB' }))).status).toBe(200);
});

test.each(['', '[[decorative_alt]]'])(
  'a model that says "%s" leads to an error, never to an empty text',
  async (said) => {
    sidecar.engine.says = () => said;
    const answer = await ask(body('Generate alt text for this image.'));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.error.message).toMatch(/\w+/);
  },
);

test('an original of 12 MB is taken', async () => {
  const large = samplePng(3, { width: 200, height: 100 }).bytes;
  // PNG readers stop at the last chunk; what follows makes the file as long as an original.
  const answer = await ask(body('Generate alt text for this image.', Buffer.concat([large, randomBytes(12_000_000)])));
  expect(answer.status).toBe(200);
});
