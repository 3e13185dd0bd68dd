import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { createLogger } from '../../../server/logger';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { migrate } from '../../../server/storage/migrate';
import { NO_TRACING } from '../../../server/tracing/tracing';
import { WebhookDelivery, type DeliveryParts } from '../../../server/webhooks/delivery';
import { newsCall } from '../../../server/webhooks/news-call';
import { OutboxStore } from '../../../server/webhooks/outbox-store';
import { httpTransport } from '../../../server/webhooks/transport';
import { WebhookStore } from '../../../server/webhooks/webhook-store';
import { freePort } from '../../support/free-port';
import { Receiver } from '../../support/receiver';
import { waitFor } from '../../support/wait-for';

const HOUR = 3_600_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-webhooks-'));
const receivers: Receiver[] = [];
const deliveries: WebhookDelivery[] = [];
let storage: Storage;
let now = Date.now();
let files = 0;

beforeEach(() => {
  storage = openDatabase(path.join(folder, `${String((files += 1))}.db`));
  migrate(storage);
  now = Date.now();
});
afterEach(async () => {
  await Promise.all(deliveries.splice(0).map((delivery) => delivery.stop()));
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  storage.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const neverCalled = jest.fn<never, []>();
const aReceiver = async () => {
  const receiver = await Receiver.start();
  receivers.push(receiver);
  return receiver;
};
const aDelivery = (over: Partial<DeliveryParts> & { registeredOrigins?: readonly string[] } = {}) => {
  const { registeredOrigins = receivers.map((receiver) => receiver.origin), ...parts } = over;
  const delivery = new WebhookDelivery({
    tracing: NO_TRACING,
    outbox: new OutboxStore(storage),
    transport: httpTransport({}),
    now: () => now,
    random: () => 0.5,
    // No prediction ends here.
    callOf: { reply: neverCalled, news: (message, sentAt) => newsCall(message, sentAt, registeredOrigins) },
    logger: createLogger('silent'),
    ...parts,
  });
  deliveries.push(delivery);
  return delivery;
};
const aSite = (id: string, url: string) => {
  storage.db.prepare('INSERT INTO sites (id, name, created_at) VALUES (?, ?, 0)').run(id, id);
  return new WebhookStore(storage, { siteId: id, instance: 0 }, () => now).register(url);
};
/** What the review store does in every transaction that changes something. */
const somethingHappens = (siteId: string) => {
  storage.db.prepare("INSERT INTO changes (site_id, type, at) VALUES (?, 'suggestion.created', ?)").run(siteId, now);
};
const waiting = () => storage.db.prepare('SELECT count(*) AS n FROM webhook_outbox').pluck().get();
const breakerOf = (siteId: string) =>
  storage.db
    .prepare(
      `SELECT coalesce(failures, 0) AS failures, coalesce(due_at, retry_at) - ? AS pause
       FROM webhooks LEFT JOIN webhook_outbox USING (site_id, instance) WHERE site_id = ?`,
    )
    .get(now, siteId);

test('a change is announced, signed, and without data; of the answer only the status is read', async () => {
  const receiver = await aReceiver();
  // A page without an end.
  receiver.answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).write('<h1>One moment</h1>');
  const { secret } = aSite('site_a', `${receiver.origin}/hook`);
  const delivery = aDelivery();
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the message to be delivered', () => waiting() === 0);
  const [message] = receiver.received;
  expect(receiver.received).toHaveLength(1);
  expect(message).toMatchObject({ method: 'POST', url: '/hook' });
  const body: any = new Webhook(secret).verify(message!.body, message!.headers);
  expect(body).toEqual({ type: 'changes.available', timestamp: new Date(now).toISOString(), data: {} });
});

test('the message is in the outbox exactly when the change is committed', () => {
  aSite('site_a', 'https://example.com/hook');
  expect(() =>
    storage.transaction(() => {
      somethingHappens('site_a');
      expect(waiting()).toBe(1);
      throw new Error('rolled back');
    }),
  ).toThrow('rolled back');
  expect(waiting()).toBe(0);
});

test('a site without a webhook has no outbox', () => {
  storage.db.prepare("INSERT INTO sites (id, name, created_at) VALUES ('site_b', 'b', 0)").run();
  somethingHappens('site_b');
  expect(waiting()).toBe(0);
});

test('many changes are one message', async () => {
  const receiver = await aReceiver();
  aSite('site_a', receiver.origin);
  const delivery = aDelivery();
  for (let n = 0; n < 500; n += 1) somethingHappens('site_a');
  delivery.wake();
  await waitFor('the message to be delivered', () => waiting() === 0);
  expect(receiver.received).toHaveLength(1);
});

test('news that comes while a message is under way is sent as another message', async () => {
  const receiver = await aReceiver();
  aSite('site_a', receiver.origin);
  const delivery = aDelivery();
  receiver.answer = (response) => {
    if (receiver.received.length === 1) somethingHappens('site_a');
    response.writeHead(200).end();
  };
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the first message', () => breakerOf('site_a') !== undefined && receiver.received.length === 1);
  await waitFor('the breaker to be set', () => (breakerOf('site_a') as { pause: number }).pause > 0);
  expect(waiting()).toBe(1);
  now += 2000;
  delivery.wake();
  await waitFor('the second message', () => waiting() === 0);
  const ids = receiver.received.map((message) => message.headers['webhook-id']);
  expect(new Set(ids).size).toBe(2);
});

const answers =
  (status: number, headers: Record<string, string> = {}) =>
  (receiver: Receiver) =>
    (receiver.answer = (response) => response.writeHead(status, headers).end('<h1>One moment please</h1>'));

describe.each([
  ['500', answers(500)],
  ['404', answers(404)],
  ['the page of a firewall', answers(403, { 'content-type': 'text/html' })],
  ['a redirect', answers(301, { location: '/elsewhere' })],
  ['a connection that breaks off', (receiver: Receiver) => (receiver.answer = (response) => response.destroy())],
  ['no answer in time', (receiver: Receiver) => (receiver.answer = () => undefined)],
])('a receiver that answers with %s', (_name, misbehave) => {
  test('keeps the message, waits longer each time, and gets the same message when it recovers', async () => {
    const receiver = await aReceiver();
    aSite('site_a', receiver.origin);
    misbehave(receiver);
    const delivery = aDelivery({ timeoutMs: 300 });
    somethingHappens('site_a');
    for (const [failures, pause] of [
      [1, 10_000],
      [2, 20_000],
      [3, 40_000],
    ] as const) {
      delivery.wake();
      await waitFor(
        'the failure to be noted',
        () => (breakerOf('site_a') as { failures: number }).failures === failures,
      );
      expect(breakerOf('site_a')).toMatchObject({ failures, pause });
      delivery.wake(); // Too early: nothing is sent.
      now += pause;
    }
    expect(receiver.received).toHaveLength(3);
    receiver.answer = (response) => response.writeHead(200).end();
    delivery.wake();
    await waitFor('the message to be delivered', () => waiting() === 0);
    expect(breakerOf('site_a')).toMatchObject({ failures: 0 });
    expect(new Set(receiver.received.map((message) => message.headers['webhook-id'])).size).toBe(1);
    expect(receiver.received.map((message) => message.url)).toEqual(['/', '/', '/', '/']);
  });
});

test('a receiver that refuses connections is one more failure', async () => {
  const origin = `http://127.0.0.1:${String(await freePort())}`;
  aSite('site_a', origin);
  const delivery = aDelivery({ registeredOrigins: [origin] });
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the failure to be noted', () => (breakerOf('site_a') as { failures: number }).failures === 1);
  expect(waiting()).toBe(1);
});

test('news that nobody took for three days is dropped, and the next news is tried again', async () => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(503).end();
  aSite('site_a', receiver.origin);
  const delivery = aDelivery();
  somethingHappens('site_a');
  now += 73 * HOUR;
  delivery.wake();
  await waitFor('the message to be dropped', () => waiting() === 0);
  somethingHappens('site_a');
  now += 2 * HOUR;
  receiver.answer = (response) => response.writeHead(200).end();
  delivery.wake();
  await waitFor('the later message', () => waiting() === 0);
  expect(receiver.received).toHaveLength(2);
});

