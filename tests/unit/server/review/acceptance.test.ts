import { authorOf, editOf, countedDecision } from '../../../../server/review/acceptance';
import { AcceptanceStore } from '../../../../server/review/acceptance-store';
import type { DecisionRequest } from '../../../../server/contract/decision';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';

const by = { id: '1', name: 'Ada' };
const decision = (more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  action: 'approve',
  by,
  version: 1,
  displayed: true,
  ...more,
});
const suggestion = { fields: { alt_text: 'A dog on a beach' } } as Parameters<typeof countedDecision>[0];
const judged = (more: Partial<DecisionRequest>) => countedDecision(suggestion, decision(more));

test.each<[string, Partial<DecisionRequest>, object | null]>([
  ['approved as it is', {}, { outcome: 'untouched' }],
  ['with another full stop and capital', { values: { alt_text: 'a dog on a beach.' } }, { outcome: 'untouched' }],
  ['with another word', { values: { alt_text: 'A cat on a beach' } }, { outcome: 'edited', edit: 0.188 }],
  ['written anew', { values: { alt_text: 'zzzz' } }, { outcome: 'edited', edit: 1 }],
  [
    'rejected for a reason of the screen',
    { action: 'reject', reason: 'wrong: it is a cat' },
    { outcome: 'rejected', reason: 'wrong' },
  ],
  ['rejected for another reason', { action: 'reject', reason: 'no' }, { outcome: 'rejected', reason: 'other' }],
  ['rejected without a reason', { action: 'reject' }, { outcome: 'rejected', reason: 'none' }],
  ['decorative', { action: 'decorative' }, { outcome: 'decorative' }],
  ['emptied', { values: { alt_text: '' } }, { outcome: 'decorative' }],
  ['with the time it took', { open_ms: 1200 }, { outcome: 'untouched', open_ms: 1200 }],
  ['not displayed', { displayed: false }, null],
  ['perhaps displayed', { displayed: undefined }, null],
  ['one of many', { mode: 'bulk' }, null],
  ['by a rule', { mode: 'rule' }, null],
  ['opened again', { action: 'reopen' }, null],
])('a text %s', (_what, more, expected) => {
  expect(judged(more)).toEqual(expected);
});

test('an edit is the part of the characters that was changed, and a long text is compared in a moment', () => {
  expect(editOf('', '')).toBe(0);
  expect(editOf('kitten', 'sitting')).toBe(0.429);
  expect(editOf('Ein Hund', 'Ein Hund.')).toBe(0.111);
  expect(editOf('a'.repeat(10_000), 'b'.repeat(10_000))).toBe(1);
});

test('a translation is its translator’s text', () => {
  const model = { id: 'blip-base', precision: 'int8', demonstration: false, calibrated: false, fingerprint: 'f1' };
  const translator = { id: 'opus-mt-en-de', precision: 'int8', version: 'v1' };
  expect(authorOf({ model, translator, kind: 'image' })).toMatchObject({ task: 'translation', fingerprint: 'v1' });
  expect(authorOf({ model, translator: null, kind: 'video' })).toMatchObject({ task: 'video', model: 'blip-base' });
});

describe('sums', () => {
  const storage = freshDatabase();
  const site = siteOf(storage);
  const acceptances = new AcceptanceStore(storage, 1000);
  afterAll(() => storage.close());
  const decide = (more: Partial<DecisionRequest> = {}) => {
    const { id } = site.suggest({ altText: 'A dog on a beach' });
    return site.suggestions.decide(id, decision(more));
  };

  test('are of the decisions that say something, and follow when one is taken back or made again', () => {
    decide({ open_ms: 2000 });
    const edited = decide({ values: { alt_text: 'A cat on a beach' }, open_ms: 4000 });
    const rejected = decide({ action: 'reject', reason: 'vague' });
    decide({ mode: 'bulk' });
    decide({ displayed: undefined });
    const item = () => acceptances.list(site.id)[0];
    expect(item()).toMatchObject({
      site_id: site.id,
      task: 'caption',
      ...{ untouched: 1, edited: 1, rejected: 1, decorative: 0 },
      mean_edit: 0.188,
      reasons: { vague: 1 },
      seconds_to_decide: 3,
      trend: { state: 'too_few', before: { good: 1, decisions: 3 }, since: null },
    });
    for (const { id, version } of [edited, rejected])
      site.suggestions.decide(id, decision({ action: 'reopen', version }));
    expect(item()).toMatchObject({ untouched: 1, edited: 0, rejected: 0, mean_edit: null, reasons: { vague: 0 } });
    expect(item()).toMatchObject({ seconds_to_decide: 2, trend: { before: { good: 1, decisions: 1 } } });
    site.suggestions.decide(rejected.id, decision({ version: rejected.version + 1 }));
    expect(item()).toMatchObject({ untouched: 2, trend: { before: { good: 2, decisions: 2 } } });
  });

  test('are taken back with a text that the CMS takes back', () => {
    const { id } = decide();
    const before = acceptances.list(site.id)[0]?.untouched ?? 0;
    site.suggestions.writeBack(id, { outcome: 'applied', before: {}, after: {} });
    expect(acceptances.list(site.id)[0]).toMatchObject({ untouched: before });
    site.suggestions.writeBack(id, { outcome: 'undone', before: {}, after: {} });
    expect(acceptances.list(site.id)[0]).toMatchObject({ untouched: before - 1 });
  });

  test('a drop is told, also for another version of the model, and old sums end', () => {
    const put = storage.db.prepare(
      `INSERT INTO acceptances (site_id, task, model, fingerprint, recent, first_at, last_at) VALUES (?, 'caption', 'm', ?, ?, ?, ?)`,
    );
    put.run(site.id, 'v1', '+'.repeat(190) + '-'.repeat(10), 1, 2);
    put.run(site.id, 'v2', '-'.repeat(10), 2, 3);
    const trends = acceptances.list(null).filter(({ model }) => model.id === 'm');
    expect(trends.map(({ model, trend }) => [model.fingerprint, trend.state])).toEqual([
      ['v2', 'dropped'],
      ['v1', 'steady'],
    ]);
    expect(trends[0]?.trend).toMatchObject({
      before: { good: 190, decisions: 200 },
      since: { good: 0, decisions: 10 },
    });
    // Nor is a drop of the one before held against a new version.
    put.run(site.id, 'v3', '+', 3, 4);
    expect(acceptances.list(site.id).find(({ model }) => model.fingerprint === 'v3')?.trend.state).not.toBe('dropped');
    acceptances.forgetOld(Date.now());
    expect(acceptances.list(null).map(({ model }) => model.id)).not.toContain('m');
  });
});
