import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { probeServer } from '../../../../models/openai-compatible/ask';
import { WorkerPool } from '../../../../server/captioning/worker-pool';
import { AppError } from '../../../../server/errors';
import { BEHAVIOUR, ModelServerStub } from '../../../support/model-server';
import { waitFor } from '../../../support/wait-for';

const ROOT = path.resolve(__dirname, '../../../..');
const CAT = path.join(ROOT, 'tests/fixtures/images/cat.jpg');
const WORKER = path.join(ROOT, 'build/server/captioning/worker-process.js');

let stub: ModelServerStub;
let pool: WorkerPool;
beforeAll(async () => {
  stub = await ModelServerStub.start();
  pool = await openPool();
});
afterAll(async () => {
  await pool.stop();
  await stub.close();
});

async function openPool(timeoutMs = 3000, key: string | null = 'secret'): Promise<WorkerPool> {
  const modelServer = { address: stub.address, model: 'big-model', key, timeoutMs };
  const opened = new WorkerPool({ modelServer, maxPixels: 5e7, workerFile: WORKER });
  await opened.start();
  return opened;
}

const caption = (of = pool, imagePath = CAT) => of.run({ imagePath, options: { beams: 3, candidates: 3 } });
const textOf = async () => (await caption()).caption?.candidates[0].text;
const codeOf = (running: Promise<unknown>) =>
  running.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

test('the server is sent a small JPEG of the pixels alone, the key, and a request for alt text', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-remote-'));
  const file = path.join(folder, 'large.jpg');
  const camera = { IFD0: { Copyright: 'somebody', Artist: 'Ada' } };
  await sharp(CAT).resize(3000, 2000, { fit: 'fill' }).withExif(camera).jpeg().toFile(file);
  const result = await caption(pool, file);
  rmSync(folder, { recursive: true });
  expect(result).toMatchObject({
    model: { id: 'big-model', precision: 'remote', demonstration: false, address: stub.address },
    image: { width: 3000, height: 2000, format: 'jpeg' },
    caption: { candidates: [{ text: 'A red bus in front of a church.' }], labels: [] },
  });
  const { url, headers, body } = stub.asked.at(-1)!;
  expect([url, headers.authorization, body.model, body.stream]).toEqual([
    '/v1/chat/completions',
    'Bearer secret',
    'big-model',
    false,
  ]);
  const [words, picture] = body.messages[0].content;
  expect(words.text).toContain('alt text');
  const jpeg = Buffer.from(picture.image_url.url.replace('data:image/jpeg;base64,', ''), 'base64');
  const metadata = await sharp(jpeg).metadata();
  expect(metadata).toMatchObject({ format: 'jpeg', width: 1024, height: 683 });
  expect(metadata.exif).toBeUndefined();
});

test('a question is put as one, and its answer is an answer', async () => {
  stub.next.push(BEHAVIOUR.says([{ type: 'text', text: 'Answer: two' }]));
  const { answer } = await pool.run({ imagePath: CAT, options: {}, question: 'How many cats?' });
  expect(answer?.text).toBe('two');
  expect(stub.asked.at(-1)!.body.messages[0].content[0].text).toContain('Question: How many cats?');
});

test('words to begin with are refused, as the status says', async () => {
  expect(await codeOf(pool.run({ imagePath: CAT, options: { prompt: 'a photo of' } }))).toBe('PROMPT_NOT_POSSIBLE');
  expect(pool.state().model).toMatchObject({ canAnswer: true, canPrompt: false });
});

test('what cannot be decoded never leaves the machine', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-remote-'));
  const file = path.join(folder, 'text.jpg');
  writeFileSync(file, 'no picture');
  const before = stub.asked.length;
  expect(await codeOf(caption(pool, file))).toBe('IMAGE_TYPE_UNSUPPORTED');
  expect(stub.asked).toHaveLength(before);
  rmSync(folder, { recursive: true });
});

