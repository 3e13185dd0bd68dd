import { sqlOfTheServer, type FoundSql } from '../../../support/server-sql';
import { OF_PICTURE } from '../../../../server/retention/erasure-store';
import { ANY_ROWS, videoWith } from '../../../../server/retention/video-pictures';
import type { Storage } from '../../../../server/storage/database';
import { freshDatabase } from '../../../support/suggestion-rows';

/** Tables with a row or more for each picture. Reading one whole, or sorting its rows, stops everything else meanwhile. */
const TABLES = 'images|jobs|results|suggestions|changes|idempotency_keys|replies';
const GROWING = new RegExp(`^SCAN (${TABLES})\\b`);
/** All rows of a site or of one of its instances, which may be all there are. */
const WHOLE_SITE = new RegExp(
  `^SEARCH (${TABLES}) USING .*INDEX \\w+ \\(site_id=\\?( AND instance[=<>]+\\?)*( AND state=\\?)?\\)`,
);
/** `M` is a MATCH: FTS5 then reads the lists of those terms alone. */
const UNBOUNDED_SEARCH = /^SCAN suggestion_index VIRTUAL TABLE INDEX \d+:(?!M)/;
const SORT = /^USE TEMP B-TREE/;
/** Reading rows in order of their id from one on. With LIMIT this ends soon, unless rows are also filtered by something else. */
const WALK = new RegExp(`^SEARCH (${TABLES}|runs) USING INTEGER PRIMARY KEY \\(rowid[<>]\\?`);
const WALKED_TO = /^\s*(\w+\.)?(seq|cursor)\s*[<>]=?\s*[?:]/;

/** Statements that may, each with the reason. `file` and `part` say which. */
const ALLOWED: readonly { readonly file: RegExp; readonly part: string; readonly reason: string }[] = [
  { file: /result-store/, part: 'FROM results ORDER BY seq LIMIT', reason: 'reads the oldest 500 rows' },
  { file: /lease-store/, part: "SET lease_until = 0 WHERE state = 'running'", reason: 'reads the jobs that run' },
  {
    file: /instance-store/,
    part: 'NOT EXISTS (SELECT 1 FROM jobs WHERE site_id = :site AND instance = instances.number)',
    reason: 'ends at the first row of an instance',
  },
  { file: /clock-step-store/, part: "WHERE state = 'waiting'", reason: 'reads the waiting jobs once, at a start' },
  {
    file: /prediction-/,
    part: "state = 'starting'",
    reason: 'reads the predictions that wait; most of them end within a minute',
  },
  { file: /history-store/, part: 'FROM changes ORDER BY cursor LIMIT', reason: 'reads the oldest 100 entries' },
  {
    file: /history-store/,
    part: 'FROM changes NOT INDEXED WHERE cursor <= ?',
    reason: 'sorts those of the oldest 100 entries that go',
  },
  { file: /retention-store/, part: 'FROM replies', reason: 'reads the predictions that wait' },
  { file: /erasure-preview/, part: 'UNION', reason: 'sorts the images of one subject' },
  { file: /first-steps/, part: 'SELECT EXISTS', reason: 'ends at the first row' },
  { file: /translation-wishes/, part: 'INDEXED BY jobs_of_other_tasks', reason: 'reads 2,000 entries of the index' },
  { file: /claim-next/, part: 'AS ready', reason: 'sorts a row a site and priority' },
];

let storage: Storage;
beforeAll(() => {
  storage = freshDatabase();
  // There only while a migration is under way.
  storage.db.exec('CREATE TABLE unfinished_migration (number INTEGER PRIMARY KEY, position TEXT NOT NULL)');
});

function planOf(sql: string): string[] {
  return storage.db
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...valuesFor(sql))
    .map(({ detail }) => detail);
}

/** A value for each parameter; the plan does not depend on it. */
function valuesFor(sql: string): unknown[] {
  const named = [...sql.matchAll(/:(\w+)/g)].map(([, name]) => [name ?? '', null]);
  const unnamed = Array.from({ length: sql.match(/\?/g)?.length ?? 0 }, () => null);
  return named.length === 0 ? unnamed : [...unnamed, Object.fromEntries(named)];
}

const isBad = (detail: string) => [GROWING, WHOLE_SITE, UNBOUNDED_SEARCH, SORT].some((one) => one.test(detail));
const isOfGrowing = ({ sql }: FoundSql) => new RegExp(`\\b(${TABLES}|suggestion_index)\\b`).test(sql);

const isAllowed = ({ file, sql }: FoundSql) =>
  ALLOWED.some((one) => one.file.test(file) && sql.replace(/\s+/g, ' ').includes(one.part));

/** Whether rows that are read in order of their id are filtered by another column: then the table may be read to its end. */
function mayReadToTheEnd(sql: string): boolean {
  if (!planOf(sql).some((detail) => WALK.test(detail))) return false;
  const [, where = ''] =
    /\bWHERE\b([^]*?)(?:\bORDER BY|\bGROUP BY|\bLIMIT|$)/.exec(sql.split(/\bFROM\b/).at(-1) ?? '') ?? [];
  return where.split(/\bAND\b/).some((condition) => !WALKED_TO.test(condition));
}

const { statements, unread } = sqlOfTheServer();

