import { ResultStore } from '../../../../server/captioning/result-store';
import { READING_RULES, SUGGESTION_SETTINGS } from '../../../../server/captioning/settings';
import { listJobs } from '../../../../server/queue/job-list';
import { ChangeFeed } from '../../../../server/review/change-feed';
import { ChangeSignal } from '../../../../server/review/change-signal';
import { SuggestionList } from '../../../../server/review/suggestion-list';
import { SuggestionStore } from '../../../../server/review/suggestion-store';
import { openDatabase, type Storage } from '../../../../server/storage/database';
import { migrate } from '../../../../server/storage/migrate';
import { readMigrations } from '../../../../server/storage/migration-files';
import { jobCounts, suggestionCounts } from '../../../../server/storage/row-counts';

/** Enough for several steps of each kind. */
const ROWS = 2300;
const SETTINGS_THEN = JSON.stringify({ ...SUGGESTION_SETTINGS, rules: READING_RULES });
const STATES = ['pending', 'approved', 'applied'] as const;
const hash = (number: number) => number.toString(16).padStart(64, '0');

let storage: Storage;

/** A database as 0.1.0 wrote it, brought to this version. */
beforeAll(() => {
  storage = openDatabase(':memory:');
  migrate(
    storage,
    readMigrations().filter(({ number }) => number <= 7),
  );
  storage.db.exec("INSERT INTO sites (id, name, created_at) VALUES ('site_a', 'A', 1)");
  storage.db.exec(
    "INSERT INTO runs (id, site_id, name, state, include_decided, created_at, updated_at) VALUES ('run_a', 'site_a', 'run', 'running', 0, 1, 1)",
  );
  storage.transaction(() => {
    for (let number = 1; number <= ROWS; number += 1) addOld(storage, number);
  });
  migrate(storage);
});

