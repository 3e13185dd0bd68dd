import { differences } from '../../../plugin/src/review/differences';

const marked = (text: string, other: string) => differences(text, other).map(({ text: piece, isNew }) => (isNew ? `[${piece}]` : piece));

test('what the other text lacks is marked, without the spaces behind it', () => {
  expect(marked('A close up of a cat', 'A cup of coffee')).toEqual(['A ', '[close up]', ' of ', '[a cat]']);
});

test('case and the marks around a word make no difference, and nothing of the text is lost', () => {
  expect(marked('a Cat, sleeping', 'A cat')).toEqual(['a Cat, ', '[sleeping]']);
  expect(differences('  two  words ', 'other').map(({ text }) => text).join('')).toBe('  two  words ');
});
