import { rmSync } from 'node:fs';
import { openDatabase } from '../../server/storage/database';
import { migrate } from '../../server/storage/migrate';
import { readMigrations } from '../../server/storage/migration-files';
import { oldDataFolder } from './old-data-folder';
import { TestSidecar } from './test-sidecar';
import path from 'node:path';

/** The last migration that only adds columns. */
const LAST_THAT_ADDS = 9;
const PLUGIN = { 'altsmith-instance': 'the-updated-plugin', 'altsmith-site': 'example.com' };
const by = { id: '1', name: 'Ada' };

/** That a data folder of 0.1.0 with so many open rows belongs to the first instance that speaks. */
export function provesAdoption(rows: number): void {
  let sidecar: TestSidecar;
  let dataDir: string;
  beforeAll(async () => {
    ({ dataDir } = oldDataFolder(rows));
    sidecar = await TestSidecar.start({ dataDir });
  }, 600_000);
  afterAll(() => sidecar.remove());

  const call = (method: string, route: string, body?: unknown, headers: Readonly<Record<string, string>> = PLUGIN) =>
    sidecar.call(method, route, body, { headers });

  /** Every row of a list, a page after the other. */
  async function all(route: string, headers = PLUGIN): Promise<any[]> {
    const found: any[] = [];
    for (let after = ''; ;) {
      const { status, body } = await call('GET', `${route}&limit=200${after}`, undefined, headers);
      if (status !== 200) throw new Error(JSON.stringify(body));
      found.push(...body.items);
      if (body.next === null || body.more === false) return found;
      after = `&after=${encodeURIComponent(body.next)}`;
    }
  }

  test('until the plugin is updated it goes on without naming itself', async () => {
    const { body } = await call('GET', '/v1/suggestions/sug_1', undefined, {});
    expect(body.suggestion).toMatchObject({ id: 'sug_1', state: 'approved', instance: null });
  });

  test('every open row of 0.1.0 is shown, decided and applied by the first instance that speaks', async () => {
    const pending = await all('/v1/suggestions?state=pending');
    expect(pending).toHaveLength(rows / 2);
    expect(pending.every((one) => one.instance === PLUGIN['altsmith-instance'])).toBe(true);
    for (let at = 0; at < pending.length; at += 500) {
      const decisions = pending
        .slice(at, at + 500)
        .map(({ id, version }) => ({ suggestion_id: id, action: 'approve', by, version }));
      const { body } = await call('POST', '/v1/decisions', { decisions });
      expect(body.items.every((item: any) => item.suggestion.state === 'approved')).toBe(true);
    }
    const approved = await all('/v1/suggestions?state=approved');
    expect(approved).toHaveLength(rows);
    // The write-back goes one by one; a part of it stands for all.
    for (const { id } of approved.filter((_one, at) => at % 200 === 0)) {
      const report = { outcome: 'applied', before: {}, after: { alt_text: 'x' } };
      expect((await call('POST', `/v1/suggestions/${id}/write-back`, report)).body.suggestion.state).toBe('applied');
    }
  }, 600_000);

  test('the feed of before is the instance’s too, and goes on from the cursor that it had', async () => {
    const first = (await call('GET', '/v1/changes?limit=1')).body;
    expect(first.items[0].suggestion).toMatchObject({ id: 'sug_1', instance: PLUGIN['altsmith-instance'] });
    expect((await call('GET', `/v1/changes?limit=1&after=${first.next}`)).body.items[0].suggestion.id).toBe('sug_2');
  });

  test('whoever comes later begins with nothing, a client without a name too', async () => {
    for (const headers of [{ 'altsmith-instance': 'a-second-instance' }, {}]) {
      expect((await call('GET', '/v1/suggestions', undefined, headers)).body.items).toEqual([]);
      expect((await call('GET', '/v1/changes', undefined, headers)).body.items).toEqual([]);
    }
    expect((await call('DELETE', '/v1/webhook', undefined, {})).status).toBe(404);
    expect((await call('DELETE', '/v1/webhook')).status).toBe(204);
  });

  test('taking rows over rewrites none of them', () => {
    const old = oldDataFolder(rows);
    const storage = openDatabase(path.join(old.dataDir, 'altsmith.db'));
    const before = storage.db.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0;
    migrate(
      storage,
      readMigrations().filter(({ number }) => number <= LAST_THAT_ADDS),
    );
    const after = storage.db.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0;
    storage.close();
    rmSync(old.dataDir, { recursive: true });
    expect(after - before).toBeLessThan(100);
  }, 60_000);
}
