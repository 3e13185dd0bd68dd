import Bull, { type Queue } from 'bull';
import pino from 'pino';
import { setTimeout as pause } from 'node:timers/promises';
import { RedisLink } from '../../../../server/queue/redis-link';
import { BullSource } from '../../../../server/remote-worker/bull-source';
import { RedisServer } from '../../../support/redis-server';
import { waitFor } from '../../../support/wait-for';

const LEASE_SECONDS = 600;
const PLACE = { name: 'caption', prefix: 'altsmith' };

let redis: RedisServer;
let link: RedisLink;
let sidecar: Queue;
beforeEach(async () => {
  redis = await RedisServer.start();
  link = new RedisLink({ url: redis.url, prefix: PLACE.prefix, ca: null }, pino({ level: 'silent' }));
  await link.start();
  sidecar = new Bull(PLACE.name, redis.url, { prefix: PLACE.prefix });
});
afterEach(async () => {
  await sidecar.close(true);
  link.close();
  await redis.remove();
});

const sourceOf = (work: (id: string) => Promise<void>) =>
  new BullSource({ link, work, slots: 1, logger: pino({ level: 'silent' }) });
const follow = (source: BullSource) => source.follow({ queue: PLACE, lease_seconds: LEASE_SECONDS });
const add = (id: string) => sidecar.add({}, { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true });
const isLocked = async (id: string) => (await sidecar.client.exists(`${sidecar.toKey(id)}:lock`)) === 1;
const listed = async () => ({
  wait: await sidecar.client.lrange(sidecar.toKey('wait'), 0, -1),
  active: await sidecar.client.lrange(sidecar.toKey('active'), 0, -1),
});

test('a pause while the end of a job is on its way locks no further job', async () => {
  const done: string[] = [];
  const source = sourceOf(async (id) => {
    done.push(id);
    // Redis lets the command that ends the job wait until long after the pause.
    await redis.command('CLIENT PAUSE 3000 WRITE');
    setTimeout(() => source.pause(), 300);
  });
  await add('one');
  await add('two');
  await follow(source);
  await waitFor('the first to end', async () => (await sidecar.getJob('one')) === null);
  await pause(200);
  expect(done).toEqual(['one']);
  expect({ locked: await isLocked('two'), ...(await listed()) }).toEqual({ locked: false, wait: ['two'], active: [] });
  await source.close();
}, 60_000);

test('a job that ends after its queue was left does not stay locked', async () => {
  let end: () => void = () => undefined;
  const source = sourceOf(() => new Promise((resolve) => (end = resolve)));
  await add('one');
  await follow(source);
  await waitFor('it to begin', () => isLocked('one'));
  await source.follow({ queue: null, lease_seconds: LEASE_SECONDS });
  expect(await isLocked('one')).toBe(true);
  end();
  await waitFor('it to leave', async () => !(await isLocked('one')));
  expect(await listed()).toEqual({ wait: [], active: [] });
  expect(await sidecar.getJob('one')).toBeNull();
  await source.close();
}, 60_000);
