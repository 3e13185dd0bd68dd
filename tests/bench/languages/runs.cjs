'use strict';
// node tests/bench/languages/runs.cjs [--suggestions N] [--translator tiny|opus] [--languages de,fr] [--tokens N] [--threads N]
//
// Texts a second of a run that translates existing English suggestions, no two of them the same, into each of the languages, in a sidecar
// of its own. `tiny` is the tests' own model of 1 MB: it shows what everything around the model costs. `opus` has the size of opus-mt-en-de
// with random weights in int8; since those never end a sentence, each of its texts is ended after `--tokens` tokens (16, as a caption of
// twelve words has). Prints one JSON object.
const { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { cpus, loadavg, tmpdir } = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { parseArgs } = require('node:util');
const { setTimeout: pause } = require('node:timers/promises');
const { writeOpusSized } = require('./opus-sized.cjs');

const BUILD = path.resolve(__dirname, '../../../build');
const FIXTURES = path.resolve(__dirname, '../../fixtures/marian-oracle');
const built = (file) => require(path.join(BUILD, file));

const { values } = parseArgs({
  options: {
    suggestions: { type: 'string', default: '10000' },
    translator: { type: 'string', default: 'tiny' },
    languages: { type: 'string', default: 'de,fr' },
    tokens: { type: 'string', default: '16' },
    threads: { type: 'string' },
  },
});
const COUNT = Number(values.suggestions);
const LANGUAGES = values.languages.split(',');
/** Parts of a sentence of about twelve words; with all of them there are 12,960 sentences. */
const PARTS = [
  ['A man', 'A woman', 'Two dogs', 'A bird'],
  ['sitting on', 'standing next to', 'in front of'],
  ['a wooden table', 'a bench', 'a red bus'],
  ['near a house', 'near a tree', 'near a bridge', 'near a river', 'near a shop', 'near a car'],
  ['on a beach', 'on a street', 'in a park', 'in a city', 'on a hill', 'in a field'],
  [
    'in the morning',
    'at night',
    'in winter',
    'in summer',
    'in the rain',
    'in the sun',
    'in the snow',
    'at noon',
    'in spring',
    'in autumn',
  ],
];

/** Another one for each number. */
function sentence(number) {
  let left = number;
  return PARTS.map((some) => {
    const part = some[left % some.length];
    left = Math.floor(left / some.length);
    return part;
  }).join(' ');
}

/** The same model for each language. */
async function pull(dataDir) {
  const { convertCheckpoint } = built('models/convert-checkpoint.js');
  const source = path.join(dataDir, 'checkpoint');
  if (values.translator === 'opus') writeOpusSized(source);
  else {
    cpSync(path.join(FIXTURES, 'toy'), source, { recursive: true });
    for (const file of ['source.spm', 'target.spm']) cpSync(path.join(FIXTURES, file), path.join(source, file));
  }
  const precision = values.translator === 'opus' ? 'int8' : 'fp32';
  await convertCheckpoint({ source, target: path.join(dataDir, 'converted'), precision });
  rmSync(source, { recursive: true });
  for (const language of LANGUAGES) {
    const target = path.join(dataDir, 'models', `bench-${language}`, precision);
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(dataDir, 'converted'), target, { recursive: true });
    const file = path.join(target, 'altsmith-model.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const presets = Object.fromEntries(Object.entries(manifest.presets).map(([name, preset]) => [name, { ...preset, ...(values.translator === 'opus' ? { max_length: Number(values.tokens) + 1 } : {}) }])); // prettier-ignore
    writeFileSync(file, JSON.stringify({ ...manifest, presets, id: `bench-${language}`, translation: { ...manifest.translation, targets: [{ language, token: null }] } })); // prettier-ignore
  }
}

/** Suggestions as finished jobs leave them, through the stores. */
function fill(storage) {
  const { SiteStore } = built('server/sites/site-store.js');
  const { JobStore } = built('server/queue/job-store.js');
  const { SuggestionStore } = built('server/review/suggestion-store.js');
  const { ChangeFeed } = built('server/review/change-feed.js');
  const { ChangeSignal } = built('server/review/change-signal.js');
  const [site] = new SiteStore(storage).list();
  const instance = storage.db.prepare('SELECT max(number) FROM instances WHERE site_id = ?').pluck().get(site.id);
  const ends = { failed: () => undefined, cancelled: () => undefined };
  const jobs = new JobStore(storage, site.id, { ends, now: Date.now, seen: null });
  const suggestions = new SuggestionStore(storage, site.id, new ChangeFeed(storage, new ChangeSignal()), null);
  const seqOf = storage.db.prepare('SELECT seq FROM jobs WHERE id = ?').pluck();
  const finish = storage.db.prepare("UPDATE jobs SET state = 'done', suggestion_id = ?, finished_at = 1 WHERE id = ?");
  const add = (number) => {
    const imageSha256 = number.toString(16).padStart(64, '0');
    const subject = { type: 'attachment', id: String(number) };
    const work = { fields: null, context: null, locale: null, current: null };
    const common = { instance, subject, imageSha256, sourceSha256: imageSha256, language: 'en' };
    const job = jobs.add({ ...common, runId: null, modelId: 'mini', priority: 'backfill', work });
    const text = sentence(number);
    const { id } = suggestions.create({
      ...common,
      jobId: job.id,
      jobSeq: seqOf.get(job.id),
      fields: { alt_text: text, title: text, caption: null, description: null, keywords: ['man'], file_name: null },
      alternatives: [],
      confidence: 0.5,
      flags: [],
      model: { id: 'mini', precision: 'int8', demonstration: true, calibrated: true },
      source: null,
      translator: null,
      awaitsTranslation: false,
      current: {},
    });
    finish.run(id, job.id);
  };
  for (let first = 1; first <= COUNT; first += 500) {
    storage.transaction(() => {
      for (let number = first; number < Math.min(first + 500, COUNT + 1); number++) add(number);
    });
  }
}

function callerOf({ url }, dataDir) {
  const key = readFileSync(path.join(dataDir, 'first-key.txt'), 'utf8').trim().split('\n').at(-1);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return async (method, route, body) => {
    const answer = await fetch(url + route, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }); // prettier-ignore
    return answer.json();
  };
}

