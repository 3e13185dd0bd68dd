import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { altsmith } from '../../support/altsmith-command';
import { writeMarian } from '../../support/models/marian-cases';

// The whole way of a person who wants German: a checkpoint becomes a model, the language is pulled and chosen, texts are translated. The
// checkpoint is the tiny one that was taught its few sentences.

let folder: string;
let data: string;
const TEXT = 'a man sitting on a wooden table';
const GERMAN = 'ein Mann sitzt auf einem Holztisch';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-translate-'));
  data = path.join(folder, 'data');
  writeMarian(path.join(folder, 'toy'), 'toy', 'legacy-half');
  writeMarian(path.join(folder, 'multi'), 'multi');
  const target = path.join(data, 'models', 'multi-toy');
  await altsmith(data, ['models', 'convert', path.join(folder, 'multi'), '--out', target, '--precision', 'fp32']);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('says what to do before the language is here', async () => {
  const { code, json } = await altsmith(data, ['translate', TEXT, '--to', 'fr', '--json']);
  expect(code).toBe(1);
  expect(json.error).toEqual({
    code: 'MODEL_FILE_MISSING',
    message: 'The language "fr" has not been pulled; run "altsmith languages pull fr".',
  });
});

it('pulls a language by its name, WordPress’s too, and keeps the licence beside it', async () => {
  const words = ['languages', 'pull', 'de_DE_formal', '--from', path.join(folder, 'toy'), '--json'];
  const { code, json } = await altsmith(data, words);
  expect(code).toBe(0);
  expect(json).toMatchObject({ id: 'opus-mt-en-de', precision: 'int8', agreement: { pictures: 8 } });
  expect(readFileSync(path.join(json.folder, 'LICENSE.txt'), 'utf8')).toContain('University of Helsinki');
  expect(existsSync(path.join(data, 'models', 'opus-mt-en-de', 'fp32'))).toBe(false);
}, 60_000);

it('translates with what was pulled', async () => {
  const { code, json } = await altsmith(data, ['translate', TEXT, '--to', 'de-AT', '--json']);
  expect(code).toBe(0);
  expect(json).toMatchObject({
    text: TEXT,
    translation: GERMAN,
    language: 'de',
    model: { id: 'opus-mt-en-de', precision: 'int8' },
  });
  expect(json.tokens.length).toBeGreaterThan(4);
  expect(json.alternatives).toHaveLength(2);
});

it('takes a model by its folder, for several texts, as lines', async () => {
  const model = path.join(data, 'models', 'multi-toy');
  const { code, stdout } = await altsmith(data, ['translate', TEXT, 'a bird', '--to', 'pt', '--model', model]);
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(2);
});

it('goes on after a text that cannot be translated', async () => {
  const { code, stdout, stderr } = await altsmith(data, ['translate', ' ', TEXT, '--to', 'de']);
  expect([code, stdout]).toEqual([1, `${GERMAN}\n`]);
  expect(stderr).toContain('There is no text to translate.');
});

it('names the languages of a model that has no such', async () => {
  const words = ['translate', TEXT, '--to', 'ja', '--model', path.join(data, 'models', 'multi-toy'), '--json'];
  const { code, json } = await altsmith(data, words);
  expect(code).toBe(1);
  expect(json.error.message).toContain('does not translate into "ja"; it knows de, pt, zh-Hans.');
});

it('captions a picture in the language, beside its English', async () => {
  const picture = path.resolve(__dirname, '../../fixtures/images/cat.jpg');
  const { code, json } = await altsmith(data, ['caption', picture, '--model', 'mini', '--language', 'de', '--json']);
  expect(code).toBe(0);
  const english = (await altsmith(data, ['caption', picture, '--model', 'mini', '--json'])).json;
  expect(json).toMatchObject({
    caption: english.caption,
    source: english.alt_text,
    source_tokens: english.tokens,
    language: 'de',
    translator: { id: 'opus-mt-en-de', precision: 'int8' },
    model: { id: 'mini' },
  });
  expect(json.alt_text).not.toBe(english.alt_text);
  expect(json.alt_text).toMatch(/^\p{Lu}/u);
  expect(json.problems).toEqual(expect.any(Array));
}, 60_000);

it('looks at no picture where the language is not here', async () => {
  const { code, json } = await altsmith(data, ['caption', 'no-such-picture.jpg', '--language', 'fr', '--json']);
  expect([code, json.error.code]).toEqual([1, 'MODEL_FILE_MISSING']);
});

it('lists languages with sizes, licences and authors, and chooses between models', async () => {
  const used = async () => {
    const { json } = await altsmith(data, ['languages', 'list', '--json']);
    return json.items.filter((line: any) => line.language === 'de');
  };
  expect(await used()).toEqual([
    expect.objectContaining({
      model: 'opus-mt-en-de',
      name: 'German',
      licence: 'CC-BY-4.0',
      author: expect.stringContaining('Helsinki'),
      download_bytes: 298_000_000,
      precision: 'int8',
      in_use: true,
    }),
    expect.objectContaining({ model: 'multi', precision: 'fp32', in_use: false }),
  ]);
  expect(await altsmith(data, ['languages', 'use', 'de', '--model', 'multi'])).toMatchObject({ code: 0 });
  expect((await used()).map((line: any) => [line.model, line.in_use])).toEqual([
    ['opus-mt-en-de', false],
    ['multi', true],
  ]);
});

it('is verified as other models are', async () => {
  const { code, stdout } = await altsmith(data, ['models', 'verify', 'opus-mt-en-de']);
  expect(code).toBe(0);
  expect(stdout).toContain('files are as they were made.');
  expect(stdout).toMatch(/It loads, and says for "a cat sitting on a wooden table": ".+"/);
});

it('is not taken for a model that describes pictures', async () => {
  const { code, stderr } = await altsmith(data, ['models', 'use', 'opus-mt-en-de']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('choose it with "altsmith languages use"')]);
  const { json } = await altsmith(data, ['models', 'list', '--json']);
  expect(json.items.find((model: any) => model.in_use).id).toBe('mini');
});

it.each([
  [['translate', '--to', 'de']],
  [['translate', TEXT]],
  [['translate', TEXT, '--to', 'not a language']],
  [['translate', TEXT, '--to', 'de', '--max-length', '1']],
  [['languages', 'use', '!']],
])('refuses wrong words: %j', async (words) => expect(await altsmith(data, words)).toMatchObject({ code: 2 }));
