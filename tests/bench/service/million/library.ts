import { createHash } from 'node:crypto';
import { encodeResult } from '../../../../server/captioning/result-code';
import { textTerm, wordsOf } from '../../../../server/review/search-words';
import type { Storage } from '../../../../server/storage/database';
import { seededRandom } from '../../../support/seeded-random';

const A_TRANSACTION = 10_000;
const DAY_MS = 86_400_000;
const MODEL = { id: 'mini', precision: 'int8', demonstration: true };
const SETTINGS = '00000000';

const THINGS =
  'dog cat man woman boy girl child horse bird car bus train bicycle boat house church bridge tower tree mountain'.split(
    ' ',
  );
const MORE =
  'river lake beach street table chair window door flower garden field kitchen plate bowl cake bottle book laptop'.split(
    ' ',
  );
const KINDS =
  'red blue green white black brown old young small large wooden snowy crowded empty bright dark yellow grey'.split(
    ' ',
  );
const DOES = 'standing sitting walking lying running looking waiting parked flying playing'.split(' ');
const PLACES = 'in front of|next to|on top of|behind|near|under|beside|in the middle of'.split('|');
const CAMERAS = ['IMG_', 'DSC', 'P10', 'PXL_', 'shutterstock-', 'photo-'];
/** What the reviewers of a library that has been in use for a while have left: of a hundred. */
const STATES: readonly (readonly [state: string, share: number])[] = [
  ['applied', 52],
  ['pending', 33],
  ['superseded', 4],
  ['rejected', 4],
  ['decorative', 3],
  ['approved', 3],
  ['conflict', 1],
];
const FLAGS: readonly (readonly [code: string, share: number, message: string])[] = [
  ['low_confidence', 0.3, 'The model is unsure about this text. Compare it with the picture.'],
  ['text_in_image', 0.05, 'The picture seems to have text in it. Say what it says.'],
  ['duplicate_text', 0.02, 'Other pictures have this text too. Say what is special about this one.'],
  ['tiny', 0.0005, 'The picture is very small.'],
];

export interface LibrarySize {
  readonly images: number;
  /** Of them have a job that waits, and no suggestion yet. */
  readonly waiting: number;
}

/**
 * Writes what a library of so many pictures leaves in the database of a site: images, jobs, results, suggestions with texts
 * like the models', decisions, write-backs and the feed. Through prepared statements; the triggers of the product count and index.
 */
