import path from 'node:path';
import { InstanceStore } from '../../../../server/sites/instance-store';
import { SiteStore } from '../../../../server/sites/site-store';
import { openDatabase } from '../../../../server/storage/database';
import { MOST_TURN_MS } from '../../../support/held-loop';
import { LoopMeter } from '../../../support/loop-meter';
import { QUICK_SERVE, SidecarProcess } from '../../../support/sidecar-process';
import { siteStores } from '../../../support/suggestion-rows';

const ROWS = 500;
const LONGEST = 'a dog '.repeat(1666);
const TEXTS = { alt_text: LONGEST, title: LONGEST, caption: LONGEST, description: LONGEST };

const meter = new LoopMeter();
let sidecar: SidecarProcess;
const ids: string[] = [];

/** A site whose texts are all as long as the contract allows. */
beforeAll(async () => {
  const env = { ...meter.env, ALTSMITH_LOG_LEVEL: 'silent', ALTSMITH_WORKERS: '0', ALTSMITH_SITE_RATE: '10000' };
  const preload = LoopMeter.preload(path.resolve(__dirname, '../../../..'));
  sidecar = await SidecarProcess.start(env, [...preload, ...QUICK_SERVE]);
  await sidecar.stop();
  const storage = openDatabase(path.join(sidecar.dataDir, 'altsmith.db'));
  const siteId = new SiteStore(storage).list()[0]!.id;
  const instance = new InstanceStore(storage, siteId).numberOf({ id: null, address: null });
  const site = siteStores(storage, siteId);
  storage.transaction(() => {
    for (let row = 0; row < ROWS; row += 1) {
      ids.push(site.suggest({ altText: LONGEST, current: TEXTS, instance }).id);
    }
  });
  storage.close();
  await sidecar.start();
}, 120_000);

afterAll(async () => {
  await sidecar.remove();
  meter.remove();
});

/** What a request is answered, and the longest turn of the event loop meanwhile. */
async function watched(method: string, target: string, body?: unknown): Promise<{ body: any; ms: number }> {
  await meter.begin(sidecar.pid);
  const answer = await sidecar.call(method, target, body);
  expect(answer.status).toBe(200);
  return { body: answer.body, ms: meter.longestMs };
}

/** All pages of a list. */
async function walk(target: string): Promise<{ items: any[]; longest: number; pages: number }> {
  const items: any[] = [];
  let [longest, pages, after] = [0, 0, ''];
  for (;;) {
    const { body, ms } = await watched('GET', `${target}${after}`);
    items.push(...body.items);
    longest = Math.max(longest, ms);
    pages += 1;
    if (body.next === null || body.more === false) return { items, longest, pages };
    after = `&after=${body.next}`;
  }
}

test.each(['/v1/suggestions?limit=200&total=1', '/v1/changes?limit=500', '/v1/jobs?limit=200'])(
  'GET %s of the longest texts holds nobody up and leaves nothing out',
  async (target) => {
    // The first request compiles.
    await sidecar.call('GET', target);
    const { items, longest } = await walk(target);
    expect(new Set(items.map((item) => item.cursor ?? item.id)).size).toBe(items.length);
    expect(new Set(items.map((item) => item.suggestion?.id ?? item.id)).size).toBeGreaterThanOrEqual(ROWS);
    expect(longest).toBeLessThan(MOST_TURN_MS);
  },
);

test('500 decisions with the longest texts hold nobody up, and each has its answer', async () => {
  const by = { id: '1', name: 'An Editor' };
  const decisions = ids.map((id) => ({ suggestion_id: id, action: 'reject', reason: 'wrong', by, version: 1 }));
  const { body, ms } = await watched('POST', '/v1/decisions', { decisions });
  expect(body.items.map((item: { suggestion_id: string }) => item.suggestion_id)).toEqual(ids);
  expect(body.items.every((item: { suggestion?: { state: string } }) => item.suggestion?.state === 'rejected')).toBe(
    true,
  );
  expect(ms).toBeLessThan(MOST_TURN_MS);
});
