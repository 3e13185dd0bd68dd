import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { comparableIn } from '../../../../server/evaluation/language-of-library';
import { readLibrary } from '../../../../server/evaluation/library';
import { unfitBecause } from '../../../../server/evaluation/person-text';
import { languageOfTexts } from '../../../../server/evaluation/text-language';
import { plantLibrary } from '../../../support/evaluation/planted-library';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-library-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  '',
  '   ',
  '…',
  'IMG_2031',
  'DSC 0042',
  'photo.jpg',
  'hero-banner-02',
  'hero_banner',
  'team-photo-final',
  '2019-04-02 12.33',
  'a8f3e19c44',
  'Screenshot 12',
  'sunset',
])('no text of a person: %p', (text) => expect(unfitBecause(text, ['sunset.jpg'])).not.toBeNull());

test.each([
  'A cat',
  'Dan Brown',
  'Sunset over the bay',
  'T-shirt',
  'a well-known jack-in-the-box',
  '東京の夜',
  'Team photo from 2019',
])('a text of a person: %p', (text) => expect(unfitBecause(text, ['team-photo.jpg'])).toBeNull());

test('what is no person’s text, and what is not there or outside, is left out and counted', async () => {
  writeFileSync(path.join(folder, 'secret.jpg'), 'x');
  const more = [
    { file: '0.jpg', alt_texts: [''] },
    { file: '1.jpg', alt_texts: ['IMG_0001.jpg'] },
    { file: 'gone.jpg', alt_texts: ['A cat'] },
    { file: '../secret.jpg', alt_texts: ['A cat'] },
  ];
  plantLibrary(path.join(folder, 'in'), 50, more);
  const { items, leftOut } = await readLibrary(path.join(folder, 'in'), { limit: null, seed: 1 });
  expect([items.length, leftOut]).toEqual([50, { empty: 1, file_name: 1, missing: 2 }]);
});

test('two hundred are drawn where there are more, as many as are asked for, and the same for the same seed', async () => {
  plantLibrary(folder, 230);
  const draw = async (limit: number | null, seed: number) =>
    (await readLibrary(folder, { limit, seed })).items.map(({ file }) => file);
  const usual = await draw(null, 1);
  expect(usual).toHaveLength(200);
  expect(await draw(null, 1)).toEqual(usual);
  expect(await draw(null, 2)).not.toEqual(usual);
  expect(await draw(12, 1)).toHaveLength(12);
});

test('fewer than fifty are refused, unless fewer are asked for', async () => {
  plantLibrary(folder, 49);
  await expect(readLibrary(folder, { limit: null, seed: 1 })).rejects.toMatchObject({ code: 'EVALUATION_TOO_SMALL' });
  expect((await readLibrary(folder, { limit: 40, seed: 1 })).items).toHaveLength(40);
});

test.each(['[{"file": 1}]', 'no JSON', '{}'])('a list that is none is refused: %s', async (text) => {
  writeFileSync(path.join(folder, 'alt-texts.json'), text);
  await expect(readLibrary(folder, { limit: 5, seed: 1 })).rejects.toMatchObject({ code: 'EVALUATION_TEXTS_MISSING' });
});

const GERMAN = [
  'Ein Hund liegt auf dem Sofa',
  'Zwei Kinder im Garten vor dem Haus',
  'Das Rathaus von der Seite',
  'Eine Tasse mit Kaffee auf dem Tisch',
  'Der Hafen bei Nacht mit Schiffen',
];

test('the language of texts is told by their short words', () => {
  expect(languageOfTexts(GERMAN)).toBe('de');
  expect(
    languageOfTexts([
      'A dog on a sofa',
      'Two kids in the garden',
      'The town hall from the side',
      'A cup of coffee on a table',
      'The port at night',
    ]),
  ).toBe('en');
  expect(
    languageOfTexts([
      'Un chien sur le canapé',
      'Deux enfants dans le jardin',
      'La mairie vue de face',
      'Une tasse de café sur la table',
      'Le port de nuit',
    ]),
  ).toBe('fr');
  expect(
    languageOfTexts([
      'Koira makaa sohvalla kotona',
      'Kaksi lasta leikkii puutarhassa',
      'Kaupungintalo sivulta päin nähtynä',
      'Kuppi kahvia pöydällä aamulla',
      'Satama yöllä valoineen kaikkineen',
    ]),
  ).toBe('und');
  expect(languageOfTexts(['海边的一只狗', '桌子上的咖啡', '城市的夜景'])).toBe('und');
  expect(languageOfTexts(['Dan Brown', 'Logo'])).toBeNull();
});

test('texts in another language are compared with the translation, or refused', async () => {
  const library = { items: GERMAN.map((text, at) => ({ file: `${at}.jpg`, path: '', texts: [text] })) };
  const translators = (known: boolean) => ({
    has: () => known,
    translate: (text: string) => Promise.resolve({ text: `de: ${text}` } as any),
  });
  const compared = comparableIn(library, null, translators(true));
  expect([compared.language, await compared.translate!('a dog')]).toEqual(['de', 'de: a dog']);
  expect(() => comparableIn(library, null, translators(false))).toThrow(
    expect.objectContaining({ code: 'EVALUATION_LANGUAGE' }),
  );
  expect(comparableIn(library, 'en-GB', translators(false))).toEqual({ language: 'en', translate: null });
});
