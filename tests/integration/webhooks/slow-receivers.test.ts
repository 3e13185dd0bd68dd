import { createLogger } from '../../../server/logger';
import type { Storage } from '../../../server/storage/database';
import { NO_TRACING } from '../../../server/tracing/tracing';
import { WebhookDelivery, type DeliveryParts } from '../../../server/webhooks/delivery';
import { newsCall } from '../../../server/webhooks/news-call';
import { OutboxStore } from '../../../server/webhooks/outbox-store';
import { httpTransport } from '../../../server/webhooks/transport';
import { WebhookStore } from '../../../server/webhooks/webhook-store';
import { Receiver } from '../../support/receiver';
import { freshDatabase } from '../../support/suggestion-rows';
import { waitFor } from '../../support/wait-for';

let storage: Storage;
let receiver: Receiver;
let delivery: WebhookDelivery;
let now = Date.now();
beforeEach(async () => {
  storage = freshDatabase();
  receiver = await Receiver.start();
});
afterEach(async () => {
  await delivery.stop();
  await receiver.stop();
  storage.close();
});

const deliverBy = (transport: DeliveryParts['transport']) => {
  delivery = new WebhookDelivery({
    tracing: NO_TRACING,
    outbox: new OutboxStore(storage),
    transport,
    now: () => now,
    random: () => 0.5,
    callOf: {
      news: (message, sentAt) => newsCall(message, sentAt, [receiver.origin]),
      reply: () => {
        throw new Error('no prediction ends here');
      },
    },
    logger: createLogger('silent'),
    timeoutMs: 60_000,
  });
};
const register = (siteId: string, instance: number, url: string) => {
  storage.db.prepare('INSERT OR IGNORE INTO sites (id, name, created_at) VALUES (?, ?, 0)').run(siteId, siteId);
  new WebhookStore(storage, { siteId, instance }, () => now).register(url);
};
const somethingHappens = (siteId: string, instance = 0) =>
  storage.db
    .prepare("INSERT INTO changes (site_id, instance, type, at) VALUES (?, ?, 'suggestion.created', ?)")
    .run(siteId, instance, now);
const waiting = () => storage.db.prepare('SELECT count(*) FROM webhook_outbox').pluck().get();

test('a site with very many receivers that do not answer keeps neither other sites nor its own new ones waiting', async () => {
  for (let instance = 0; instance <= 50; instance += 1) {
    register('site_a', instance, `https://a.example/${instance}`);
    if (instance > 0) somethingHappens('site_a', instance);
  }
  storage.db.prepare('UPDATE webhook_outbox SET failures = 3').run();
  const called: string[] = [];
  const toReceiver = httpTransport({});
  deliverBy((request) => {
    called.push(request.url.href);
    if (request.url.hostname !== 'a.example') return toReceiver(request);
    return new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(new Error('no answer')));
    });
  });
  delivery.wake();
  now += 1;
  register('site_b', 0, `${receiver.origin}/hook`);
  somethingHappens('site_b');
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the message of the other site', () => receiver.received.length === 1);
  expect(called.sort()).toEqual(['https://a.example/0', 'https://a.example/1', `${receiver.origin}/hook`].sort());
});

test('a clock that was ahead and is set back delays no message', async () => {
  register('site_a', 0, `${receiver.origin}/hook`);
  deliverBy(httpTransport({}));
  const real = now;
  now += 30 * 86_400_000;
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the first message', () => waiting() === 0);
  now = real;
  somethingHappens('site_a');
  delivery.wake();
  await waitFor('the second message', () => waiting() === 0);
  expect(receiver.received).toHaveLength(2);
});