/** Files that put statements together from names of tables, and what they make of them. */
const BUILT_AT_RUN_TIME = /erasure-(store|preview)|video-pictures/;
const OF_SUBJECT = 'site_id = :siteId AND subject_type = :type AND subject_id = :id AND instance = :instance';
const isMeant = (table: string) => `(created_at <= :before OR ${table === 'jobs' ? '+seq' : '+job_seq'} <= :lastJob)`;
/** Of each table in turn while a site is erased: most of them are empty most of the time. */
const OF_SITE = ['suggestions', 'jobs', 'changes', 'results', 'replies', 'idempotency_keys', 'runs', 'images'].map(
  (table) => `SELECT 1 FROM ${table} WHERE site_id = :site LIMIT 25`,
);
const BUILT = ['suggestions', 'jobs'].flatMap((table) => [
  `SELECT seq, id, image_sha256 FROM ${table} WHERE ${OF_SUBJECT} AND ${isMeant(table)} LIMIT 5`,
  `SELECT seq, id, image_sha256 FROM ${table} WHERE ${OF_PICTURE} AND +instance = :instance AND ${isMeant(table)} LIMIT 5`,
  `SELECT 1 AS found FROM ${table} WHERE +instance >= 0 AND ${OF_PICTURE} LIMIT 1`,
  `SELECT count(*) FROM ${table} WHERE ${OF_SUBJECT}`,
  `SELECT count(*) FROM ${table} WHERE ${OF_PICTURE} AND +instance >= 0 AND NOT (${OF_SUBJECT})`,
  `DELETE FROM ${table} WHERE +instance = -1 AND subject_id = 'prediction' AND created_at <= :before AND ${OF_PICTURE}`,
]);

test('every statement of the server can be read', () => {
  expect(unread.filter((one) => !BUILT_AT_RUN_TIME.test(one))).toEqual([]);
  expect(BUILT.flatMap(planOf).filter(isBad)).toEqual([]);
  const open = { jobs: "state IN ('waiting', 'running')", suggestions: "state IN ('pending', 'approved')" };
  const ofOthers = { jobs: '+instance <> :instance', suggestions: '+instance <> :instance' };
  for (const rows of [ANY_ROWS, open, ofOthers]) expect(planOf(videoWith(rows)).filter(isBad)).toEqual([]);
  expect(OF_SITE.flatMap(planOf).filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
  expect(statements.length).toBeGreaterThan(100);
});

test('no statement reads a growing table whole, and none sorts', () => {
  const bad = statements
    .filter((one) => isOfGrowing(one) && !isAllowed(one))
    .map((one) => ({ ...one, plan: planOf(one.sql).filter(isBad) }))
    .filter(({ plan }) => plan.length > 0)
    .map(({ file, sql, plan }) => `${file}: ${plan.join(', ')}: ${sql.replace(/\s+/g, ' ').trim().slice(0, 160)}`);
  expect(bad).toEqual([]);
});

test('a walk through a growing table ends with its piece, whatever it finds', () => {
  const bad = statements
    .filter((one) => isOfGrowing(one) && mayReadToTheEnd(one.sql))
    .map(({ file, sql }) => `${file}: ${sql}`);
  expect(bad).toEqual([]);
});

/** What ends by its age, and a change of model, concern every site. */
const OF_ALL_SITES = /^server\/(?:retention\/|captioning\/(?:resuggester|result-store)\.ts$)/;

test('only what concerns every site walks through the rows of all of them', () => {
  const walks = statements.filter((one) => isOfGrowing(one) && planOf(one.sql).some((detail) => WALK.test(detail)));
  expect(walks.length).toBeGreaterThan(3);
  expect(walks.filter(({ file }) => !OF_ALL_SITES.test(file))).toEqual([]);
});

test('no statement reads all rows of a subject: a client may use one for all of its pictures', () => {
  const all =
    /^SEARCH (jobs|suggestions) USING .*INDEX \w+ \(site_id=\? AND subject_type=\? AND subject_id=\?( AND (instance|language)=\?)*\)/;
  const others = statements.filter(({ file, sql }) => /\bsubject_id\b/.test(sql) && !BUILT_AT_RUN_TIME.test(file));
  const bad = others.filter(({ sql }) => planOf(sql).some((one) => all.test(one)));
  expect(others.length).toBeGreaterThan(3);
  expect(bad).toEqual([]);
});

test('the views that the triggers read look at one row', () => {
  for (const view of ['suggestion_terms', 'suggestion_tallies', 'job_tallies']) {
    // The flags of the row are sorted.
    const plan = planOf(`SELECT * FROM ${view} WHERE seq = 1`).filter((detail) => !SORT.test(detail));
    expect(plan.filter(isBad)).toEqual([]);
  }
});

test('a scan, a sort and a search without a term are found', () => {
  expect(planOf("SELECT count(*) FROM jobs WHERE state = 'done'").some(isBad)).toBe(true);
  expect(planOf('SELECT id FROM suggestions WHERE site_id = ? ORDER BY confidence').some(isBad)).toBe(true);
  expect(planOf('SELECT 1 FROM jobs WHERE site_id = ? AND instance >= 0 AND image_sha256 = ?').some(isBad)).toBe(true);
  expect(planOf('SELECT rowid FROM suggestion_index WHERE rowid > 5').some(isBad)).toBe(true);
  expect(
    mayReadToTheEnd('SELECT seq FROM jobs WHERE seq > :after AND created_at < :before ORDER BY seq LIMIT 25'),
  ).toBe(true);
  expect(mayReadToTheEnd('SELECT seq FROM jobs WHERE seq > :after ORDER BY seq LIMIT 25')).toBe(false);
});

test('paused runs are found among any number of others', () => {
  const paused = statements.filter(({ sql }) => sql.includes("runs.state = 'paused'"));
  expect(paused).toHaveLength(1);
  for (const { sql } of paused) expect(planOf(sql).join()).toContain('runs_paused');
});
