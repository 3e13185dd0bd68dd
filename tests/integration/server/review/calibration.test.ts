import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decisionsHere } from '../../../../server/cli/evaluate/decisions';
import { readConfig } from '../../../../server/config';
import { openDatabase } from '../../../../server/storage/database';
import { CalibrationStore, recalibrateWaiting } from '../../../../server/review/calibration-store';
import { readJudgements } from '../../../../server/review/judgements';
import { seededRandom } from '../../../../models/evaluation/seeded-random';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';
import { makeUsedDatabase } from '../../../support/used-database';

const by = { id: '1', name: 'Ada' };

interface Circumstances {
  readonly mode?: 'one' | 'bulk' | 'rule';
  readonly displayed?: boolean;
}

/** A site with `count` decisions about texts of which the good share is the square of the confidence. */
function decidedSite(count: number) {
  const storage = freshDatabase();
  const site = siteOf(storage);
  const random = seededRandom(3);
  const decideMore = (more: number, { mode = 'one', displayed = true }: Circumstances = {}) => {
    for (let index = 0; index < more; index++) {
      const confidence = random();
      const { id, version } = site.suggest({ altText: 'a text', confidence });
      const action = random() < confidence ** 2 ? 'approve' : 'reject';
      site.suggestions.decide(id, { action, by, version, mode, displayed });
    }
  };
  decideMore(count);
  return { storage, site, decideMore, store: new CalibrationStore(storage, site.id) };
}

test('from 200 decisions on a site has its own confidence, for new suggestions and for those that wait', () => {
  const { storage, site, store, decideMore } = decidedSite(199);
  expect([store.refit(), store.list()]).toEqual([false, []]);
  const waiting = site.suggest({ altText: 'waits', confidence: 0.5 });
  expect([waiting.confidence, waiting.model.calibrated_on]).toEqual([0.5, undefined]);
  decideMore(21);
  expect([store.refit(), store.refit()]).toEqual([true, false]);
  expect(store.list()).toMatchObject([{ model: { id: 'mini', fingerprint: null }, decisions: 220 }]);

  expect(store.of({ id: 'mini' })).not.toBeNull();
  // Other weights under the same name are another model, and other people another site.
  expect(store.of({ id: 'mini', fingerprint: 'abc' })).toBeNull();
  expect(new CalibrationStore(storage, 'another').of({ id: 'mini' })).toBeNull();

  const fresh = site.suggest({ altText: 'fresh', confidence: 0.5 });
  expect(Math.abs(fresh.confidence - 0.25)).toBeLessThan(0.15);
  expect(fresh.model).toMatchObject({ calibrated: true, calibrated_on: 'site' });

  const told: string[] = [];
  const changes = { append: (_site: string, entry: any) => told.push(`${entry.type} ${entry.suggestionId}`) };
  for (let after: number | null = 0; after !== null;)
    after = recalibrateWaiting(storage, site.id, { changes: changes, after });
  expect(told).toEqual([`suggestion.recalibrated ${waiting.id}`]);
  const now = site.suggestions.get(waiting.id)!;
  expect([now.confidence, now.version, now.model.calibrated_on]).toEqual([fresh.confidence, waiting.version, 'site']);
});

test('decisions are read only once so many have come that a calibration can be due', () => {
  const { storage, store, decideMore } = decidedSite(150);
  const prepare = jest.spyOn(storage, 'prepare');
  const reads = () => {
    prepare.mockClear();
    const isNew = store.refit();
    return [isNew, prepare.mock.calls.filter(([sql]) => sql.includes('own_confidence')).length];
  };
  expect([reads(), reads()]).toEqual([
    [false, 1],
    [false, 0],
  ]);
  decideMore(40);
  expect(reads()).toEqual([false, 0]);
  decideMore(20);
  expect(reads()).toEqual([true, 1]);
  decideMore(90);
  expect(reads()).toEqual([false, 0]);
  decideMore(20);
  expect(reads()).toEqual([true, 1]);
});

test('a new confidence is found where the list is narrowed by it', () => {
  const { storage, site, store } = decidedSite(200);
  const { id } = site.suggest({ altText: 'waits', confidence: 0.9 });
  const terms = () =>
    storage.db.prepare(
      'SELECT suggestion_index.rowid FROM suggestion_index JOIN suggestions ON seq = suggestion_index.rowid WHERE suggestion_index MATCH ? AND id = ?',
    );
  const scope = Number(storage.db.prepare('SELECT number FROM list_scopes').pluck().get());
  const found = (digits: string) => terms().all(`"${scope.toString(16).padStart(5, '0')}~c${digits}"`, id).length;
  expect([found('0900'), found('09')]).toEqual([1, 1]);
  store.refit();
  recalibrateWaiting(storage, site.id, { changes: { append: () => undefined }, after: 150 });
  const digits = String(Math.round(site.suggestions.get(id)!.confidence * 1000)).padStart(4, '0');
  expect([found('0900'), found(digits), found(digits.slice(0, 2))]).toEqual([0, 1, 1]);
  storage.db.prepare('DELETE FROM suggestions WHERE id = ?').run(id);
  expect(() =>
    storage.db.exec("INSERT INTO suggestion_index (suggestion_index) VALUES ('integrity-check')"),
  ).not.toThrow();
});

