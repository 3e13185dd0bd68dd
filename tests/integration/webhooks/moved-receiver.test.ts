import { createLogger } from '../../../server/logger';
import type { Storage } from '../../../server/storage/database';
import { NO_TRACING } from '../../../server/tracing/tracing';
import { WebhookDelivery } from '../../../server/webhooks/delivery';
import { newsCall } from '../../../server/webhooks/news-call';
import { OutboxStore } from '../../../server/webhooks/outbox-store';
import { httpTransport } from '../../../server/webhooks/transport';
import { WebhookStore } from '../../../server/webhooks/webhook-store';
import { Receiver } from '../../support/receiver';
import { freshDatabase } from '../../support/suggestion-rows';
import { waitFor } from '../../support/wait-for';

const OWNER = { siteId: 'site_a', instance: 0 };

let storage: Storage;
let [old, moved]: Receiver[] = [];
let delivery: WebhookDelivery;

beforeEach(async () => {
  storage = freshDatabase();
  [old, moved] = [await Receiver.start(), await Receiver.start()];
  const origins = [old.origin, moved.origin];
  delivery = new WebhookDelivery({
    tracing: NO_TRACING,
    outbox: new OutboxStore(storage),
    transport: httpTransport({}),
    now: Date.now,
    random: () => 0.5,
    // No prediction ends here.
    callOf: { reply: jest.fn<never, []>(), news: (message, sentAt) => newsCall(message, sentAt, origins) },
    logger: createLogger('silent'),
  });
});
afterEach(async () => {
  await delivery.stop();
  await Promise.all([old?.stop(), moved?.stop()]);
  storage.close();
});

test.each([
  ['takes it', 200],
  ['refuses it', 500],
  ['says that it is gone', 410],
])('news that is under way when the site moves is told to the new address, where the old one %s', async (_, status) => {
  const register = (url: string) => new WebhookStore(storage, OWNER, Date.now).register(url);
  const waiting = () => storage.db.prepare('SELECT count(*) FROM webhook_outbox').pluck().get();
  storage.db.exec("INSERT INTO sites (id, name, created_at) VALUES ('site_a', 'site_a', 0)");
  register(old!.origin);
  old!.answer = (response) => {
    register(moved!.origin);
    response.writeHead(status).end();
  };
  storage.db.exec("INSERT INTO changes (site_id, type, at) VALUES ('site_a', 'suggestion.created', 1)");
  delivery.wake();
  await waitFor('the message at the new address', () => {
    delivery.wake();
    return moved!.received.length === 1;
  });
  await waitFor('it to be delivered', () => waiting() === 0);
  expect(old!.received).toHaveLength(1);
});