/** Processor time of the translators' processes so far, their loading included; at 100 ticks a second. */
function translatorsMs() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const stats = children.map((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '));
  return stats.reduce((sum, stat) => sum + (Number(stat[11]) + Number(stat[12])) * 10, 0);
}

async function main() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'altsmith-translation-runs-'));
  const { readConfig } = built('server/config.js');
  const { startSidecar } = built('server/main.js');
  const { openDatabase } = built('server/storage/database.js');
  const config = readConfig({ ALTSMITH_PORT: '0', ALTSMITH_DATA_DIR: dataDir, ALTSMITH_WORKERS: '0', ALTSMITH_LOG_LEVEL: 'silent', ALTSMITH_FETCH: 'never', ...(values.threads === undefined ? {} : { ALTSMITH_THREADS: values.threads }) }); // prettier-ignore
  let sidecar = null;
  try {
    await pull(dataDir);
    sidecar = await startSidecar(config);
    // The first call makes the installation that all clients without a name are.
    await callerOf(sidecar, dataDir)('GET', '/v1/runs');
    await sidecar.close();
    const storage = openDatabase(path.join(dataDir, 'altsmith.db'));
    fill(storage);
    storage.close();
    sidecar = await startSidecar(config);
    const call = callerOf(sidecar, dataDir);
    const begin = performance.now();
    const worked = process.cpuUsage();
    const { run } = await call('POST', '/v1/runs', { name: 'bench', translate: { languages: LANGUAGES } });
    const seconds = () => (performance.now() - begin) / 1000;
    let slowest = 0;
    for (;;) {
      const asked = performance.now();
      const { run: now } = await call('GET', `/v1/runs/${run.id}`);
      slowest = Math.max(slowest, performance.now() - asked);
      const { done, failed, waiting, running } = now.jobs;
      process.stderr.write(
        `\r${done} of ${now.expected ?? '?'}, ${failed} failed, ${(done / seconds()).toFixed(1)} a second `,
      );
      if (now.expected !== null && waiting + running === 0) {
        const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg() };
        const { user, system } = process.cpuUsage(worked);
        const cpu = { sidecar_ms: (user + system) / 1000 / done, translators_ms: translatorsMs() / done };
        const found = { cpu_per_text: cpu, translator: values.translator, suggestions: COUNT, languages: LANGUAGES, done, failed, seconds: seconds(), a_second: done / seconds(), slowest_answer_ms: slowest }; // prettier-ignore
        process.stdout.write(`${JSON.stringify({ machine, ...found }, null, 1)}\n`);
        break;
      }
      await pause(500);
    }
  } finally {
    await sidecar?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main();