test('decisions in bulk, by a rule, or without the picture on the screen change nothing', () => {
  const { storage, site, store, decideMore } = decidedSite(0);
  decideMore(70, { mode: 'bulk', displayed: true });
  decideMore(70, { mode: 'rule', displayed: true });
  decideMore(70, { mode: 'one', displayed: false });
  expect([readJudgements(storage, site.id), store.refit(), store.list()]).toEqual([[], false, []]);
});

test('decisions of which nobody said whether the picture was seen change nothing', () => {
  const { storage, site } = decidedSite(0);
  const { id, version } = site.suggest({ altText: 'a text' });
  site.suggestions.decide(id, { action: 'approve', by, version });
  expect(readJudgements(storage, site.id)).toEqual([]);
});

test('a text is good where it was approved as it was; a full stop is no change, "decorative" says nothing, and a decision that was taken back neither', () => {
  const { storage, site } = decidedSite(0);
  const judge = (decision: object, then?: (id: string) => void) => {
    const { id, version } = site.suggest({ altText: 'A cat on a mat' });
    site.suggestions.decide(id, { by, version, displayed: true, ...decision } as any);
    then?.(id);
    const [judged] = readJudgements(storage, site.id);
    storage.db.prepare('DELETE FROM suggestions WHERE id = ?').run(id);
    return judged?.isGood ?? null;
  };
  expect(judge({ action: 'approve' })).toBe(true);
  expect(judge({ action: 'approve', values: { alt_text: 'a cat on a mat.' } })).toBe(true);
  expect(judge({ action: 'approve', values: { alt_text: 'A dog on a mat' } })).toBe(false);
  expect(judge({ action: 'reject' })).toBe(false);
  expect(judge({ action: 'decorative' })).toBeNull();
  const reopen = (id: string) =>
    void site.suggestions.decide(id, { action: 'reopen', by, version: site.suggestions.get(id)!.version });
  expect(judge({ action: 'approve' }, reopen)).toBeNull();
});

test('a promise about bad texts lets through only what keeps it', () => {
  const storage = freshDatabase();
  const site = siteOf(storage);
  const random = seededRandom(5);
  const model = { id: 'own', precision: 'int8', demonstration: false, calibrated: false };
  const suggest = (confidence: number) => site.suggest({ altText: 'a text', confidence, model });
  for (let index = 0; index < 300; index++) {
    const confidence = random();
    const { id, version } = suggest(confidence);
    const isGood = random() < Math.min(1, 0.6 + 0.8 * confidence);
    site.suggestions.decide(id, { action: isGood ? 'approve' : 'reject', by, version, displayed: true });
  }
  const wish = { from: null, most_bad: 0.05 };
  expect(site.suggestions.autoApprove(suggest(0.99), wish).state).toBe('pending');
  const store = new CalibrationStore(storage, site.id);
  store.refit();
  const rule = store.list()[0]!.rules.find(({ most_bad }) => most_bad === 0.05)!;
  expect(rule.upper).toBeLessThanOrEqual(0.05);
  expect(rule.from).toBeGreaterThan(0.6);
  expect(site.suggestions.autoApprove(suggest(0.99), wish)).toMatchObject({
    state: 'approved',
    decided_by: { id: 'auto' },
  });
  expect(site.suggestions.autoApprove(suggest(0.2), wish).state).toBe('pending');
  expect(site.suggestions.autoApprove(suggest(0.99), { from: null, most_bad: null }).state).toBe('pending');
  expect(site.suggestions.autoApprove(suggest(0.99), { from: 0.1, most_bad: 0.01 }).state).toBe('pending');
});

test('an evaluation reads what was decided about its models, and of the site that is named', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-decided-'));
  const config = readConfig({ ALTSMITH_DATA_DIR: path.join(folder, 'data') });
  const mini = { model: 'mini', fingerprint: null };
  const complain = jest.fn();
  try {
    expect((await decisionsHere(config, null, complain))(mini)).toBeNull();
    makeUsedDatabase(config.dataDir, { withoutLast: true });
    expect((await decisionsHere(config, null, complain))(mini)).toBeNull();
    await expect(decisionsHere(config, 'blog', complain)).rejects.toMatchObject({ code: 'DATABASE_OLDER' });
    expect(complain).toHaveBeenCalledTimes(1);
    rmSync(config.dataDir, { recursive: true });
    makeUsedDatabase(config.dataDir);
    const storage = openDatabase(path.join(config.dataDir, 'altsmith.db'));
    const [blog] = [siteOf(storage, 'blog'), siteOf(storage, 'shop')];
    for (const confidence of [0.1, 0.9, 0.92]) {
      const { id, version } = blog.suggest({ altText: 'a text', confidence });
      blog.suggestions.decide(id, { action: confidence < 0.5 ? 'reject' : 'approve', by, version, displayed: true });
    }
    storage.close();
    const found = (await decisionsHere(config, 'blog', complain))(mini)!;
    expect(found.bins.map(({ good, count }) => [good, count])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect([found.count, found.rule]).toEqual([3, null]);
    expect((await decisionsHere(config, 'shop', complain))(mini)).toBeNull();
    await expect(decisionsHere(config, 'nowhere', complain)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
