import Replicate from 'replicate';
import { AppError } from '../../../server/errors';
import { waitSeconds } from '../../../server/http/compat/replicate/predictions';
import { fakeCaption } from '../../support/fake-engine';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const picture = samplePng(1, { width: 320, height: 240 });
const dataUri = `data:image/png;base64,${picture.bytes.toString('base64')}`;
const altText = fakeCaption(picture.bytes).replace(/^a/, 'A');
const MODEL = 'salesforce/blip';
const VERSION = '2e1dddc8621f72155f24cf2e0adbde548458d3cab9f00c0139eea840d0ac4746';

let sidecar: TestSidecar;
let client: Replicate;
beforeAll(async () => {
  sidecar = await TestSidecar.start();
  client = new Replicate({ auth: sidecar.key, baseUrl: `${sidecar.url}/replicate/v1`, useFileOutput: false });
});
afterAll(() => sidecar.remove());
beforeEach(() => {
  sidecar.engine.before = () => undefined;
});

describe('run', () => {
  test('of a version, with a data URI', async () => {
    expect(await client.run(`${MODEL}:${VERSION}`, { input: { image: dataUri } })).toBe(altText);
  });

  test('of a model, with the bytes: they are uploaded first', async () => {
    expect(await client.run(MODEL, { input: { image: picture.bytes } })).toBe(altText);
  });

  test('by polling', async () => {
    const states: string[] = [];
    const wait = { mode: 'poll', interval: 20 } as const;
    const output = await client.run(MODEL, { input: { image: dataUri }, wait }, ({ status }) => states.push(status));
    expect([output, states[0], states.at(-1)]).toEqual([altText, 'starting', 'succeeded']);
  });

  test('with a question', async () => {
    const input = { image: dataUri, task: 'visual_question_answering', question: 'Is it a dog?' };
    expect(await client.run(MODEL, { input })).toBe('yes');
  });

  test('with a question that the task makes void', async () => {
    const input = { image: dataUri, task: 'image_captioning', question: 'Is it a dog?' };
    expect(await client.run(MODEL, { input })).toBe(altText);
  });

  test('that fails throws the reason', async () => {
    sidecar.engine.before = () => {
      throw new AppError('IMAGE_CORRUPT');
    };
    await expect(client.run(MODEL, { input: { image: dataUri } })).rejects.toThrow(/damaged and cannot be decoded/);
  });
});

describe('predictions', () => {
  test('are created, read and finished', async () => {
    const created = await client.predictions.create({ model: MODEL, input: { image: dataUri, prompt: 'a photo of' } });
    expect(created).toMatchObject({
      status: 'starting',
      model: MODEL,
      output: null,
      error: null,
      logs: '',
      input: { prompt: 'a photo of' },
      urls: { get: `${sidecar.url}/replicate/v1/predictions/${created.id}` },
    });
    const done = await client.wait(created, { interval: 20 });
    expect(done).toMatchObject({ status: 'succeeded', output: altText, metrics: { predict_time: expect.any(Number) } });
    expect(JSON.stringify(done)).not.toContain('base64');
  });

  test('are cancelled while they run', async () => {
    let wasAborted = false;
    sidecar.engine.before = ({ signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          wasAborted = true;
          resolve();
        });
      });
    const { id } = await client.predictions.create({ model: MODEL, input: { image: dataUri } });
    await waitFor('the engine to have it', () => sidecar.engine.requests.length > 0);
    expect((await client.predictions.cancel(id)).status).toBe('canceled');
    await waitFor('the engine to be told', () => wasAborted);
    expect((await client.predictions.get(id)).status).toBe('canceled');
  });

  test('wait at most so long as asked, and are "starting" then', async () => {
    const release = new AbortController();
    sidecar.engine.before = () =>
      new Promise((resolve) => {
        release.signal.addEventListener('abort', () => resolve());
      });
    const created = await client.predictions.create({ model: MODEL, input: { image: dataUri }, wait: 1 });
    expect(created.status).toBe('starting');
    release.abort();
    expect((await client.wait(created, { interval: 20 })).output).toBe(altText);
  });

  test('survive a restart, waiting or done', async () => {
    const { dataDir, key } = sidecar;
    const done = await client.predictions.create({ model: MODEL, input: { image: dataUri }, wait: true });
    sidecar.engine.before = ({ signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve());
      });
    const waiting = await client.predictions.create({ model: MODEL, input: { image: dataUri } });
    await sidecar.stop();
    sidecar = await TestSidecar.start({ dataDir });
    client = new Replicate({ auth: key, baseUrl: `${sidecar.url}/replicate/v1`, useFileOutput: false });
    expect((await client.predictions.get(done.id)).output).toBe(altText);
    expect((await client.wait(waiting, { interval: 20 })).output).toBe(altText);
  });
});

describe('what is asked of a wait', () => {
  test.each([
    [undefined, 0],
    ['respond-async', 0],
    ['wait', 55],
    ['wait=10', 10],
    ['wait=600', 55],
    ['respond-async, wait=5', 5],
  ])('%j is %i s', (prefer, seconds) => {
    expect(waitSeconds(prefer)).toBe(seconds);
  });
});