describe('a server that misbehaves is told apart, and the next picture is as good as ever', () => {
  test.each([
    ['fails', BEHAVIOUR.status(500), 'MODEL_SERVER_FAILED'],
    ['is behind a broken gateway', BEHAVIOUR.status(502), 'MODEL_SERVER_FAILED'],
    ['does not like the picture', BEHAVIOUR.status(400), 'MODEL_SERVER_FAILED'],
    ['has too much to do', BEHAVIOUR.status(429), 'MODEL_SERVER_BUSY'],
    ['is loading', BEHAVIOUR.status(503), 'MODEL_SERVER_BUSY'],
    ['hangs up', BEHAVIOUR.hangsUp, 'MODEL_SERVER_FAILED'],
    ['resets in the middle', BEHAVIOUR.resetsInTheMiddle, 'MODEL_SERVER_FAILED'],
    ['answers with HTML', BEHAVIOUR.noJson, 'MODEL_SERVER_FAILED'],
    ['answers with other JSON', BEHAVIOUR.wrongJson, 'MODEL_SERVER_FAILED'],
    ['answers with cut JSON', BEHAVIOUR.cutJson, 'MODEL_SERVER_FAILED'],
    ['answers without end', BEHAVIOUR.tooMuch, 'MODEL_SERVER_FAILED'],
    ['keeps silent', BEHAVIOUR.keepsSilent, 'CAPTION_TIMEOUT'],
    ['drips', BEHAVIOUR.drips, 'CAPTION_TIMEOUT'],
    ['says nothing', BEHAVIOUR.says(''), 'MODEL_REPLY_UNUSABLE'],
    ['says null', BEHAVIOUR.says(null), 'MODEL_REPLY_UNUSABLE'],
    ['says only marks', BEHAVIOUR.says('<p>\u202e…</p>'), 'MODEL_REPLY_UNUSABLE'],
    ['refuses in a sentence', BEHAVIOUR.says("I'm sorry, I can't assist with that."), 'MODEL_REPLY_UNUSABLE'],
    ['refuses in its field', BEHAVIOUR.refusesToSay, 'MODEL_REPLY_UNUSABLE'],
  ])('it %s', async (_how, behaviour, code) => {
    const [pid] = pool.workerPids();
    stub.next.push(behaviour);
    expect(await codeOf(caption())).toBe(code);
    expect(await textOf()).toBe('A red bus in front of a church.');
    expect(pool.workerPids()).toEqual([pid]);
  });

  test('one that spends all its tokens on thinking is told as that', async () => {
    stub.next.push(BEHAVIOUR.thinksTooLong);
    const error: unknown = await caption().catch((thrown: unknown) => thrown);
    expect(String((error as Error).cause)).toContain('used all 400 tokens it may before it answered');
  });

  test.each(['max_tokens', 'temperature'])(
    'one that refuses %s is asked in the newer way, from then on',
    async (name) => {
      const strict = await openPool();
      try {
        stub.next.push(BEHAVIOUR.refusesParameter(name));
        const { caption: said } = await caption(strict);
        expect(said?.candidates[0].text).toBe('A red bus in front of a church.');
        await caption(strict);
        const [second, third] = stub.asked.slice(-2).map(({ body }) => body);
        expect([second.max_completion_tokens, third.max_completion_tokens]).toEqual([400, 400]);
        expect([second.temperature, second.max_tokens, third.max_tokens]).toEqual([undefined, undefined, undefined]);
      } finally {
        await strict.stop();
      }
    },
  );

  test('the stranger’s own words are in no message', async () => {
    stub.next.push(BEHAVIOUR.status(500));
    const error: unknown = await caption().catch((thrown: unknown) => thrown);
    expect(String((error as Error).cause)).toContain('answered with status 500');
    expect(String((error as Error).cause)).not.toContain('stranger');
  });

  test('it points elsewhere: nothing is sent there', async () => {
    const elsewhere = await ModelServerStub.start();
    stub.next.push(BEHAVIOUR.redirectsTo(`${elsewhere.address}/chat/completions`));
    const one = await openPool();
    expect(await codeOf(caption(one))).toBe('MODEL_SERVER_REFUSED');
    expect(elsewhere.asked).toEqual([]);
    await one.stop();
    await elsewhere.close();
  });
});

