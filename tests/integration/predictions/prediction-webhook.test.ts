import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { eachlabsWebhook } from '../../../server/http/compat/eachlabs/predictions';
import { PredictionStore } from '../../../server/predictions/prediction-store';
import { replyCall } from '../../../server/predictions/reply-call';
import { ReplyJobs } from '../../../server/queue/reply-jobs';
import { LeaseStore } from '../../../server/queue/lease-store';
import { AppError, CATALOGUE, type ErrorCode } from '../../../server/errors';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { migrate } from '../../../server/storage/migrate';
import { NO_TRACING } from '../../../server/tracing/tracing';
import { WebhookDelivery } from '../../../server/webhooks/delivery';
import { OutboxStore } from '../../../server/webhooks/outbox-store';
import type { WebhookCall } from '../../../server/webhooks/transport';
import { samplePng } from '../../support/sample-image';
import { TestSidecar } from '../../support/test-sidecar';
import { waitFor } from '../../support/wait-for';

const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-prediction-webhooks-'));
const URL_OF_CLIENT = 'https://client.example.com/hook';
let storage: Storage;
let store: PredictionStore;
let replies: ReplyJobs<string>;
let leases: LeaseStore;
let delivery: WebhookDelivery;
let calls: WebhookCall[] = [];
let logLines: string[] = [];
let answer: () => Promise<number>;
let now = 1_700_000_000_000;
let files = 0;

beforeEach(() => {
  storage = openDatabase(path.join(folder, `${String((files += 1))}.db`));
  migrate(storage);
  storage.db.prepare("INSERT INTO sites (id, name, created_at) VALUES ('site_a', 'a', 0)").run();
  replies = new ReplyJobs(
    storage,
    () => now,
    () => now,
  );
  store = new PredictionStore(storage, 'site_a', { jobs: replies, taskOf: () => 'caption', keepMs: 0, now: () => now });
  const ends = { failed: (_site: string, id: string) => replies.failed(id), cancelled: () => undefined };
  leases = new LeaseStore(storage, { ends, leaseMs: 60_000, now: () => now });
  calls = [];
  logLines = [];
  answer = () => Promise.resolve(200);
  delivery = aDelivery();
});
afterEach(async () => {
  await delivery.stop();
  storage.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const aDelivery = () =>
  new WebhookDelivery({
    outbox: new OutboxStore(storage),
    tracing: NO_TRACING,
    transport: (call) => {
      calls.push(call);
      return answer();
    },
    callOf: {
      news: () => {
        throw new Error('there is no news here');
      },
      reply: (message, sentAt) => replyCall(message, sentAt, { storage, origins: 'public', bodyOf: eachlabsWebhook }),
    },
    now: () => now,
    random: () => 0.5,
    logger: pino({ level: 'error' }, { write: (line: string) => logLines.push(line) }),
  });
const create = (secret: string | null = 'secret', url = URL_OF_CLIENT) =>
  store.create({ model: 'm', version: 'v', input: {}, imageSha256: '0', options: {}, webhook: { url, secret } }).id;
const claim = (id: string) => {
  const claimed = leases.claimNext({ worker: 'w' });
  if (claimed?.jobId !== id) throw new Error(`another job came: ${String(claimed?.jobId)}`);
  return claimed;
};
const succeed = (id: string, output: string) => {
  storage.transaction(() => replies.complete(claim(id), { reply: output, output }));
};
const fail = (id: string, code: ErrorCode) =>
  leases.setBack(claim(id), { kind: 'error', code, retryable: new AppError(code).retryable });
const waiting = () => storage.db.prepare('SELECT count(*) FROM webhook_outbox').pluck().get();
const failures = () => storage.db.prepare('SELECT failures FROM webhook_outbox').pluck().get();
const told = async () => {
  delivery.wake();
  await waitFor('the webhook to be told', () => waiting() === 0);
};

test('the end of a run is told once, signed over time and body', async () => {
  const id = create();
  await told();
  expect(calls).toEqual([]);
  succeed(id, 'A dog');
  await told();
  await told();
  const [call] = calls;
  expect(calls).toHaveLength(1);
  expect(call!.url.href).toBe(URL_OF_CLIENT);
  expect(JSON.parse(call!.body)).toEqual({ exec_id: id, status: 'succeeded', output: 'A dog', error: '' });
  const time = call!.headers['x-webhook-timestamp']!;
  const signature = createHmac('sha256', 'secret').update(`${time}.${call!.body}`).digest('hex');
  expect([time, call!.headers['x-webhook-signature']]).toEqual(['1700000000', `sha256=${signature}`]);
});

test('a failure and a cancel are told as well', async () => {
  const [failed, cancelled] = [create(null), create(null)];
  fail(failed, 'IMAGE_CORRUPT');
  store.cancel(cancelled);
  await told();
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
    { exec_id: failed, status: 'failed', output: null, error: CATALOGUE.IMAGE_CORRUPT.message },
    { exec_id: cancelled, status: 'failed', output: null, error: 'canceled' },
  ]);
  expect(calls[0]!.headers).not.toHaveProperty('x-webhook-signature');
});

