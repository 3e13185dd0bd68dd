import { mkdtempSync, rmSync } from 'node:fs';
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

const open = (idleMs: number) => {
  const workerFile = path.resolve(__dirname, '../../../build/server/translating/worker-process.js');
  translators = new Translators({
    pulled: path.join(folder, 'pulled'),
    threads: 1,
    idleMs,
    workerFile,
    failed: (error) => {
      throw error;
    },
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
  const workerFile = path.resolve(__dirname, '../../../build/server/translating/worker-process.js');
  open(60_000);
  const translator = await TranslatorProcess.start(path.join(folder, 'pulled/toy/fp32'), 1, workerFile);
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
  expect((await translators.translate('a bird', 'de')).text).not.toBe('');
});

it('starts afresh after a process that was killed', async () => {
  open(60_000);
  await translators.translate('a bird', 'de');
  const [pid] = await translators.pids();
  process.kill(pid!, 'SIGKILL');
  await waitFor('its end to be seen', async () => (await translators.pids()).length === 0);
  expect((await translators.translate('a bird', 'de')).text).not.toBe('');
});

it('says so where the language is not here', async () => {
  open(60_000);
  expect(translators.has('fr')).toBe(false);
  await expect(translators.translate('a bird', 'fr')).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
});
