import { GlossaryEntry } from '../../../../server/contract/glossary';
import { translationWithOwnersWords, withOwnersWords } from '../../../../server/glossary/owners-words';

const FIELDS = {
  alt_text: 'A kid on a swing',
  title: 'Kid on a swing',
  caption: null,
  description: 'A kid on a swing. From “Park”.',
  keywords: ['kid', 'swing'],
  file_name: 'kid-on-a-swing.jpg',
};
const TEXTS = { fields: FIELDS, alternatives: ['Two kids', 'A child'], flags: [] };
const CHILD = GlossaryEntry.parse({ term: 'child', forms: ['children'], instead_of: ['kid'] });

test('every text is changed, the file name stays', () => {
  const made = withOwnersWords(TEXTS, [CHILD], 'en', FIELDS.alt_text);
  expect(made.fields).toEqual({
    alt_text: 'A child on a swing',
    title: 'Child on a swing',
    caption: null,
    description: 'A child on a swing. From “Park”.',
    keywords: ['child', 'swing'],
    file_name: 'kid-on-a-swing.jpg',
  });
  expect(made.alternatives).toEqual(['Two children', 'A child']);
  expect(made.flags).toEqual([{ code: 'glossary', message: 'By the site’s own words: “child” stands for “kid”.' }]);
});

test('where no word is touched nothing is said', () => {
  const other = GlossaryEntry.parse({ term: 'lorry', instead_of: ['truck'] });
  expect(withOwnersWords(TEXTS, [other], 'en', FIELDS.alt_text)).toEqual(TEXTS);
});

test('a sentence that was preferred for its words says which', () => {
  const swing = GlossaryEntry.parse({ term: 'swing' });
  const { flags } = withOwnersWords(TEXTS, [swing], 'en', 'A kid in a garden');
  expect(flags).toEqual([
    { code: 'glossary', message: 'By the site’s own words: this sentence was chosen because it says “swing”.' },
  ]);
});

test('of translations another comes first where it says the word', () => {
  const texts = { ...TEXTS, fields: { ...FIELDS, alt_text: 'Ein Kind' }, alternatives: ['Ein Bub', 'Ein Junge'] };
  const boy = GlossaryEntry.parse({ term: 'Bub', language: 'de' });
  const made = translationWithOwnersWords(texts, [boy], 'de');
  expect([made.fields.alt_text, made.alternatives]).toEqual(['Ein Bub', ['Ein Kind', 'Ein Junge']]);
  expect(made.flags.map(({ code }) => code)).toEqual(['glossary']);
});
