import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkerPool, type PoolOptions } from '../../../server/captioning/worker-pool';
import { AppError } from '../../../server/errors';
import { waitFor } from '../../support/wait-for';

const ROOT = path.resolve(__dirname, '../../..');
const MINI = path.join(ROOT, 'models/mini');
const CAT = path.join(ROOT, 'tests/fixtures/images/cat.jpg');
const WORKER = path.join(ROOT, 'build/server/captioning/worker-process.js');
const STUBBORN = path.join(ROOT, 'tests/support/captioning/stubborn-worker.cjs');

const pools: WorkerPool[] = [];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-pool-'));
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startPool(options: Partial<PoolOptions> = {}): Promise<WorkerPool> {
  const pool = new WorkerPool({ modelFolder: MINI, maxPixels: 50_000_000, workerFile: WORKER, ...options });
  pools.push(pool);
  await pool.start();
  return pool;
}

const ask = (pool: WorkerPool, imagePath: string, signal?: AbortSignal) =>
  pool.run({ imagePath, options: {}, ...(signal === undefined ? {} : { signal }) });
const codeOf = (running: Promise<unknown>) =>
  running.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) || kills(pid);
function kills(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the worker pool', () => {
  test('captions a picture, writes its thumbnail, and says how long pictures take', async () => {
    const pool = await startPool();
    expect(pool.state()).toMatchObject({ ready: true, problem: null, model: { id: 'mini', demonstration: true } });
    const thumbnailPath = path.join(folder, 'thumbnail.webp');
    const result = await pool.run({ imagePath: CAT, options: { candidates: 3 }, thumbnailPath });
    expect(result.caption?.candidates[0].text).toBe('a close up of a cat');
    expect(result.caption?.candidates).toHaveLength(3);
    expect(result.image).toMatchObject({ width: 451, height: 300, format: 'jpeg' });
    expect(readFileSync(thumbnailPath).subarray(8, 12).toString()).toBe('WEBP');
    expect(pool.state().secondsPerImage).toBeGreaterThan(0);
  });

  test('a picture that cannot be decoded is its own failure only', async () => {
    const pool = await startPool();
    const text = path.join(folder, 'text.jpg');
    writeFileSync(text, 'no picture');
    expect(await Promise.all([codeOf(ask(pool, text)), codeOf(ask(pool, CAT))])).toEqual([
      'IMAGE_TYPE_UNSUPPORTED',
      'no error',
    ]);
  });

  test('a question to a model that cannot answer is refused as such, and so is a prompt', async () => {
    const pool = await startPool();
    expect(await codeOf(pool.run({ imagePath: CAT, options: {}, question: 'what?' }))).toBe('QUESTION_MODEL_MISSING');
    expect(await codeOf(pool.run({ imagePath: CAT, options: { prompt: 'a picture of' } }))).toBe('PROMPT_NOT_POSSIBLE');
  });

  test.each([
    ['so many pictures', { pictures: 3, settledAfter: 1, growth: 100 }, ['grown-1', 'grown-1', 'grown-1']],
    ['growing by so much memory', { pictures: 99, settledAfter: 2, growth: 100 }, ['grown-9', 'grown-50', 'grown-151']],
  ])('a worker is replaced between two pictures after %s, and readiness never lapses', async (_why, lifetime, rss) => {
    const pool = await startPool({ workerFile: STUBBORN, lifetime });
    const who = async (name: string) => (await ask(pool, `who ${name}`)).caption?.candidates[0].text;
    const seen: unknown[] = [];
    for (const name of rss) seen.push(await who(name));
    expect(new Set(seen).size).toBe(1);
    expect(pool.state()).toMatchObject({ ready: true, problem: null });
    // Asked at once, while the old one goes and the new one loads: it waits, and nobody is told of an error.
    expect(await who('grown-151')).not.toBe(seen[0]);
    expect(existsSync(`/proc/${String(seen[0])}`)).toBe(false);
  });

  test('a worker that hangs is ended at the deadline and replaced', async () => {
    const pool = await startPool({ workerFile: STUBBORN, deadlineMs: 200 });
    const [before] = pool.workerPids();
    const behind = ask(pool, 'hang').catch((error: unknown) => error);
    const next = ask(pool, 'fine');
    expect(await behind).toMatchObject({ code: 'CAPTION_TIMEOUT' });
    expect((await next).caption?.candidates[0].text).toBe('a thing');
    expect(pool.workerPids()).not.toContain(before);
    await waitFor('the hung process to be gone', () => !isAlive(before!));
  });

  test('a worker that never has its model is ended as well, and whoever waits is told', async () => {
    const deaf = path.join(folder, 'deaf.cjs');
    writeFileSync(deaf, "process.on('message', () => undefined);");
    const pool = await startPool({ workerFile: deaf, loadDeadlineMs: 300 });
    expect(pool.state()).toMatchObject({ ready: false, problem: { code: 'MODEL_UNAVAILABLE' } });
    expect(await codeOf(ask(pool, CAT))).toBe('MODEL_UNAVAILABLE');
  });

  test('a worker that packs weights may take longer than loading does', async () => {
    const packs = path.join(folder, 'packs.cjs');
    const ready = `{ type: 'ready', model: ${JSON.stringify((await startPool()).state().model)} }`;
    writeFileSync(
      packs,
      `setInterval(() => process.send({ type: 'packing' }), 50); setTimeout(() => process.send(${ready}), 6000);`,
    );
    // Three seconds between two of sixty words: only a deadline that is not renewed ends it.
    const pool = await startPool({ workerFile: packs, loadDeadlineMs: 3000 });
    expect(pool.state()).toMatchObject({ ready: true, problem: null });
  });

  test('a crash is told to the request that the worker held, and to nobody else', async () => {
    const pool = await startPool({ workerFile: STUBBORN });
    const codes = await Promise.all(['fine', 'crash', 'fine', 'fine'].map((name) => codeOf(ask(pool, name))));
    expect(codes).toEqual(['no error', 'DECODE_CRASHED', 'no error', 'no error']);
  });

  test('a worker that talks nonsense is replaced', async () => {
    const pool = await startPool({ workerFile: STUBBORN });
    // Without a signal: that would count as killed from outside, which says nothing of the picture.
    const error = await ask(pool, 'nonsense').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DECODE_CRASHED', details: {} });
    expect(error).not.toHaveProperty('details.signal');
    expect(await codeOf(ask(pool, 'fine'))).toBe('no error');
  });

  test('more requests than may wait are refused at once', async () => {
    const pool = await startPool({ workerFile: STUBBORN, maxWaiting: 2 });
    const codes = await Promise.all(['slow', 'a', 'b', 'c'].map((name) => codeOf(ask(pool, name))));
    expect(codes).toEqual(['no error', 'no error', 'no error', 'QUEUE_FULL']);
  });

  test('a picture goes to the worker that looked at it last, where that one is free', async () => {
    const pool = await startPool({ workerFile: STUBBORN, workers: 2 });
    await waitFor('both workers to be ready', () => pool.workerPids().length === 2);
    const who = async (sha256: string, imagePath = 'who') =>
      Number((await pool.run({ imagePath, sha256, options: {} })).caption?.candidates[0].text);
    const [a, b] = [await who('a'), await who('b')];
    expect(new Set([a, b])).toEqual(new Set(pool.workerPids()));
    expect([await who('b'), await who('a'), await who('b'), await who('b')]).toEqual([b, a, b, b]);
    expect(await Promise.all([who('b'), who('a')])).toEqual([b, a]);
    // Nobody waits for a busy worker while another one is free.
    expect(await Promise.all([who('a', 'who slow'), who('a')])).toEqual([a, b]);
  });

  test('an abandoned request ends at once, whether it waits or runs, and the next is not disturbed', async () => {
    const pool = await startPool();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const both = [ask(pool, CAT, running.signal), ask(pool, CAT, waiting.signal)].map(codeOf);
    const next = ask(pool, CAT);
    waiting.abort(new Error('left'));
    running.abort(new Error('left'));
    expect(await Promise.all(both)).toEqual(['Error: left', 'Error: left']);
    expect((await next).caption?.candidates[0].text).toContain('a cat');
    expect(await codeOf(ask(pool, CAT, AbortSignal.abort(new Error('too late'))))).toBe('Error: too late');
  });

  test('a stop rejects what waits and what runs, and leaves no process', async () => {
    const pool = await startPool({ workerFile: STUBBORN, workers: 2 });
    const pids = pool.workerPids();
    const codes = ['slow', 'slow', 'slow'].map((name) => codeOf(ask(pool, name)));
    await pool.stop();
    expect(await Promise.all(codes)).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN', 'SHUTTING_DOWN']);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await codeOf(ask(pool, 'fine'))).toBe('SHUTTING_DOWN');
  });
});