export function fillLibrary(storage: Storage, siteId: string, { images, waiting }: LibrarySize): { runIds: string[] } {
  const random = seededRandom(images);
  const write = statements(storage);
  const results = Array.from({ length: 500 }, () => encodeResult(resultOf(sentenceOf(random), random)));
  const began = Date.now() - 200 * DAY_MS;
  const runIds = Array.from({ length: 5 }, (_, index) => {
    const id = `run_${idOf(siteId, 'run', index)}`;
    write.run.run(id, siteId, `Backfill ${index + 1}`, Math.ceil(images / 6), began, began);
    return id;
  });
  const add = (number: number) => {
    const sha256 = createHash('sha256').update(`${siteId}${number}`).digest('hex');
    const at = began + Math.floor((number / images) * 199 * DAY_MS);
    // Five of six pictures came by a backfill, one run after the other.
    const run = runIds[Math.floor((number / images) * 6)] ?? null;
    // A CMS sends a smaller rendition of what it calls the picture.
    const source = createHash('sha256').update(`${siteId}${number} source`).digest('hex');
    write.image.run(siteId, sha256, 200_000, 1024, 768, number > images - waiting ? 1 : 0, at);
    const jobId = `job_${idOf(siteId, 'job', number)}`;
    const name = `${pick(CAMERAS, random)}${String(number).padStart(4, '0')}.jpg`;
    const request = JSON.stringify({
      context: { file_name: name, page_title: `Holidays, part ${number % 997}`, site_name: 'A travel blog' },
      current: { alt_text: '' },
    });
    const isWaiting = number > images - waiting;
    const suggestionId = isWaiting ? null : `sug_${idOf(siteId, 'sug', number)}`;
    const { lastInsertRowid: jobSeq } = write.job.run({
      id: jobId,
      siteId,
      subject: String(number),
      sha256,
      source,
      run,
      request,
      suggestionId,
      at,
      state: isWaiting ? 'waiting' : 'done',
      finished: isWaiting ? null : at + 5000,
    });
    if (suggestionId === null) return;
    write.result.run(siteId, Buffer.from(sha256, 'hex'), SETTINGS, results[number % results.length], at);
    suggest({ number, sha256, source, at, run, jobId, jobSeq, name, suggestionId });
  };
  const suggest = (made: {
    number: number;
    sha256: string;
    source: string;
    at: number;
    run: string | null;
    jobId: string;
    jobSeq: number | bigint;
    name: string;
    suggestionId: string;
  }) => {
    const text = sentenceOf(random);
    const fields = fieldsOf(text, made.number);
    const state = stateOf(random);
    const flags = FLAGS.filter(([, share]) => random() < share).map(([code, , message]) => ({ code, message }));
    const isDecided = state !== 'pending' && state !== 'superseded';
    const values =
      state === 'decorative' ? JSON.stringify({ alt_text: '' }) : isDecided && state !== 'rejected' ? 'true' : null;
    const words = wordsOf([
      text,
      fields.title,
      fields.description,
      ...fields.keywords,
      fields.file_name,
      made.name,
      String(made.number),
    ]);
    write.suggestion.run({
      ...made,
      siteId,
      state,
      values,
      version: isDecided ? 2 : 1,
      subject: String(made.number),
      fields: JSON.stringify(fields),
      alternatives: JSON.stringify([`${text} outside`, sentenceOf(random)]),
      confidence: Math.round(random() ** 2 * 1000) / 1000,
      flags: JSON.stringify(flags),
      model: JSON.stringify(MODEL),
      words: `${words} ${textTerm(text)}`,
      mode: isDecided ? 'list' : null,
      openMs: isDecided ? Math.floor(random() * 30_000) : null,
      decidedBy: isDecided ? JSON.stringify({ id: '3', name: 'An Editor' }) : null,
      decidedAt: isDecided ? made.at + DAY_MS : null,
    });
    write.change.run(siteId, 'suggestion.created', made.suggestionId, made.at);
    if (isDecided) write.change.run(siteId, 'suggestion.decided', made.suggestionId, made.at + DAY_MS);
    if (state === 'applied') write.change.run(siteId, 'suggestion.written_back', made.suggestionId, made.at + DAY_MS);
  };
  withoutTriggers(storage, () => {
    for (let first = 1; first <= images; first += A_TRANSACTION) {
      storage.transaction(() => {
        for (let number = first; number <= Math.min(images, first + A_TRANSACTION - 1); number += 1) add(number);
      });
    }
  });
  return { runIds };
}

/** Runs `fill` without the triggers of rows, and then does at once what they would have done row by row. */
function withoutTriggers(storage: Storage, fill: () => void): void {
  const { db } = storage;
  const triggers = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('jobs', 'suggestions')",
    )
    .all();
  const last = db.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM suggestions').pluck().get() ?? 0;
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  fill();
  const end = db.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM suggestions').pluck().get() ?? 0;
  db.exec(`INSERT OR IGNORE INTO list_scopes (site_id, instance)
    SELECT site_id, instance FROM jobs GROUP BY site_id, instance`);
  const index = db.prepare(
    'INSERT INTO suggestion_index (rowid, terms) SELECT seq, terms FROM suggestion_terms WHERE seq > ? AND seq <= ?',
  );
  for (let from = last; from < end; from += A_TRANSACTION)
    storage.transaction(() => index.run(from, from + A_TRANSACTION));
  db.exec(`DELETE FROM suggestion_counts;
    INSERT INTO suggestion_counts
    SELECT run_id, flag, state, scope, count(*) FROM suggestion_tallies GROUP BY run_id, flag, state, scope;
    DELETE FROM job_counts;
    INSERT INTO job_counts SELECT run_id, state, scope, count(*) FROM job_tallies GROUP BY run_id, state, scope`);
  for (const { sql } of triggers) db.exec(sql);
}

