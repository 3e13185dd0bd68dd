import { createFalClient } from '@fal-ai/client';
import { AppError } from '../../../server/errors';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const picture = samplePng(1, { width: 320, height: 240 });
const image_url = `data:image/png;base64,${picture.bytes.toString('base64')}`;
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');
const MODEL = 'microsoft/florence-2-large/caption';

let sidecar: TestSidecar;
/** ModelRunner's own client is a copy of fal's and not on the registry; both have their hosts compiled in. */
const client = (credentials = sidecar.key) =>
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
beforeAll(async () => {
  sidecar = await TestSidecar.start();
});
afterAll(() => sidecar.remove());
beforeEach(() => {
  sidecar.engine.before = () => undefined;
});

test('subscribe waits in the queue and gives the bare text', async () => {
  const states: string[] = [];
  const { data, requestId } = await client().subscribe(MODEL, {
    input: { image_url },
    pollInterval: 20,
    onQueueUpdate: ({ status }) => states.push(status),
  });
  expect([data, states.at(-1)]).toEqual([altText, 'COMPLETED']);
  expect(requestId).toMatch(/^[0-9a-f]{32}$/);
});

test('run is one call', async () => {
  expect((await client().run('microsoft/florence-2-large', { input: { image_url } })).data).toBe(altText);
});

test('a question is answered', async () => {
  expect((await client().run(MODEL, { input: { image_url, question: 'Is it a dog?' } })).data).toBe('yes');
});

test('a run is followed and cancelled', async () => {
  sidecar.engine.before = ({ signal }) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve());
    });
  const { request_id: requestId, status_url } = await client().queue.submit(MODEL, { input: { image_url } });
  expect(status_url).toContain(`/modelrunner/queue/microsoft/florence-2-large/requests/${requestId}/status`);
  await waitFor(
    'the run to begin',
    async () => (await client().queue.status(MODEL, { requestId })).status === 'IN_PROGRESS',
  );
  await client().queue.cancel(MODEL, { requestId });
  expect((await client().queue.status(MODEL, { requestId })).status).toBe('COMPLETED');
});

describe('errors', () => {
  const errorOf = async (call: Promise<unknown>) => call.catch((error: unknown) => error);

  test.each([
    ['no picture', {}],
    ['an address', { image_url: 'http://169.254.169.254/' }],
    ['no image', { image_url: Buffer.alloc(60).toString('base64') }],
  ])('for %s name the place', async (_what, input) => {
    expect(await errorOf(client().run(MODEL, { input }))).toMatchObject({
      status: 422,
      body: { message: expect.any(String), detail: [{ loc: expect.any(Array), msg: expect.any(String) }] },
    });
  });

  test('for a wrong key and an unknown run', async () => {
    expect(await errorOf(client('alt_wrong').run(MODEL, { input: { image_url } }))).toMatchObject({ status: 401 });
    expect(await errorOf(client().queue.result(MODEL, { requestId: 'none' }))).toMatchObject({ status: 404 });
  });

  test('of the run itself', async () => {
    sidecar.engine.before = () => {
      throw new AppError('IMAGE_CORRUPT');
    };
    expect(await errorOf(client().run(MODEL, { input: { image_url } }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('damaged'),
    });
  });
});

test('blobs cannot be uploaded', async () => {
  expect((await sidecar.call('POST', '/modelrunner/storage/upload/initiate', {})).status).toBeGreaterThanOrEqual(400);
});
