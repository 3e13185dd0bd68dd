import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

// The package has no types.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const Each = require('@eachlabs/aiflow');

const picture = samplePng(1, { width: 320, height: 240 });
const image = `data:image/png;base64,${picture.bytes.toString('base64')}`;
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');
const WISH = { model: 'blip-2', version: '0.0.1' };

let sidecar: TestSidecar;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  // The client prints every request, its key included.
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await sidecar.remove();
});

describe.each(['/eachlabs/v1', '/v1'])('the client, with its address ending in %s', (base) => {
  const client = () => new Each({ auth: sidecar.key, apiBaseUrl: sidecar.url + base });
  const ended = (id: string) =>
    waitFor('the run to end', async () => {
      const run = await client().prediction.get(id);
      return run.status === 'starting' ? null : run;
    });

  test('creates a run and asks until it has ended', async () => {
    const input = { image, caption: true, question: '', temperature: 1 };
    const created = await client().prediction.create({ ...WISH, input });
    expect(created).toEqual({ status: 'success', message: expect.any(String), predictionID: expect.any(String) });
    expect(await ended(created.predictionID)).toMatchObject({
      id: created.predictionID,
      status: 'success',
      output: altText,
      metrics: { predict_time: expect.any(Number), cost: 0 },
    });
  });

  test('asks a question', async () => {
    const input = { image, caption: false, question: 'Is it a dog?' };
    const { predictionID } = await client().prediction.create({ ...WISH, input });
    expect((await ended(predictionID)).output).toBe('yes');
  });

  test('runs and waits', async () => {
    const run = await client().prediction.run({ ...WISH, input: { image } });
    expect(run).toMatchObject({ status: 'success', output: altText });
  });

  test('cancels', async () => {
    const { predictionID } = await client().prediction.create({ ...WISH, input: { image } });
    const run = await client().prediction.cancel(predictionID);
    expect(['cancelled', 'success']).toContain(run.status);
  });
});

test('the documentation’s way, Bearer and no slash, works as well', async () => {
  const { status, body } = await sidecar.call('POST', '/v1/prediction', { ...WISH, input: { image } });
  expect([status, body.status]).toEqual([200, 'success']);
});

describe('errors are a sentence', () => {
  test.each([
    ['no picture', { ...WISH, input: {} }, 400],
    ['no model', { input: { image } }, 400],
    ['an address', { ...WISH, input: { image: 'http://127.0.0.1/x' } }, 400],
    ['a webhook', { ...WISH, input: { image }, webhook_url: 'https://example.com' }, 400],
  ])('for %s', async (_what, body, status) => {
    const answer = await sidecar.call('POST', '/eachlabs/v1/prediction/', body);
    expect(answer).toMatchObject({ status, body: { error: expect.any(String) } });
  });

  test('for a wrong key and an unknown run', async () => {
    const headers = { 'x-api-key': 'alt_wrong' };
    const path = '/eachlabs/v1/prediction/none';
    expect((await sidecar.call('GET', path, undefined, { key: null, headers })).status).toBe(401);
    expect(await sidecar.call('GET', path)).toMatchObject({ status: 404, body: { error: expect.any(String) } });
  });
});