describe('errors have title, detail and status', () => {
  const request = (body: unknown, headers: Record<string, string> = {}) =>
    sidecar.call('POST', '/replicate/v1/predictions', body, { headers });

  test.each([
    ['no picture', 422, { input: {} }],
    ['an address', 422, { input: { image: 'https://example.com/x.jpg' } }],
    ['an upload that is not there', 422, { input: { image: `http://x/replicate/v1/files/${'0'.repeat(64)}` } }],
    ['no image', 422, { input: { image: 'aGVsbG8gd29ybGQsIHRoaXMgaXMgbm90IGFuIGltYWdl' } }],
    ['a webhook', 422, { input: { image: dataUri }, webhook: 'https://example.com/hook' }],
    ['something else', 422, { version: 7 }],
  ])('for %s', async (_what, status, body) => {
    const answer = await request(body);
    expect(answer.body).toEqual({ title: expect.any(String), detail: expect.any(String), status });
    expect(answer.status).toBe(status);
  });

  test('for a wrong key, an unknown run and an unknown address', async () => {
    const stranger = new Replicate({ auth: 'alt_wrong', baseUrl: `${sidecar.url}/replicate/v1` });
    await expect(stranger.predictions.get('x')).rejects.toThrow(/401.*unknown, expired or revoked/);
    await expect(client.predictions.get('x')).rejects.toThrow(/404/);
    expect((await sidecar.call('GET', '/replicate/v1/nothing')).body).toMatchObject({ status: 404 });
  });

  test('the key that one client sends as input by mistake comes back nowhere', async () => {
    const leaky = new Replicate({
      auth: sidecar.key,
      baseUrl: `${sidecar.url}/replicate/v1`,
      fileEncodingStrategy: 'data-uri',
    });
    await expect(leaky.run(MODEL, { input: { image: dataUri } })).rejects.toThrow(/422/);
    expect(sidecar.logLines.join('')).not.toContain(sidecar.key);
  });

  test('the older header with Token is taken', async () => {
    const headers = { authorization: `Token ${sidecar.key}` };
    expect((await sidecar.call('GET', `/replicate/v1/models/${MODEL}`, undefined, { key: null, headers })).status).toBe(
      200,
    );
  });
});

test.each(['content', 'another'])(
  'a form that ends within its file "%s" is refused, and ends nothing else',
  async (field) => {
    const form = [
      '--edge',
      `content-disposition: form-data; name="${field}"; filename="a.png"`,
      'content-type: image/png',
      '',
      picture.bytes.toString('latin1').slice(0, 2000),
    ].join('\r\n');
    const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
    const answer = await sidecar.call('POST', '/replicate/v1/files', Buffer.from(form, 'latin1'), { headers });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringMatching(/form/) } });
    expect((await sidecar.call('GET', '/livez')).status).toBe(200);
  },
);

test('what the Python client reads before a run', async () => {
  const { body } = await sidecar.call('GET', `/replicate/v1/models/${MODEL}/versions/${VERSION}`);
  expect(body).toMatchObject({
    id: VERSION,
    openapi_schema: { components: { schemas: { Output: { type: 'string' } } } },
  });
  expect((await client.models.get('salesforce', 'blip')).latest_version).toMatchObject({ id: expect.any(String) });
});

test('another site’s run and upload are unknown', async () => {
  const { id } = await client.predictions.create({ model: MODEL, input: { image: dataUri }, wait: true });
  const file = await client.files.create(picture.bytes);
  const { KeyStore } = await import('../../../server/sites/key-store');
  const { SiteStore } = await import('../../../server/sites/site-store');
  const { openDatabase } = await import('../../../server/storage/database');
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  const { id: siteId } = new SiteStore(storage).create('other');
  const { text: key } = new KeyStore(storage).create({ scope: 'site', siteId, name: 'other' });
  storage.close();
  const unknown = await sidecar.call('GET', '/replicate/v1/predictions/none', undefined, { key });
  expect(unknown.status).toBe(404);
  for (const path of [`/replicate/v1/predictions/${id}`, `/replicate/v1/files/${file.id}`]) {
    expect((await sidecar.call('GET', path, undefined, { key })).body).toEqual(unknown.body);
  }
});

test('an upload tells the time that was promised when it came, and is gone with its bytes', async () => {
  const upload = await client.files.create(samplePng(91).bytes);
  const realNow = Date.now;
  Date.now = () => realNow() + 23 * 3_600_000;
  const { body } = await sidecar.call('GET', `/replicate/v1/files/${upload.id}`).finally(() => (Date.now = realNow));
  expect([body.created_at, body.expires_at]).toEqual([upload.created_at, upload.expires_at]);
  // A picture that came another way was promised nothing.
  const other = samplePng(92);
  await sidecar.putImage(other);
  expect((await sidecar.call('GET', `/replicate/v1/files/${other.sha256}`)).status).toBe(404);
  const { openDatabase } = await import('../../../server/storage/database');
  const storage = openDatabase(`${sidecar.dataDir}/altsmith.db`);
  storage.db.prepare('UPDATE images SET original = 0 WHERE sha256 = ?').run(upload.id);
  storage.close();
  expect((await sidecar.call('GET', `/replicate/v1/files/${upload.id}`)).status).toBe(404);
});