test('a client that does not take it is called again after growing pauses, also by the next process, until it does', async () => {
  answer = () => Promise.resolve(500);
  succeed(create(), 'A dog');
  for (const [index, pause] of [10_000, 20_000, 40_000, 80_000].entries()) {
    delivery.wake();
    await waitFor('the failure to be noted', () => failures() === index + 1);
    delivery.wake(); // Too early.
    await delivery.stop();
    delivery = aDelivery();
    now += pause;
  }
  expect(calls).toHaveLength(4);
  answer = () => Promise.resolve(200);
  await told();
  expect(new Set(calls.map((call) => call.headers['webhook-id'])).size).toBe(1);
  expect(calls).toHaveLength(5);
});

test('of the clients of one site two are called at once, and the site beside it does not wait for them', () => {
  storage.db.prepare("INSERT INTO sites (id, name, created_at) VALUES ('site_b', 'b', 0)").run();
  answer = () => new Promise(() => undefined);
  for (let count = 0; count < 20; count += 1) store.cancel(create());
  now += 1;
  store = new PredictionStore(storage, 'site_b', { jobs: replies, taskOf: () => 'caption', keepMs: 0, now: () => now });
  const other = create();
  store.cancel(other);
  delivery.wake();
  expect(calls).toHaveLength(3);
  expect(JSON.parse(calls[2]!.body)).toMatchObject({ exec_id: other });
  // The calls never end here; the messages are still waiting for the next process.
  delivery = aDelivery();
  expect(waiting()).toBe(21);
});

test('predictions are run, and their clients called, in the order in which they came', async () => {
  const ids = Array.from({ length: 5 }, () => create());
  for (const id of ids) succeed(id, `text of ${id}`);
  for (const [index] of ids.entries()) {
    delivery.wake();
    await waitFor('a call to end', () => calls.length > index && calls.length === 5 - Number(waiting()));
  }
  await told();
  expect(calls.map(({ body }) => JSON.parse(body).exec_id)).toEqual(ids);
});

test('a client that is gone is not called again, and its message goes with the prediction', async () => {
  answer = () => Promise.resolve(410);
  succeed(create(), 'A dog');
  await told();
  answer = () => Promise.resolve(500);
  succeed(create(), 'A cat');
  delivery.wake();
  await waitFor('the failure to be noted', () => failures() === 1);
  storage.db.prepare("DELETE FROM replies WHERE output = 'A cat'").run();
  expect([calls.length, waiting()]).toEqual([2, 0]);
});

test('while the outcome cannot be stored, the client is not called again and again', async () => {
  storage.db.exec(
    "CREATE TRIGGER full BEFORE DELETE ON webhook_outbox BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
  );
  succeed(create(), 'A dog');
  delivery.wake();
  await waitFor('the trouble to be told', () => logLines.length > 0);
  await delivery.stop();
  expect(calls).toHaveLength(1);
});

test('a run that waits behind others is given up only when nobody can do it, or it is too old to keep', () => {
  const [first, second] = [create(), create()];
  const stateOf = (id: string) => {
    const { state, error_code } = storage.db.prepare<[string], any>('SELECT * FROM replies WHERE id = ?').get(id);
    return error_code === null ? state : error_code;
  };
  now += 3_600_000;
  replies.giveUpOld(86_400_000, ['caption', 'prompt']);
  expect(stateOf(first)).toBe('starting');
  claim(first);
  replies.giveUpOld(86_400_000, ['answer']);
  expect([first, second].map(stateOf)).toEqual(['starting', 'MODEL_UNAVAILABLE']);
  const third = create();
  now += 86_400_001;
  replies.giveUpOld(86_400_000, ['caption']);
  expect(stateOf(third)).toBe('SIDECAR_BUSY');
});

test('an address that is not allowed any more is not called', async () => {
  succeed(create(null, 'http://127.0.0.1/hook'), 'A dog');
  delivery.wake();
  await waitFor('the failure to be noted', () => failures() === 1);
  expect(calls).toEqual([]);
});

describe('over HTTP', () => {
  const image = samplePng(1).bytes.toString('base64');
  const body = (webhook_url: string) => ({ model: 'blip', input: { image }, webhook_url, webhook_secret: 's' });

  test('it is refused while addresses are off', async () => {
    const sidecar = await TestSidecar.start();
    expect((await sidecar.call('POST', '/v1/prediction/', body(URL_OF_CLIENT))).status).toBe(400);
    await sidecar.remove();
  });

  test('it is taken when they are on, but never a private one', async () => {
    const sidecar = await TestSidecar.start({ env: { ALTSMITH_URL_ORIGINS: 'https://client.example.com' } });
    // The run never ends, so nobody is called.
    sidecar.engine.before = ({ signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve());
      });
    expect((await sidecar.call('POST', '/v1/prediction/', body('http://127.0.0.1:1/'))).status).toBe(400);
    expect((await sidecar.call('POST', '/v1/prediction/', body(URL_OF_CLIENT))).status).toBe(200);
    await sidecar.remove();
  });
});