function statements({ db }: Storage) {
  return {
    run: db.prepare(
      `INSERT INTO runs (id, site_id, name, state, include_decided, expected, created_at, updated_at) VALUES (?, ?, ?, 'running', 0, ?, ?, ?)`,
    ),
    image: db.prepare(
      `INSERT INTO images (site_id, sha256, bytes, width, height, media_type, original, thumbnail, received_at)
       VALUES (?, ?, ?, ?, ?, 'image/jpeg', ?, 1, ?)`,
    ),
    job: db.prepare(
      `INSERT INTO jobs (id, site_id, subject_type, subject_id, image_sha256, source_sha256, model_id, run_id, priority, request, state,
         available_at, attempts, token, suggestion_id, created_at, updated_at, finished_at)
       VALUES (:id, :siteId, 'attachment', :subject, :sha256, :source, 'mini', :run, 2, :request, :state, :at, 1, 1, :suggestionId, :at, :at, :finished)`,
    ),
    result: db.prepare(
      `INSERT INTO results (site_id, image_sha256, model, settings, result, created_at) VALUES (?, ?, 'mini:int8', ?, ?, ?)`,
    ),
    suggestion: db.prepare(
      `INSERT INTO suggestions (id, site_id, job_id, job_seq, run_id, version, state, subject_type, subject_id, image_sha256, source_sha256,
         fields, alternatives, confidence, flags, model, current, words, "values", decided_by, decided_at,
         decision_mode, displayed, open_ms, created_at, updated_at)
       VALUES (:suggestionId, :siteId, :jobId, :jobSeq, :run, :version, :state, 'attachment', :subject, :sha256, :source,
         :fields, :alternatives, :confidence, :flags, :model, '{"alt_text":""}', :words, :values, :decidedBy, :decidedAt,
         :mode, CASE WHEN :openMs IS NULL THEN NULL ELSE 1 END, :openMs, :at, :at)`,
    ),
    change: db.prepare('INSERT INTO changes (site_id, type, suggestion_id, at) VALUES (?, ?, ?, ?)'),
  };
}

type Random = () => number;
const pick = <Item>(items: readonly Item[], random: Random): Item => {
  // Some words are common and some are rare, as in every text.
  const item = items[Math.floor(random() ** 2 * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

const idOf = (siteId: string, kind: string, number: number) =>
  createHash('sha256').update(`${siteId}${kind}${number}`).digest('base64url').slice(0, 22);

function sentenceOf(random: Random): string {
  const [thing, other] = [pick(THINGS, random), pick(MORE, random)];
  return `A ${pick(KINDS, random)} ${thing} is ${pick(DOES, random)} ${pick(PLACES, random)} a ${pick(KINDS, random)} ${other}`;
}

function fieldsOf(text: string, number: number) {
  const title = text.slice(2).replace(' is ', ' ');
  const words = text.split(' ');
  return {
    alt_text: text,
    title,
    caption: null,
    description: `${text}. From “Holidays, part ${number % 997}” on A travel blog.`,
    keywords: [words[2] ?? '', words.at(-1) ?? ''],
    file_name: `${title.toLowerCase().replaceAll(' ', '-')}.jpg`,
  };
}

function stateOf(random: Random): string {
  let left = random() * 100;
  return STATES.find(([, share]) => (left -= share) < 0)?.[0] ?? 'pending';
}

/** As long as a real one: figures with many digits, three candidates and how each reads. */
function resultOf(text: string, random: Random) {
  const reading = {
    text,
    problems: [],
    title: text.slice(2),
    nouns: text.split(' ').slice(-1),
    names_person: false,
    unnamed: null,
  };
  return {
    model: { ...MODEL, canAnswer: false, canPrompt: false },
    image: { width: 1024, height: 768, format: 'jpeg', hasAlpha: false, contrast: random() * 100, flatness: random() },
    caption: {
      candidates: [text, `${text} outside`, sentenceOf(random)].map((one) => ({
        text: one,
        tokens: [],
        logProbs: [],
        score: -random(),
      })),
      confidence: random(),
      labels: [],
      secondOpinion: null,
      timingsMs: { vision: 64, text: 53 },
    },
    readings: { candidates: [reading, { ...reading, text: `${text} outside` }, reading], second_opinion: null },
    timingsMs: { decode: 8, vision: 64, text: 53, total: 150 },
  };
}
