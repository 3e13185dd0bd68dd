import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Storage } from '../database';
import type { MigrationSteps, StepPosition } from '../migration-steps';

/** Rows of a step: some hundred milliseconds, and a few megabytes of write-ahead log. */
const SUGGESTIONS = 500;
const RESULTS = 1000;

interface SuggestionRow {
  readonly seq: number;
  readonly fields: string;
  readonly values: string | null;
  readonly subject_id: string;
  readonly request: string | null;
}

interface Texts {
  readonly alt_text?: string | null;
  readonly title?: string | null;
  readonly caption?: string | null;
  readonly description?: string | null;
  readonly keywords?: readonly string[] | null;
  readonly file_name?: string | null;
}

/**
 * First the suggestions, by their number: their words, their terms, approved texts that are the suggested ones, and the report of
 * the write-back, which nobody read. Then the
 * results, oldest first, and each old row goes with the step that converts it.
 */
export const lists: MigrationSteps = {
  step: (storage, from) => (from === 'results' ? convertResults(storage) : convertSuggestions(storage, from)),
  expectedSteps: ({ db }) => {
    const count = (table: string) => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    return Math.ceil(count('suggestions') / SUGGESTIONS) + Math.ceil(count('old_results') / RESULTS);
  },
};

function convertSuggestions({ db }: Storage, from: StepPosition | null): StepPosition {
  const rows = db
    .prepare<[number, number], SuggestionRow>(
      `SELECT seq, fields, "values", subject_id, (SELECT request FROM jobs WHERE jobs.id = suggestions.job_id) AS request
       FROM suggestions WHERE seq > ? ORDER BY seq LIMIT ?`,
    )
    .all(Number(from ?? 0), SUGGESTIONS);
  const update = db.prepare(
    'UPDATE suggestions SET words = ?, edited_words = ?, "values" = ?, write_back = NULL WHERE seq = ?',
  );
  const index = db.prepare(
    'INSERT INTO suggestion_index (rowid, terms) SELECT seq, terms FROM suggestion_terms WHERE seq = ?',
  );
  for (const row of rows) {
    const fields = JSON.parse(row.fields) as Texts;
    const values = row.values === null ? null : (JSON.parse(row.values) as Texts);
    const altText = fields.alt_text ?? '';
    const words =
      `${wordsOf([...textsOf(fields), fileNameOf(row.request), row.subject_id])} ${textTerm(altText)}`.trim();
    const isAsSuggested = values !== null && altText !== '' && sameTexts(values, fields);
    const known = new Set(words.split(' '));
    const edited = values === null || isAsSuggested ? [] : wordsOf(textsOf(values)).split(' ');
    update.run(
      words,
      edited.filter((word) => !known.has(word)).join(' '),
      isAsSuggested ? 'true' : row.values,
      row.seq,
    );
    index.run(row.seq);
  }
  return rows.length < SUGGESTIONS ? 'results' : (rows.at(-1)?.seq ?? 'results');
}

function convertResults({ db }: Storage): StepPosition | null {
  const rows = db
    .prepare<
      [number],
      Record<'site_id' | 'image_sha256' | 'model' | 'settings' | 'result', string> & { created_at: number }
    >('SELECT site_id, image_sha256, model, settings, result, created_at FROM old_results ORDER BY created_at LIMIT ?')
    .all(RESULTS);
  const insert = db.prepare(
    'INSERT INTO results (site_id, image_sha256, model, settings, result, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare(
    'DELETE FROM old_results WHERE site_id = ? AND image_sha256 = ? AND model = ? AND settings = ?',
  );
  for (const { site_id, image_sha256, model, settings, result, created_at } of rows) {
    const name = createHash('sha256').update(settings).digest('hex').slice(0, 8);
    insert.run(site_id, Buffer.from(image_sha256, 'hex'), model, name, deflateRawSync(result, OPTIONS), created_at);
    remove.run(site_id, image_sha256, model, settings);
  }
  return rows.length < RESULTS ? null : 'results';
}

/** The name of the picture in the CMS. */
function fileNameOf(request: string | null): string {
  const work = JSON.parse(request ?? '{}') as { context?: { file_name?: string } | null };
  return work.context?.file_name ?? '';
}

