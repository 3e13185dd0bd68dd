import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLogger } from '../../../server/logger';
import { openDatabase, type Storage } from '../../../server/storage/database';
import { migrate } from '../../../server/storage/migrate';
import { NO_TRACING } from '../../../server/tracing/tracing';
import { WebhookDelivery, type DeliveryParts } from '../../../server/webhooks/delivery';
import { newsCall } from '../../../server/webhooks/news-call';
import { OutboxStore } from '../../../server/webhooks/outbox-store';
import { httpTransport } from '../../../server/webhooks/transport';
import { WebhookStore } from '../../../server/webhooks/webhook-store';
import { Receiver } from '../../support/receiver';
import { waitFor } from '../../support/wait-for';

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

test.each([
  ['takes it', 200],
  ['refuses it', 500],
  ['says that it is gone', 410],
])('news that is under way when the site moves is told to the new address, where the old one %s', async (_, status) => {
  const [old, moved] = [await aReceiver(), await aReceiver()];
  aSite('site_a', old.origin);
  const delivery = aDelivery();
  old.answer = (response) => {
    new WebhookStore(storage, { siteId: 'site_a', instance: 0 }, () => now).register(moved.origin);
    response.writeHead(status).end();
  };
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the message at the new address', () => {
    delivery.wake();
    return moved.received.length === 1;
  });
  await waitFor('it to be delivered', () => waiting() === 0);
  expect(old.received).toHaveLength(1);
});
