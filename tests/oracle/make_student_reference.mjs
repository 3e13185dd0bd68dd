// What the translation engine of Firefox (Bergamot, a build of Marian for the browser) writes with every model of
// tests/fixtures/student-oracle, stored for the suite. Run by hand; the package is 5 MB and not a dependency:
//
//   npm pack @browsermt/bergamot-translator@0.4.9, unpack it, then
//   node tests/oracle/make_student_reference.mjs THE_UNPACKED_FOLDER
//
// The engine multiplies in 8 bits whatever the weights are stored in, and searches one beam. Its worker is a script that calls `require`, in a
// package of modules: it is copied out of it.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';

const [, , engine] = process.argv;
if (engine === undefined) {
  process.stderr.write('Give the folder of the unpacked package @browsermt/bergamot-translator.\n');
  process.exit(1);
}
const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/student-oracle');
/** Those that have no vocabulary of their own take that of another. */
const VOCABULARY_OF = { eight: 'taught' };
const PLACES = ['a wooden table', 'the beach', 'a bench', 'a snowy hill', 'the mountains', 'a street at night'];
const SUBJECTS = [
  'a man',
  'two dogs',
  'a black cat',
  'three children',
  'an old house',
  'a red car',
  'a group of people',
];
const VERBS = ['sitting on', 'standing next to', 'lying under', 'looking at'];
/** Sentences of the kind that the models were taught, so that no word of them hangs on how the engine rounds. */
const TEXTS = [
  ...SUBJECTS.flatMap((subject, at) => PLACES.map((place, index) => `${subject} ${VERBS[(at + index) % 4]} ${place}`)),
  'a woman holding a cup of coffee',
  'a bird walking along the beach',
  'a close up of a flower parked in front of a bicycle',
  'three children riding on a bicycle',
  'a man holding a cup of coffee',
  'an old house parked in front of a bench',
  '  a   bird\tlooking at\u3000the mountains  ',
  'ａ ｂird lying under ａ bench',
];

const folder = mkdtempSync(path.join(tmpdir(), 'bergamot-'));
cpSync(path.join(engine, 'worker'), folder, { recursive: true });
const worker = new Worker(path.join(folder, 'translator-worker.js'));
const answers = new Map();
worker.on('message', ({ id, result, error }) => {
  const { resolve, reject } = answers.get(id);
  if (error === undefined) resolve(result);
  else reject(new Error(error.message));
});
worker.on('error', (error) => {
  throw error;
});
const ask = (name, ...args) =>
  new Promise((resolve, reject) => {
    const id = answers.size + 1;
    answers.set(id, { resolve, reject });
    worker.postMessage({ id, name, args });
  });

const bufferOf = (file) => {
  const bytes = gunzipSync(readFileSync(file));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
};
const fileOf = (model, pattern) => {
  const name = readdirSync(path.join(FIXTURES, model)).find((each) => pattern.test(each));
  return name === undefined ? null : path.join(FIXTURES, model, name);
};

await ask('initialize', {});
const models = {};
for (const model of readdirSync(FIXTURES).filter((name) => !name.endsWith('.json'))) {
  const words = VOCABULARY_OF[model] ?? model;
  const shared = fileOf(words, /^vocab/);
  const vocabs =
    shared === null ? [fileOf(words, /^srcvocab/), fileOf(words, /^trgvocab/)].map(bufferOf) : [bufferOf(shared)];
  const pair = { from: model, to: 'de' };
  await ask('loadTranslationModel', pair, {
    model: bufferOf(fileOf(model, /^model/)),
    shortlist: new ArrayBuffer(0),
    vocabs: vocabs.length === 1 ? [vocabs[0], vocabs[0]] : vocabs,
    config: { 'gemm-precision': 'int8shiftAll' },
  });
  const found = await ask('translate', {
    models: [pair],
    texts: TEXTS.map((text) => ({ text, html: false, qualityScores: false })),
  });
  models[model] = TEXTS.map((text, index) => ({ text, translation: found[index].target.text }));
  process.stdout.write(
    `${model}: ${new Set(models[model].map(({ translation }) => translation)).size} different texts\n`,
  );
}
const { version } = JSON.parse(readFileSync(path.join(engine, 'package.json'), 'utf8'));
writeFileSync(path.join(FIXTURES, 'reference.json'), `${JSON.stringify({ engine: version, models }, null, 1)}\n`);
await worker.terminate();
rmSync(folder, { recursive: true });
