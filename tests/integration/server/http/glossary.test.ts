import { altsmith } from '../../../support/altsmith-command';
import { ToyTranslator } from '../../../support/models/toy-translator';
import { samplePng } from '../../../support/sample-image';
import { TestSidecar } from '../../../support/test-sidecar';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

// The owner's words: kept with the site, edited by every way, in every suggestion from then on.

let sidecar: TestSidecar;
let toy: ToyTranslator;
let seed = 100;
beforeAll(async () => (toy = await ToyTranslator.make()));
afterAll(() => toy.remove());
beforeEach(async () => {
  sidecar = await TestSidecar.start();
  sidecar.engine.says = () => 'a man sitting on a wooden table';
});
afterEach(() => sidecar.remove());

const put = (glossary: unknown) => sidecar.call('PUT', '/v1/site', { glossary });
const kept = async () => (await sidecar.call('GET', '/v1/site')).body.site.glossary;
const suggest = (id: string, more: object = {}, image = samplePng((seed += 1))) => sidecar.suggest(image, id, more);
const WHOLE = { forms: [], instead_of: [], is_name: false, language: 'en' };

test('they are kept with the site, and stay when something else is changed', async () => {
  expect(await kept()).toEqual([]);
  const { status, body } = await put([{ term: 'bench', instead_of: ['table'] }]);
  expect(status).toBe(200);
  expect(body.site.glossary).toEqual([{ ...WHOLE, term: 'bench', instead_of: ['table'] }]);
  await sidecar.call('PUT', '/v1/site', { languages: ['de'] });
  expect(await kept()).toEqual(body.site.glossary);
  await put([]);
  expect(await kept()).toEqual([]);
  expect((await sidecar.call('GET', '/v1/site')).body.site.languages).toEqual(['de']);
});

test.each([
  ['a word of nothing', [{ term: ' ' }]],
  ['two entries of one word', [{ term: 'cat' }, { term: 'Cat' }]],
  ['a word that is to be said and to be replaced', [{ term: 'cat', instead_of: ['dog'] }, { term: 'dog' }]],
  ['a field that nobody knows', [{ term: 'cat', colour: 'red' }]],
  ['no list', { term: 'cat' }],
  ['more than a thousand', Array.from({ length: 1001 }, (_, at) => ({ term: `word ${at}` }))],
  [
    'too many letters',
    Array.from({ length: 1000 }, (_, at) => ({ term: `${at} ${'x'.repeat(98)}`.slice(0, 100), forms: [`f${at}`] })),
  ],
])('%s is refused, and what was there stays', async (_, glossary) => {
  await put([{ term: 'bench' }]);
  expect((await put(glossary)).status).toBe(400);
  expect(await kept()).toEqual([{ ...WHOLE, term: 'bench' }]);
});

test('a suggestion has the owner’s words in all of its texts, and says so', async () => {
  await put([
    { term: 'oak bench', instead_of: ['wooden table'] },
    { term: 'Alp', is_name: true, instead_of: ['man'] },
  ]);
  const found = await suggest('1', { context: { page_title: 'Camp' } });
  expect(found.fields).toMatchObject({
    alt_text: 'An Alp sitting on an oak bench',
    description: expect.stringContaining('An Alp sitting on an oak bench'),
  });
  expect(found.fields.title).toContain('oak bench');
  expect(found.flags).toContainEqual({
    code: 'glossary',
    message: 'By the site’s own words: “Alp” stands for “man”; “oak bench” stands for “wooden table”.',
  });
  // What was suggested for the same picture before is no obstacle: the words are put in when a suggestion is made.
  await put([]);
  const image = samplePng(999);
  expect((await suggest('2', {}, image)).fields.alt_text).toBe('A man sitting on a wooden table');
  await put([{ term: 'stone table', instead_of: ['wooden table'] }]);
  expect((await suggest('3', {}, image)).fields.alt_text).toBe('A man sitting on a stone table');
  expect((await sidecar.call('GET', '/v1/suggestions?flag=glossary')).body.items).toHaveLength(2);
});