test('410 stops everything until the site registers again', async () => {
  const receiver = await aReceiver();
  receiver.answer = (response) => response.writeHead(410).end();
  aSite('site_a', receiver.origin);
  const delivery = aDelivery();
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the receiver to be given up', () => waiting() === 0);
  somethingHappens('site_a');
  expect(waiting()).toBe(0);
  new WebhookStore(storage, { siteId: 'site_a', instance: 0 }, () => now).register(receiver.origin);
  somethingHappens('site_a');
  expect(waiting()).toBe(1);
});

test('one broken receiver delays no other site', async () => {
  const [broken, good] = [await aReceiver(), await aReceiver()];
  broken.answer = () => undefined;
  aSite('site_a', broken.origin);
  aSite('site_b', good.origin);
  const delivery = aDelivery({ timeoutMs: 5000 });
  for (let n = 0; n < 3; n += 1) {
    somethingHappens('site_a');
    somethingHappens('site_b');
    delivery.wake();
    await waitFor('the good site to hear of it', () => good.received.length === n + 1 && waiting() === 1);
    now += 2000;
  }
  expect(broken.received).toHaveLength(1);
});

test('a private address that the owner took off the list is not called any more', async () => {
  const receiver = await aReceiver();
  aSite('site_a', receiver.origin);
  const delivery = aDelivery({ registeredOrigins: [] });
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the failure to be noted', () => (breakerOf('site_a') as { failures: number }).failures === 1);
  expect(receiver.received).toEqual([]);
});

