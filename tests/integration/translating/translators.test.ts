import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { TranslatorProcess } from '../../../server/translating/translator-process';
import { Translators } from '../../../server/translating/translators';
import { writeMarian } from '../../support/models/marian-cases';
import { waitFor } from '../../support/wait-for';

// Real processes of the build; the model is the tiny one that was taught its few sentences.

let folder: string;
let translators: Translators;
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-translators-'));
  const source = path.join(folder, 'toy');
  writeMarian(source, 'toy');
  await convertCheckpoint({ source, target: path.join(folder, 'pulled/toy/fp32'), precision: 'fp32' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => translators.close());

const BUILT = path.resolve(__dirname, '../../../build/server/translating/worker-process.js');
/** The clock of the pauses; a test turns it on. */
let now = 0;
const sick: string[] = [];
const open = (idleMs: number, workerFile = BUILT) => {
  sick.splice(0);
  translators = new Translators({
    pulled: path.join(folder, 'pulled'),
    threads: 1,
    idleMs,
    workerFile,
    failed: (error) => {
      throw error;
    },
    sick: ({ code }, { pauseMs }) => sick.push(`${code} ${pauseMs}`),
    now: () => now,
  });
};

it('loads a pair when it is needed, once for all that ask, and finishes the text', async () => {
  open(60_000);
  expect(await translators.pids()).toEqual([]);
  const texts = ['A man sitting on a wooden table', 'Two dogs standing next to a bench'];
  const found = await Promise.all(texts.map((text) => translators.translate(text, 'de-CH')));
  expect(found.map(({ text, language }) => [text, language])).toEqual([
    ['Ein Mann sitzt auf einem Holztisch', 'de'],
    ['Zwei Hunde steht neben einer Bank', 'de'],
  ]);
  expect(found[0]!.alternatives.length).toBeGreaterThan(0);
  expect(await translators.pids()).toHaveLength(1);
});

it('leaves out a text that nobody wants any more when its turn comes', async () => {
  open(60_000);
  const translator = await TranslatorProcess.start(path.join(folder, 'pulled/toy/fp32'), 1, BUILT);
  const abort = new AbortController();
  const first = translator.translate('a bird');
  const unwanted = translator.translate('a man', { signal: abort.signal });
  const last = translator.translate('a bird');
  abort.abort(new Error('not wanted'));
  await expect(unwanted).rejects.toThrow('not wanted');
  expect((await last).candidates).toEqual((await first).candidates);
  await translator.close();
});

it('lets an idle pair go, and loads it again', async () => {
  open(1);
  const translating = translators.translate('a bird', 'de');
  const [first] = await translators.pids();
  await translating;
  await waitFor('no process', async () => (await translators.pids()).length === 0 && !isAlive(first!));
  expect((await translators.translate('a man', 'de')).text).not.toBe('');
});

it('starts afresh after a process that was killed', async () => {
  open(60_000);
  await translators.translate('a bird', 'de');
  const [pid] = await translators.pids();
  process.kill(pid!, 'SIGKILL');
  await waitFor('its end to be seen', async () => (await translators.pids()).length === 0);
  expect((await translators.translate('a man', 'de')).text).not.toBe('');
});

it('leaves the process alone that came after one whose idle time was running when it died', async () => {
  const IDLE_MS = 300;
  // Its text takes longer than what was left of the first one's idle time.
  const slow = program('slow.js', `setTimeout(done, m.text === 'long' ? ${2 * IDLE_MS} : 0)`);
  open(IDLE_MS, slow.file);
  const translating = translators.translate('a', 'de');
  const [pid] = await translators.pids();
  await translating;
  process.kill(pid!, 'SIGKILL');
  await waitFor('its end to be seen', async () => (await translators.pids()).length === 0);
  expect((await translators.translate('long', 'de')).text).toBe('long');
  expect(slow.starts()).toBe(2);
});

it('says so where the language is not here', async () => {
  open(60_000);
  expect(translators.has('fr')).toBe(false);
  await expect(translators.translate('a bird', 'fr')).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
});

/** A program in the place of the translator's, which says that it is loaded unless told otherwise. */
const program = (name: string, onTranslate: string, onLoad = "process.send({ type: 'ready', info })") => {
  const file = path.join(folder, name);
  const info = { id: 'toy', precision: 'fp32', from: 'en', to: ['de'] };
  const said = '{ text: m.text, tokens: [1], logProbs: [0], score: 0 }';
  const done = `{ type: 'done', id: m.id, translation: { language: 'de', candidates: [${said}], confidence: 1, isCut: false, hasUnknown: false, timingMs: 1 } }`;
  writeFileSync(
    file,
    `require('fs').appendFileSync(${JSON.stringify(`${file}.starts`)}, '.');
     const info = ${JSON.stringify(info)};
     process.on('disconnect', () => process.exit());
     process.on('message', (m) => { if (m.type === 'load') ${onLoad}; else { const done = () => process.send(${done}); ${onTranslate}; } });`,
  );
  return { file, starts: () => readFileSync(`${file}.starts`, 'utf8').length };
};
const code = (one: PromiseSettledResult<unknown>) => (one.status === 'rejected' ? one.reason.code : 'done');

it('leaves a translator that cannot be loaded alone, longer each time, and uses it once it is mended', async () => {
  const broken = program('broken.js', 'done()', 'process.exit(1)');
  open(60_000, broken.file);
  const all = ['a', 'b', 'c'].map((text) => translators.translate(text, 'de'));
  expect((await Promise.allSettled(all)).map(code)).toEqual(Array(3).fill('MODEL_UNAVAILABLE'));
  await expect(translators.translate('d', 'de')).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  expect([broken.starts(), translators.isReady('de'), translators.has('de')]).toEqual([1, false, true]);
  now += 1000;
  expect(translators.isReady('de')).toBe(true);
  await expect(translators.translate('a', 'de')).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  now += 1999;
  await expect(translators.translate('a', 'de')).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  expect([broken.starts(), sick]).toEqual([2, ['MODEL_UNAVAILABLE 1000', 'MODEL_UNAVAILABLE 2000']]);
  program('broken.js', 'done()');
  now += 1;
  expect(await translators.translate('a', 'de')).toMatchObject({ text: 'a', language: 'de' });
});

it('blames a text only for the end of a process that translates others', async () => {
  open(60_000, program('fragile.js', "if (m.text === 'poison') process.exit(1); else done()").file);
  const all = ['a', 'poison', 'b'].map((text) => translators.translate(text, 'de'));
  // What waits behind it is not told that it is to blame.
  expect((await Promise.allSettled(all)).map(code)).toEqual(['done', 'TRANSLATOR_CRASHED', 'MODEL_UNAVAILABLE']);
  now += 1000;
  expect((await translators.translate('b', 'de')).text).toBe('b');
  // One that cannot say anything is sick, whatever it is asked.
  await translators.close();
  open(60_000, program('mute.js', 'process.exit(1)').file);
  expect(code((await Promise.allSettled([translators.translate('a', 'de')]))[0])).toBe('MODEL_UNAVAILABLE');
});

it.each([
  ['no message at all', 'process.send({ type: 42 })'],
  ['the answer to nothing', 'process.send({})'],
])('ends a process that says %s, and nothing else ends', async (_what, said) => {
  open(60_000, program('babbling.js', `m.text === 'a' ? ${said} : done()`).file);
  await expect(translators.translate('a', 'de')).rejects.toMatchObject({ code: 'TRANSLATOR_CRASHED' });
  await translators.close();
  open(60_000, program('nonsense.js', 'done()', said).file);
  await expect(translators.translate('a', 'de')).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
});

it('translates a text once, however often it is asked for', async () => {
  const counting = program(
    'counting.js',
    `require('fs').appendFileSync(${JSON.stringify('FILE')}, m.text + '\\n'); done()`,
  );
  const asked = path.join(folder, 'asked');
  writeFileSync(counting.file, readFileSync(counting.file, 'utf8').replace('"FILE"', JSON.stringify(asked)));
  open(60_000, counting.file);
  const [one, two] = await Promise.all([translators.translate('a', 'de'), translators.translate('a', 'de')]);
  expect(await translators.translate('a', 'de')).toEqual(one);
  expect(two).toEqual(one);
  expect(readFileSync(asked, 'utf8').trim().split('\n')).toEqual(['A dog on a beach', 'a']);
});
