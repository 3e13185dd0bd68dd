import OpenAI from 'openai';
import { altsmith } from '../../support/altsmith-command';
import { RedisServer } from '../../support/redis-server';
import { whenEnded } from '../../support/review-rows';
import { samplePng } from '../../support/sample-image';
import { SidecarProcess } from '../../support/sidecar-process';
import { waitFor } from '../../support/wait-for';
import { quickWorker, WorkerProcess } from '../../support/worker-process';

let sidecar: SidecarProcess;
let worker: WorkerProcess;
let redis: RedisServer | null = null;

const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${sidecar.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sidecar.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const picture = (seed: number) => `data:image/png;base64,${Buffer.from(samplePng(seed).bytes).toString('base64')}`;

describe.each(['over the long poll', 'over Bull'])('%s', (way) => {
  beforeAll(async () => {
    redis = way === 'over Bull' ? await RedisServer.start() : null;
    const ofRedis: Record<string, string> = redis === null ? {} : { ALTSMITH_REDIS_URL: redis.url };
    const distributed = redis === null ? {} : { ALTSMITH_QUEUE: 'bull', ...ofRedis };
    sidecar = await SidecarProcess.start({ ALTSMITH_WORKERS: '0', ...distributed });
    const { key } = (await altsmith(sidecar.dataDir, ['keys', 'create', '--scope', 'worker', '--json'])).json;
    const program = quickWorker('worker-30ms');
    worker = await WorkerProcess.start('one', { url: sidecar.url, key, env: ofRedis, program });
  }, 120_000);
  afterAll(async () => {
    await worker.remove();
    await sidecar.remove();
    await redis?.remove();
  });

  test('a caption at once is made by a worker elsewhere, and leaves nothing behind', async () => {
    const answer = await ask('/v1/captions', { image: picture(1) });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      alt_text: expect.stringContaining('dog beside sign'),
      model: { id: 'quick' },
    });
    expect((await sidecar.call('GET', '/v1/jobs')).body.items).toEqual([]);
    expect((await sidecar.call('GET', '/v1/suggestions')).body.items).toEqual([]);
    expect((await sidecar.call('GET', '/v1/changes')).body.items).toEqual([]);
    expect((await sidecar.call('GET', '/v1/status')).body).toMatchObject({
      queue: { waiting: 0, running: 0 },
      model: { id: 'quick' },
      seconds_per_image: expect.any(Number),
    });
  });

  test('what no worker elsewhere can do is said at once', async () => {
    const answer = await ask('/v1/captions', { image: picture(2), question: 'what colour is it?' });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ error: { code: 'QUESTION_MODEL_MISSING' } });
  });

  test('the stills of a video are described by a worker elsewhere, and its poster is its thumbnail', async () => {
    const [one, two] = [samplePng(6), samplePng(7)];
    for (const { sha256, bytes } of [one, two]) await sidecar.call('PUT', `/v1/images/${sha256}`, Buffer.from(bytes));
    const frames = [
      { image_sha256: one.sha256, at: 1 },
      { image_sha256: two.sha256, at: 5 },
    ];
    const askFor = async (id: string) => {
      const { body } = await sidecar.call('POST', '/v1/jobs', { frames, subject: { type: 'attachment', id } });
      const job = await whenEnded(sidecar, body.job.id);
      expect(job).toMatchObject({ state: 'done', kind: 'video' });
      const { suggestion } = (await sidecar.call('GET', `/v1/suggestions/${job.suggestion_id}`)).body;
      return { job, suggestion };
    };
    await sidecar.call('PUT', '/v1/site', { glossary: [{ term: 'placard', instead_of: ['sign'] }] });
    const { job, suggestion } = await askFor('video');
    expect(suggestion.video.scenes).toMatchObject([{ caption: expect.stringContaining('placard') }, { at: 5 }]);
    expect(suggestion.model).toMatchObject({ id: 'quick' });
    // The words are the site's and not the model's: what is kept of the look does not have them.
    await sidecar.call('PUT', '/v1/site', { glossary: [] });
    const later = await askFor('video-2');
    expect(later.suggestion.video.scenes).toMatchObject([{ caption: expect.stringContaining('sign') }, { at: 5 }]);
    const { key } = sidecar;
    const thumbnail = await fetch(`${sidecar.url}/v1/images/${job.image_sha256}/thumbnail`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/png']);
    for (const id of ['video', 'video-2']) await sidecar.call('DELETE', `/v1/subjects/attachment/${id}`);
  });

  test('the clients of OpenAI, Ollama and Replicate are answered too', async () => {
    const openai = new OpenAI({ baseURL: `${sidecar.url}/v1`, apiKey: sidecar.key });
    const turn = await openai.chat.completions.create({
      model: 'any',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture(3) } }] }],
    });
    expect(turn.choices[0]?.message.content).toContain('dog beside sign');
    const image = Buffer.from(samplePng(4).bytes).toString('base64');
    const ollama = await ask('/api/generate', { model: 'any', prompt: '', images: [image], stream: false });
    expect((await ollama.json()).response).toContain('dog beside sign');
    const created = await ask(
      '/replicate/v1/predictions',
      { version: 'any', input: { image: picture(5) } },
      { prefer: 'wait' },
    );
    expect(await created.json()).toMatchObject({
      status: 'succeeded',
      output: expect.stringContaining('dog beside sign'),
    });
  });

  const sent = async (path: string, seed: number) => {
    const headers = { authorization: `Bearer ${sidecar.key}`, 'content-type': 'image/png' };
    const body = new Uint8Array(samplePng(seed).bytes);
    return (await fetch(`${sidecar.url}${path}`, { method: 'POST', headers, body })).json();
  };
  test.each<[string, () => Promise<string>]>([
    ['Hugging Face', async () => (await sent('/hf', 60))[0].generated_text],
    ['the page Try of the console', async () => (await sent('/v1/captions?beams=3', 61)).alt_text],
    ['ModelRunner and fal', async () => (await ask('/modelrunner/any/blip', { image_url: picture(62) })).json()],
    [
      'Eachlabs',
      async () => {
        const wish = { model: 'any', version: '1', input: { image: picture(63) } };
        const { predictionID } = await (await ask('/eachlabs/v1/prediction', wish)).json();
        return waitFor('the run to end', async () => {
          const { status, output } = (await sidecar.call('GET', `/eachlabs/v1/prediction/${predictionID}`)).body;
          return status === 'starting' ? null : output;
        });
      },
    ],
  ])('%s: answered too', async (_who, answer) => {
    expect(await answer()).toContain('dog beside sign');
  });

  test('jobs that wait do not keep a person waiting, and are done all the same', async () => {
    const ids: string[] = [];
    for (let seed = 10; seed < 40; seed += 1) {
      const { sha256, bytes } = samplePng(seed);
      await sidecar.call('PUT', `/v1/images/${sha256}`, bytes);
      const subject = { type: 'attachment', id: String(seed) };
      const { body } = await sidecar.call('POST', '/v1/jobs', { image_sha256: sha256, subject, priority: 'backfill' });
      ids.push(body.job.id);
    }
    const people = [41, 42, 43, 44].map((seed) => ask('/v1/captions', { image: picture(seed) }));
    for (const answer of await Promise.all(people)) expect(answer.status).toBe(200);
    const done = async () =>
      (await sidecar.call('GET', '/v1/jobs?state=done&limit=100')).body.items.length === ids.length;
    await waitFor('the jobs', done, { timeoutMs: 60_000 });
  });

  test('an answer that nobody waits for any more is not looked for', async () => {
    const gone = new AbortController();
    const asking = fetch(`${sidecar.url}/v1/captions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sidecar.key}`, 'content-type': 'image/png' },
      body: new Uint8Array(samplePng(50).bytes),
      signal: gone.signal,
    }).catch(() => null);
    gone.abort();
    await asking;
    expect((await ask('/v1/captions', { image: picture(51) })).status).toBe(200);
  });

  test('the workers took them in this way', () => {
    const fromBull = sidecar.output.split('"worker":"bull-').length - 1;
    const polled = sidecar.output.split('"worker":"remote-').length - 1;
    expect(way === 'over Bull' ? fromBull : polled).toBeGreaterThan(30);
  });
});