test('a server that points elsewhere is refused before the first picture, with where to', async () => {
  const pointing = await ModelServerStub.start();
  pointing.list = BEHAVIOUR.redirectsTo('https://models.example/v1/models?<b>');
  const asked = await probeServer({ address: pointing.address, model: 'big-model', key: null, timeoutMs: 1000 }).catch(
    (error: unknown) => error,
  );
  await pointing.close();
  expect(asked).toMatchObject({
    code: 'MODEL_SERVER_REFUSED',
    message: `The model server ${pointing.address} redirects to https://models.example; write the address that it redirects to into ALTSMITH_MODEL_SERVER.`,
  });
});

test('a task that it was not made for is refused, and nothing is sent', async () => {
  const before = stub.asked.length;
  expect(await codeOf(pool.run({ imagePath: CAT, options: { task: 'ocr' } }))).toBe('TASK_NOT_POSSIBLE');
  expect(stub.asked).toHaveLength(before);
});

test('an abandoned request is ended at the server, too', async () => {
  const abort = new AbortController();
  const before = { asked: stub.asked.length, abandoned: stub.abandoned };
  stub.next.push(BEHAVIOUR.keepsSilent);
  const running = codeOf(pool.run({ imagePath: CAT, options: {}, signal: abort.signal }));
  await waitFor('the request to arrive', () => stub.asked.length > before.asked);
  abort.abort(new Error('left'));
  expect(await running).toBe('Error: left');
  await waitFor('the connection to end', () => stub.abandoned > before.abandoned);
});

describe('a server that is out of reach', () => {
  test('is looked for until it is there, and no request is sent to it meanwhile', async () => {
    await stub.close();
    const patient = await openPool();
    expect(patient.state()).toMatchObject({
      ready: false,
      model: null,
      problem: { code: 'MODEL_SERVER_UNREACHABLE' },
      sendsTo: stub.address,
    });
    expect(await codeOf(caption(patient))).toBe('MODEL_SERVER_UNREACHABLE');
    await stub.open();
    await waitFor('the server to be found', () => patient.state().ready);
    expect(await codeOf(caption(patient))).toBe('no error');
    await patient.stop();
  });

  test('in the middle of the work is noticed, and found again', async () => {
    expect(await codeOf(caption())).toBe('no error');
    await stub.close();
    // The one that was open may end with its connection; the next finds nobody.
    await waitFor('its absence to be noticed', async () => (await codeOf(caption())) === 'MODEL_SERVER_UNREACHABLE');
    expect(pool.state()).toMatchObject({ ready: false, problem: { code: 'MODEL_SERVER_UNREACHABLE' } });
    await stub.open();
    await waitFor('the server to be found', () => pool.state().ready);
    expect(await textOf()).toBe('A red bus in front of a church.');
  });

  test('because it does not take the key', async () => {
    const usual = stub.list;
    stub.list = BEHAVIOUR.status(401);
    const stranger = await openPool(1000, null);
    expect(stranger.state().problem?.code).toBe('MODEL_SERVER_REFUSED');
    await stranger.stop();
    stub.list = usual;
  });

  test('because it has no model of that name: pictures wait, and none is blamed', async () => {
    stub.usual = BEHAVIOUR.status(404);
    expect(await codeOf(caption())).toBe('MODEL_SERVER_REFUSED');
    expect(new AppError('MODEL_SERVER_REFUSED').status).toBe(503);
    stub.usual = BEHAVIOUR.says('A cat');
    await waitFor('the next process', () => pool.state().ready);
    expect(await textOf()).toBe('A cat');
  });
});