/** Whether somebody approved just what was suggested: the alt text and each further text that there was. */
function sameTexts(values: Texts, fields: Texts): boolean {
  const suggested = Object.entries({ ...fields, file_name: null }).filter(([, text]) => text !== null);
  const told = (entries: [string, unknown][]) =>
    JSON.stringify(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  return told(suggested) === told(Object.entries(values));
}

function textsOf({ alt_text, title, caption, description, keywords, file_name }: Texts): string[] {
  const texts = [alt_text, title, caption, description, ...(keywords ?? []), file_name];
  return texts.filter((text) => typeof text === 'string');
}

function textTerm(altText: string): string {
  return `~t${createHash('sha256').update(altText).digest('hex').slice(0, 12)}`;
}

// As server/captioning/result-code.ts and server/review/search-words.ts were when this was written.

/** What most results have in common, commonest last. Part of the format: results that are stored need it as it is. */
const DICTIONARY = Buffer.from(
  '{"model":{"id":"blip-base","precision":"int8-vnni","demonstration":false,"canAnswer":true,"canPrompt":true},' +
    '"model":{"id":"mini","precision":"int8","demonstration":true,"canAnswer":false,"canPrompt":false},' +
    '"image":{"width":1024,"height":768,"format":"png","hasAlpha":true,"image":{"width":960,"height":640,"format":"webp",' +
    '"hasAlpha":false,"format":"jpeg","hasAlpha":false,"contrast":58.1,"flatness":0.2},"caption":{"candidates":[{"text":"a ' +
    'black and white photo of a group of people standing sitting holding wearing in front of the side of the road street ' +
    'beach table with a man woman in a blue red shirt is looking at the camera on top of a wooden next to a close up of a",' +
    '"tokens":[],"logProbs":[],"score":-0.8},{"text":"a ","tokens":[],"logProbs":[],"score":-0.9}],"confidence":0.3,' +
    '"labels":[],"secondOpinion":null,"timingsMs":{"vision":64,"text":53}},"readings":{"candidates":[{"text":"A ",' +
    '"problems":["too_short","repetitive"],"problems":[],"title":"Man ","nouns":["man","shirt","camera"],"names_person":false,' +
    '"unnamed":null},{"text":"A man ","problems":[],"title":"Woman ","nouns":["woman","table"],"names_person":false,' +
    '"unnamed":null}],"second_opinion":null},"timingsMs":{"decode":8,"vision":64,"text":53,"total":150}}',
);
/** A window of 4 kB holds the dictionary and a usual result, and takes less time to set up than the full one. */
const OPTIONS = { dictionary: DICTIONARY, windowBits: 12, memLevel: 6 };

/** Longer words are cut, in the index and in a search alike. */
const LONGEST_WORD = 40;
/** Runs of a script without spaces are kept in pieces that overlap by half, so that every search of half a piece is inside one. */
const LONGEST_RUN = 100;
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30fc\\u3005';
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
/** Latin letters that Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Lower case without accents; full-width and half-width forms as the usual ones. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[ßøłđðþæœı]/g, (letter) => LETTERS[letter] ?? letter);
}

interface Part {
  readonly text: string;
  /** Chinese, Japanese, Korean, Thai and their like: words are not told apart by spaces. */
  readonly isUnspaced: boolean;
}

function partsOf(text: string): Part[] {
  return fold(text)
    .split(BETWEEN_WORDS)
    .flatMap((segment) => segment.match(RUNS) ?? [])
    .map((part) => ({ text: part, isUnspaced: IS_UNSPACED.test(part) }));
}

/** Every two characters that stand together, and the last one alone: a search for one character looks for beginnings. */
function pairsOf(run: string): string[] {
  const signs = Array.from(run);
  return signs.map((sign, index) => sign + (signs[index + 1] ?? ''));
}

function piecesOf(run: string): string[] {
  const signs = Array.from(run);
  if (signs.length <= LONGEST_RUN) return [run];
  const pieces: string[] = [];
  for (let from = 0; from < signs.length; from += LONGEST_RUN / 2) {
    pieces.push(signs.slice(from, from + LONGEST_RUN).join(''));
  }
  return pieces;
}

/** The words of some texts as the search index keeps them: each once, with a space between two. Pure. */
function wordsOf(texts: readonly string[]): string {
  const words = new Set<string>();
  for (const { text, isUnspaced } of texts.flatMap(partsOf)) {
    if (!isUnspaced) words.add(text.slice(0, LONGEST_WORD));
    else for (const word of [...pairsOf(text), ...piecesOf(text)]) words.add(word);
  }
  return [...words].join(' ');
}