function addOld({ db }: Storage, number: number): void {
  const fields = {
    alt_text: `Tür ${number}`,
    title: 'Tür',
    caption: null,
    description: null,
    keywords: ['tür'],
    file_name: 'tuer.jpg',
  };
  const state = STATES[number % 3] ?? 'pending';
  // Every other approved text is the suggested one.
  const suggested = { title: 'Tür', keywords: ['tür'], alt_text: fields.alt_text };
  const values = state === 'pending' ? null : number % 2 === 0 ? suggested : { alt_text: `Pforte ${number}` };
  const request = JSON.stringify({
    fields: null,
    context: { file_name: `IMG_${number}.jpg` },
    locale: null,
    current: null,
  });
  db.prepare(
    `INSERT INTO jobs (id, site_id, subject_type, subject_id, image_sha256, run_id, priority, request, state, available_at,
       suggestion_id, created_at, updated_at, finished_at)
     VALUES (?, 'site_a', 'attachment', ?, ?, 'run_a', 2, ?, 'done', 1, ?, 1, 1, 1)`,
  ).run(`job_${number}`, String(number), hash(number), request, `sug_${number}`);
  const flags = number % 10 === 0 ? [{ code: 'tiny', message: 'x' }] : [];
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO suggestions (id, site_id, job_id, job_seq, run_id, version, state, subject_type, subject_id, image_sha256,
         fields, alternatives, confidence, flags, model, current, "values", created_at, updated_at)
       VALUES (?, 'site_a', ?, ?, 'run_a', 1, ?, 'attachment', ?, ?, ?, '[]', 0.5, ?, ?, '{}', ?, 1, 1)`,
    )
    .run(
      `sug_${number}`,
      `job_${number}`,
      number,
      state,
      String(number),
      hash(number),
      JSON.stringify(fields),
      JSON.stringify(flags),
      JSON.stringify({ id: 'mini', precision: 'int8', demonstration: true }),
      values === null ? null : JSON.stringify(values),
    );
  for (const { code } of flags) {
    db.prepare('INSERT INTO suggestion_flags (code, suggestion_seq) VALUES (?, ?)').run(code, lastInsertRowid);
  }
  const result = db.prepare("INSERT INTO results VALUES ('site_a', ?, 'mini:int8', ?, ?, ?)");
  result.run(hash(number), SETTINGS_THEN, JSON.stringify(resultOf(number)), number % 7);
}

function resultOf(number: number) {
  const reading = { text: `Tür ${number}`, problems: [], title: null, nouns: [], names_person: false, unnamed: null };
  return {
    model: { id: 'mini', precision: 'int8', demonstration: true, canAnswer: false },
    image: { width: 1, height: 1, format: 'jpeg', hasAlpha: false, contrast: 1.5, flatness: 0.25 },
    caption: {
      candidates: [{ text: `Tür ${number}`, tokens: [], logProbs: [], score: -0.5 }],
      confidence: 0.5,
      labels: [],
      timingsMs: { vision: 1.5, text: 2 },
    },
    readings: { candidates: [reading], second_opinion: null },
    timingsMs: { decode: 1, vision: 1.5, text: 2, total: 4.5 },
  };
}

const list = () => new SuggestionList(storage, { siteId: 'site_a', instance: null });
const store = () => new SuggestionStore(storage, 'site_a', new ChangeFeed(storage, new ChangeSignal()), null);

test('every old suggestion is listed, in order and with the values that a person gave', () => {
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const page = list().page({ sort: 'oldest', limit: 200, after });
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === null) break;
    after = page.next;
  }
  expect(ids).toEqual(Array.from({ length: ROWS }, (_, index) => `sug_${index + 1}`));
  expect(store().get('sug_1')?.values).toEqual({ alt_text: 'Pforte 1' });
  expect(store().get('sug_4')?.values).toEqual({ alt_text: 'Tür 4', title: 'Tür', keywords: ['tür'] });
  expect(store().get('sug_3')?.values).toBeNull();
});

test('old rows are found by text, edited text, file name, id, flag, state and run, and are counted', () => {
  const ids = (filter: object) =>
    list()
      .page({ sort: 'oldest', limit: 3, ...filter })
      .items.map(({ id }) => id);
  expect(ids({ q: 'tur 2299' })).toEqual(['sug_2299']);
  expect(ids({ q: 'pforte' })).toEqual(['sug_1', 'sug_5', 'sug_7']);
  expect(ids({ q: 'img 77' })).toEqual(['sug_77', 'sug_770', 'sug_771']);
  expect(ids({ flag: 'tiny', state: 'applied', runId: 'run_a' })).toEqual(['sug_20', 'sug_50', 'sug_80']);
  const scope = { siteId: 'site_a', instance: null };
  expect(suggestionCounts(storage, scope)).toMatchObject({ pending: 766, approved: 767, applied: 767 });
  expect(suggestionCounts(storage, scope, { flag: 'tiny' })).toMatchObject({ pending: 76, approved: 77, applied: 77 });
  expect(jobCounts(storage, scope, 'run_a')).toMatchObject({ waiting: 0, done: ROWS });
  expect(listJobs(storage, scope, { runId: 'run_a', sort: 'newest', limit: 1 }).items[0]?.id).toBe(`job_${ROWS}`);
  expect(store().countOthersWithText({ instance: 0, jobSeq: 0, altText: 'Tür 5' })).toBe(1);
});

test('an old suggestion is decided and applied', () => {
  const by = { id: '1', name: 'An Editor' };
  expect(store().decide('sug_3', { action: 'approve', by, version: 1 }).state).toBe('approved');
  expect(store().writeBack('sug_3', { outcome: 'applied', before: {}, after: {} }).state).toBe('applied');
  expect(list().page({ sort: 'oldest', limit: 1, state: 'pending' }).items[0]?.id).toBe('sug_6');
});

test('what models said is still known, and the oldest of it comes first', () => {
  const results = new ResultStore(storage, 'site_a');
  expect(results.get(hash(2300), 'mini:int8')).toMatchObject(resultOf(2300));
  expect(results.get(hash(2301), 'mini:int8')).toBeNull();
  const order = storage.db.prepare<[], number>('SELECT created_at FROM results ORDER BY seq').pluck().all();
  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(order).toHaveLength(ROWS);
});
