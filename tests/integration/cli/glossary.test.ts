import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { altsmith } from '../../support/altsmith-command';
import { convertCheckpoint } from '../../../models/convert-checkpoint';
import { writeMarian } from '../../support/models/marian-cases';

// The owner's words on the command line, with the model that ships.

const IMAGES = path.resolve(__dirname, '../../fixtures/images');
let folder: string;
let data: string;
const glossary = (entries: unknown) => {
  const file = path.join(folder, 'words.json');
  writeFileSync(file, typeof entries === 'string' ? entries : JSON.stringify(entries));
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-glossary-'));
  data = path.join(folder, 'data');
  copyFileSync(path.join(IMAGES, 'cat.jpg'), path.join(folder, 'cat.jpg'));
  copyFileSync(path.join(IMAGES, 'cat.jpg'), path.join(folder, 'my-tabby.jpg'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const caption = (words: string[]) => altsmith(data, ['caption', ...words, '--json']);

it('puts the owner’s words in the place of others, and says so', async () => {
  const { json: own } = await caption([path.join(folder, 'cat.jpg')]);
  expect(own.alt_text).toContain('cat');
  const file = glossary([{ term: 'Ocicat', is_name: true, instead_of: ['cat'] }]);
  const { json, code } = await caption([path.join(folder, 'cat.jpg'), '--glossary', file]);
  expect(code).toBe(0);
  expect(json.alt_text).toBe(own.alt_text.replace(/\b([Aa]) cat\b/, '$1n Ocicat'));
  expect(json).toMatchObject({ caption: own.caption, replaced: [{ said: 'cat', term: 'Ocicat' }] });
}, 120_000);

it('favours a word in the search where the name of the file says it, and nowhere else', async () => {
  const file = glossary([{ term: 'tabby', forms: ['tabby cat'] }]);
  const [plain, named] = await Promise.all(
    ['cat.jpg', 'my-tabby.jpg'].map(
      async (name) => (await caption([path.join(folder, name), '--glossary', file])).json,
    ),
  );
  expect(plain.alt_text).not.toContain('tabby');
  // A model that never learnt the word cannot be made to say it; the sentence stays one.
  expect(named.alt_text).toMatch(/^An? .+/);
}, 120_000);

it('applies the words of a language to its translations', async () => {
  const source = path.join(folder, 'toy');
  writeMarian(source, 'toy');
  await convertCheckpoint({ source, target: path.join(data, 'models/toy'), precision: 'fp32' });
  const { json: own } = await caption([path.join(folder, 'cat.jpg'), '--language', 'de']);
  const [word] = own.alt_text.match(/\p{L}{4,}/u);
  const file = glossary([{ term: 'Hauptwort', instead_of: [word], language: 'de' }]);
  const { json } = await caption([path.join(folder, 'cat.jpg'), '--language', 'de', '--glossary', file]);
  expect(json.alt_text).toContain('Hauptwort');
  expect(json.source).toBe(own.source);
}, 120_000);

it.each([
  ['no JSON', '{', 'cannot be read as JSON'],
  ['another shape', { term: 'cat' }, 'is no glossary'],
  ['an entry without a term', [{ term: 'cat' }, { instead_of: ['dog'] }], 'entry 2, term'],
  ['a contradiction', [{ term: 'cat' }, { term: 'Cat' }], 'has two entries'],
])('refuses %s with a sentence', async (_, entries, sentence) => {
  const { code, stdout, stderr } = await altsmith(data, [
    'caption',
    path.join(folder, 'cat.jpg'),
    '--glossary',
    glossary(entries),
  ]);
  expect(code).toBe(2);
  expect(stdout + stderr).toContain(sentence);
});
