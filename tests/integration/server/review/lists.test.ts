import { SUGGESTION_STATES, type Suggestion } from '../../../../server/contract/suggestion';
import { SUGGESTION_SORTS, SuggestionList, type SuggestionFilter } from '../../../../server/review/suggestion-list';
import type { Storage } from '../../../../server/storage/database';
import { seededRandom } from '../../../support/seeded-random';
import { freshDatabase, siteOf } from '../../../support/suggestion-rows';

const random = seededRandom(7);
const oneOf = <Item>(items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)] ?? items[0];
const BY = { id: '1', name: 'An Editor' };

let storage: Storage;
let site: ReturnType<typeof siteOf>;
let runIds: readonly [string, string];

/** 400 suggestions of two instances in every state, with texts of few words, so that every filter finds some. */
beforeAll(() => {
  storage = freshDatabase();
  siteOf(storage, 'another').suggest({ altText: 'A dog of another site', confidence: 1 });
  site = siteOf(storage);
  const run = () => site.runs.create({ name: 'run', include_decided: false }, 0).id;
  runIds = [run(), run()];
  storage.transaction(() => {
    for (let number = 0; number < 400; number += 1) addOne(number);
  });
});

function addOne(number: number): void {
  const { id, version } = site.suggest({
    altText: `${oneOf(['A dog', 'Two dogs', 'A doorway'])} ${oneOf(['and a cat', 'on a café terrace', 'alone'])}`,
    confidence: oneOf([0, 0.1, 0.333, 0.334, 0.5, 0.999, 1]),
    flags: random() < 0.3 ? ['low_confidence', ...(random() < 0.3 ? ['tiny' as const] : [])] : [],
    runId: oneOf([null, ...runIds]),
    instance: number % 3 === 0 ? 1 : 0,
  });
  const action = oneOf(['approve', 'approve', 'reject', 'decorative', 'leave', 'leave'] as const);
  if (action === 'leave') return;
  const values = action === 'approve' && random() < 0.3 ? { values: { alt_text: `A wolf ${number}` } } : {};
  site.suggestions.decide(id, { action, version, by: BY, ...values });
  if (action === 'approve' && random() < 0.5) {
    site.suggestions.writeBack(id, { outcome: oneOf(['applied', 'conflict', 'gone']), before: {}, after: {} });
  }
}

const numberOf = (sequence: string) =>
  Number(storage.db.prepare('SELECT seq FROM suggestions WHERE id = ?').pluck().get(sequence));

/** Every suggestion of an instance that fulfils a filter, by reading all of them. */
function expected(instance: number | null, filter: Omit<SuggestionFilter, 'limit'>): string[] {
  const rows = storage.db
    .prepare<[string, number | null, number | null], { id: string }>(
      'SELECT id FROM suggestions WHERE site_id = ? AND (? IS NULL OR instance = ?) ORDER BY seq',
    )
    .all(site.id, instance, instance)
    .flatMap(({ id }) => site.suggestions.get(id) ?? [])
    .filter((one) => fits(one, filter));
  if (filter.sort === 'newest') rows.reverse();
  const sign = filter.sort === 'confidence' ? 1 : -1;
  if (filter.sort.endsWith('confidence')) {
    rows.sort((one, other) => sign * (one.confidence - other.confidence || numberOf(one.id) - numberOf(other.id)));
  }
  return rows.map(({ id }) => id);
}

function fits(one: Suggestion, { state, flag, runId, minConfidence = 0, q }: Omit<SuggestionFilter, 'limit'>): boolean {
  const texts = `${one.fields.alt_text} ${one.values?.alt_text ?? ''} ${one.subject.id}`
    .toLowerCase()
    .replaceAll('é', 'e');
  const words = texts.split(/\W+/);
  return (
    (state === undefined || one.state === state) &&
    (flag === undefined || one.flags.some(({ code }) => code === flag)) &&
    (runId === undefined || one.run_id === runId) &&
    one.confidence >= minConfidence &&
    (q === undefined || q.split(' ').every((part) => words.some((word) => word.startsWith(part))))
  );
}

function everyPage(list: SuggestionList, filter: Omit<SuggestionFilter, 'limit'>): string[] {
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const page = list.page({ ...filter, after, limit: 30 });
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === null) return ids;
    after = page.next;
  }
}