describe('a model folder', () => {
  function copyOfMini(name: string): string {
    const copy = path.join(folder, name);
    cpSync(MINI, copy, { recursive: true });
    return copy;
  }

  test('that is not there makes requests fail with a reason, and heals when it comes back', async () => {
    const missing = path.join(folder, 'missing');
    const pool = await startPool({ modelFolder: missing });
    expect(pool.state()).toMatchObject({ ready: false, model: null, problem: { code: 'MODEL_FILE_MISSING' } });
    expect(await codeOf(ask(pool, CAT))).toBe('MODEL_FILE_MISSING');
    copyOfMini('missing');
    await waitFor('the model to load', () => pool.state().ready);
    expect(await codeOf(ask(pool, CAT))).toBe('no error');
    expect(pool.state().problem).toBeNull();
  });

  test.each([
    ['lacks a file', (copy: string) => rmSync(path.join(copy, 'decoder.onnx')), 'MODEL_FILE_MISSING'],
    ['holds a cut file', (copy: string) => truncateSync(path.join(copy, 'vision.data'), 1e6), 'MODEL_FILE_DAMAGED'],
    [
      'holds a file with one byte changed',
      (copy: string) => {
        const file = path.join(copy, 'decoder.data');
        const bytes = readFileSync(file);
        bytes[1000] = (bytes[1000] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
      'MODEL_FILE_DAMAGED',
    ],
    [
      'is of another version',
      (copy: string) => {
        const file = path.join(copy, 'altsmith-model.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 7'));
      },
      'MODEL_FILE_DAMAGED',
    ],
  ])('that %s is not loaded', async (name, damage, code) => {
    const copy = copyOfMini(name.replaceAll(' ', '-'));
    damage(copy);
    const pool = await startPool({ modelFolder: copy });
    expect(pool.state().ready).toBe(false);
    expect(pool.state().problem?.code).toBe(code);
  });
});