test('a picture that is captioned at once has them too, beside the model’s own words; the answer to a question is the model’s', async () => {
  await put([{ term: 'oak bench', instead_of: ['wooden table'] }]);
  const { bytes } = samplePng((seed += 1));
  const { body } = await sidecar.call('POST', '/v1/captions', bytes);
  expect(body).toMatchObject({ caption: 'a man sitting on a wooden table', alt_text: 'A man sitting on an oak bench' });
  expect(body.seo.title).toContain('oak bench');
  expect(body.flags.map(({ code }: any) => code)).toContain('glossary');
  const { body: told } = await sidecar.call('POST', '/v1/captions?question=Is+it+a+table%3F', bytes);
  expect(told.answer).toBe('yes');
});

test('a translation has those of its own language, not those of English, which were in its source', async () => {
  toy.pullInto(sidecar.dataDir);
  await put([
    { term: 'Eichentisch', instead_of: ['Holztisch'], language: 'de' },
    { term: 'Tisch', instead_of: ['table'], language: 'nl' },
  ]);
  const found = await suggest('1', { language: 'de' });
  expect(found).toMatchObject({
    fields: { alt_text: 'Ein Mann sitzt auf einem Eichentisch' },
    source: 'A man sitting on a wooden table',
  });
  expect(found.flags.map(({ code }: any) => code)).toContain('glossary');
});

test('another translation is taken where it says one of the words', async () => {
  toy.pullInto(sidecar.dataDir);
  const plain = await suggest('1', { language: 'de' });
  const [other] = plain.alternatives as string[];
  const word = other!.match(/\p{L}{3,}/gu)!.find((each) => !plain.fields.alt_text.includes(each));
  await put([{ term: word, language: 'de' }]);
  const found = await suggest('2', { language: 'de' });
  expect(found.fields.alt_text).toContain(word);
  expect(found.alternatives).toContain(plain.fields.alt_text);
});

test('the search favours a word where the file’s name or the title of the page says it, and nowhere else', async () => {
  await put([{ term: 'otter', forms: ['otters'] }, { term: 'oak bench' }, { term: 'Fischotter', language: 'de' }]);
  const favoured = async (id: string, context: object) => {
    await suggest(id, { context });
    return sidecar.engine.requests.at(-1)!.options.favour;
  };
  expect(await favoured('1', { file_name: 'my-Otter_2.jpg', page_title: 'Camp' })).toEqual(['otter', 'otters']);
  expect(await favoured('2', { file_name: 'IMG_1.jpg', page_title: 'Our oak bench' })).toEqual(['oak bench']);
  expect(await favoured('3', { file_name: 'fischotter.jpg' })).toBeUndefined();
  expect(await favoured('4', {})).toBeUndefined();
});

test('the command line shows and replaces them; another site has its own', async () => {
  await put([{ term: 'bench', forms: ['benches'], instead_of: ['table'] }]);
  const { json: sites } = await altsmith(sidecar.dataDir, ['sites', 'list', '--json']);
  const [{ id }] = sites.items;
  const shown = await altsmith(sidecar.dataDir, ['sites', 'glossary', id]);
  expect(shown).toMatchObject({ code: 0, stdout: 'en     bench, benches = table\n' });
  const file = path.join(sidecar.dataDir, 'words.json');
  writeFileSync(file, JSON.stringify([{ term: 'Alp', is_name: true }]));
  expect((await altsmith(sidecar.dataDir, ['sites', 'glossary', id, '--file', file])).code).toBe(0);
  expect(await kept()).toEqual([{ ...WHOLE, term: 'Alp', is_name: true }]);
  const { json: other } = await altsmith(sidecar.dataDir, ['sites', 'create', 'Other', '--json']);
  expect((await altsmith(sidecar.dataDir, ['sites', 'glossary', other.id, '--json'])).json.glossary).toEqual([]);
  expect((await altsmith(sidecar.dataDir, ['sites', 'glossary', 'site_nobody'])).code).toBe(1);
}, 120_000);