const FILTERS = [undefined, ...SUGGESTION_STATES].flatMap((state) =>
  [undefined, 'low_confidence' as const, 'tiny' as const].flatMap((flag) =>
    [0, 1, 2].flatMap((run) =>
      [undefined, 0.334, 1].flatMap((minConfidence) =>
        [undefined, 'dog', 'a do', 'cafe', 'wolf', 'nothing'].map((q) => ({ state, flag, run, minConfidence, q })),
      ),
    ),
  ),
);

test.each([
  ['one instance', 1],
  ['all instances of the site', null],
])('every filter in every order shows the rows that reading all of them finds, page by page: %s', (_, instance) => {
  const list = new SuggestionList(storage, { siteId: site.id, instance });
  // Some of them, each time the same ones.
  for (const { run, ...filter } of FILTERS.filter(() => random() < 0.12)) {
    const runId = run === 2 ? 'run_unknown' : run === 1 ? runIds[0] : undefined;
    const sort = oneOf(SUGGESTION_SORTS);
    const wanted = expected(instance, { ...filter, runId, sort });
    const found = everyPage(list, { ...filter, runId, sort });
    // The filter stands beside the rows, so that a failure says which one it was.
    expect({ filter, runId, sort, found }).toEqual({ filter, runId, sort, found: wanted });
    expect(list.total({ ...filter, runId, sort, limit: 1 })).toEqual({ total: wanted.length, capped: false });
  }
});

test('many rows of one confidence, and a page that begins among them', () => {
  const many = siteOf(storage, 'many');
  storage.transaction(() => {
    for (let number = 0; number < 2600; number += 1) {
      many.suggest({ altText: 'A leaf', confidence: number % 2 === 0 ? 0.4 : ([0.401, 0.41, 0.9][number % 3] ?? 0) });
    }
  });
  const list = new SuggestionList(storage, { siteId: many.id, instance: null });
  const ids = everyPage(list, { sort: '-confidence', q: 'leaf' });
  expect(new Set(ids).size).toBe(2600);
  const confidences = ids.map((id) => many.suggestions.get(id)?.confidence ?? 0);
  expect(confidences).toEqual([...confidences].sort((one, other) => other - one));
  expect(everyPage(list, { sort: 'confidence' })).toEqual(ids.reverse());
  expect(list.total({ sort: 'oldest', q: 'leaf', limit: 1 })).toEqual({ total: 2600, capped: false });
});

test('the counters say what counting says, also after rows have moved to another run and gone', () => {
  storage.db.prepare('UPDATE suggestions SET run_id = ? WHERE run_id = ? AND seq % 2 = 0').run(runIds[1], runIds[0]);
  storage.db.prepare('UPDATE suggestions SET instance = 5 WHERE seq % 7 = 0').run();
  storage.db.prepare("UPDATE jobs SET state = 'cancelled', finished_at = 1 WHERE seq % 5 = 0").run();
  storage.db.prepare('DELETE FROM suggestions WHERE seq % 11 = 0').run();
  storage.db.prepare('DELETE FROM jobs WHERE seq % 13 = 0').run();
  for (const [table, columns] of [
    ['suggestion', 'run_id, flag, state, scope'],
    ['job', 'run_id, state, scope'],
  ]) {
    const counted = storage.db
      .prepare(`SELECT ${columns}, count(*) AS n FROM ${table}_tallies GROUP BY ${columns} ORDER BY ${columns}`)
      .all();
    const kept = storage.db.prepare(`SELECT * FROM ${table}_counts WHERE n <> 0 ORDER BY ${columns}`).all();
    expect(kept).toEqual(counted);
  }
  const list = new SuggestionList(storage, { siteId: site.id, instance: 5 });
  expect(everyPage(list, { sort: 'oldest', q: 'dog' })).toEqual(expected(5, { sort: 'oldest', q: 'dog' }));
});

test('the search index holds the terms of the rows that are there, and nothing else', () => {
  const inIndex = storage.db.prepare('SELECT count(DISTINCT doc) FROM suggestion_index_terms').pluck().get();
  expect(inIndex).toBe(storage.db.prepare('SELECT count(*) FROM suggestions').pluck().get());
  storage.db.exec("INSERT INTO suggestion_index (suggestion_index) VALUES ('integrity-check')");
  storage.db.exec('DELETE FROM suggestions');
  expect(storage.db.prepare('SELECT term FROM suggestion_index_terms LIMIT 1').get()).toBeUndefined();
});