test('a public name that leads to a private address is not called', async () => {
  const receiver = await aReceiver();
  const port = new URL(receiver.origin).port;
  aSite('site_a', `http://public.example.com:${port}/`);
  const transport = httpTransport({}, () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]));
  const delivery = aDelivery({ transport });
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the failure to be noted', () => (breakerOf('site_a') as { failures: number }).failures === 1);
  expect(receiver.received).toEqual([]);
});

test('a new secret and the old one both sign for a day', async () => {
  const receiver = await aReceiver();
  const old = aSite('site_a', receiver.origin);
  const fresh = new WebhookStore(storage, { siteId: 'site_a', instance: 0 }, () => now).register(receiver.origin);
  const delivery = aDelivery();
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the first message', () => waiting() === 0);
  const [first] = receiver.received;
  for (const { secret } of [old, fresh]) new Webhook(secret).verify(first!.body, first!.headers);
  now += 25 * HOUR;
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the second message', () => waiting() === 0);
  expect(receiver.received[1]!.headers['webhook-signature']!.split(' ')).toHaveLength(1);
});

test('removing a webhook removes what waits for it', () => {
  aSite('site_a', 'https://example.com/hook');
  somethingHappens('site_a');
  const store = new WebhookStore(storage, { siteId: 'site_a', instance: 0 }, () => now);
  expect([store.remove(), store.remove(), waiting()]).toEqual([true, false, 0]);
});

test('stopping ends a call that is under way and keeps its message', async () => {
  const receiver = await aReceiver();
  receiver.answer = () => undefined;
  aSite('site_a', receiver.origin);
  const delivery = aDelivery({ timeoutMs: 60_000 });
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the call to be under way', () => receiver.received.length === 1);
  await delivery.stop();
  expect(waiting()).toBe(1);
  expect(breakerOf('site_a')).toMatchObject({ failures: 0 });
});
