import { GlossaryEntry } from '../../../../server/contract/glossary';
import { replaceWords } from '../../../../server/glossary/replace';

const entry = (given: object) => GlossaryEntry.parse(given);
const FOOTBALL = entry({ term: 'football', instead_of: ['soccer', 'soccer ball'] });
const ENTRIES = [
  FOOTBALL,
  entry({ term: 'aubergine', instead_of: ['eggplant'] }),
  entry({ term: 'child', forms: ['children'], instead_of: ['kid'] }),
  entry({ term: 'Airstream', instead_of: ['trailer'], is_name: true }),
  entry({ term: 'Golden Gate Bridge', instead_of: ['red bridge'], is_name: true }),
  entry({ term: 'sticky note', instead_of: ['post-it note', 'Post-it'] }),
  entry({ term: 'lorry', instead_of: ['truck'] }),
];

test.each([
  ['A man playing soccer', 'A man playing football'],
  // The longest words first, and what was put in is not looked at again.
  ['A soccer ball on grass', 'A football on grass'],
  ['Soccer on a field', 'Football on a field'],
  ['A soccerball and soccer-mad people', 'A soccerball and football-mad people'],
  // The article agrees, with its own letter.
  ['An eggplant and a tomato', 'An aubergine and a tomato'],
  ['A truck', 'A lorry'],
  ['There is a eggplant', 'There is an aubergine'],
  ['An old trailer', 'An old Airstream'],
  ['A trailer by a lake', 'An Airstream by a lake'],
  // The number is kept: a form that is given, else the regular one.
  ['Two kids on a swing', 'Two children on a swing'],
  ['Two eggplants', 'Two aubergines'],
  ['Trucks in a row', 'Lorries in a row'],
  ['Trailers in a row', 'Airstream in a row'],
  // Names get their letters back.
  ['The golden gate bridge at dusk', 'The Golden Gate Bridge at dusk'],
  ['A post-it note on a wall', 'A sticky note on a wall'],
  ['Many post-it notes', 'Many sticky notes'],
  ['A cat on a table', 'A cat on a table'],
])('%s → %s', (text, due) => expect(replaceWords(text, ENTRIES, 'en').text).toBe(due));

test('what was replaced is told, each pair once; a case that was put right is not', () => {
  const { replaced } = replaceWords('Soccer, soccer and a kid at the golden gate bridge', ENTRIES, 'en-GB');
  expect(replaced).toEqual([
    { said: 'soccer', term: 'football' },
    { said: 'kid', term: 'child' },
  ]);
});

test('other languages: whole words, in the forms that are given', () => {
  const german = [
    entry({ term: 'Fahrrad', instead_of: ['Rad'], language: 'de' }),
    entry({ term: 'Fahrräder', instead_of: ['Räder'], language: 'de' }),
    entry({ term: 'auto', instead_of: ['wagen'], language: 'de' }),
  ];
  expect(replaceWords('Ein Rad neben zwei Rädern', german, 'de').text).toBe('Ein Fahrrad neben zwei Rädern');
  expect(replaceWords('Räder und ein Radweg', german, 'de').text).toBe('Fahrräder und ein Radweg');
  // A word of its own that English would take for an article.
  expect(replaceWords('Wagen an der Straße', german, 'de').text).toBe('Auto an der Straße');
});

test('scripts without spaces have no edges of words', () => {
  const japanese = [entry({ term: '自転車', instead_of: ['バイク'], language: 'ja' })];
  expect(replaceWords('赤いバイクと犬', japanese, 'ja').text).toBe('赤い自転車と犬');
});

test('marks and letters of any kind are taken as they are', () => {
  const odd = [
    entry({ term: 'C++', instead_of: ['c plus (plus)'] }),
    entry({ term: 'café', instead_of: ['coffee.shop'] }),
  ];
  expect(replaceWords('A book on c plus (plus) in a coffee.shop', odd, 'en').text).toBe('A book on C++ in a café');
  expect(replaceWords('A coffeexshop', odd, 'en').text).toBe('A coffeexshop');
  expect(replaceWords('A cafe\u0301', [entry({ term: 'bistro', instead_of: ['café'] })], 'en').text).toBe('A bistro');
});

test('a thousand entries and a long text take no time to speak of', () => {
  const many = Array.from({ length: 1000 }, (_, at) =>
    entry({ term: `word ${at}`, instead_of: [`other ${at}`, `${at} more`] }),
  );
  const begin = process.cpuUsage();
  replaceWords('an other '.repeat(1000), many, 'en');
  const { user } = process.cpuUsage(begin);
  expect(user / 1e6).toBeLessThan(2);
});
