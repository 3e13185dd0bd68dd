import { Glossary, GlossaryEntry } from '../../../../server/contract/glossary';
import { preferredOrder, termsIn } from '../../../../server/glossary/prefer';

const ENTRIES = [
  GlossaryEntry.parse({ term: 'whiteboard', forms: ['whiteboards'] }),
  GlossaryEntry.parse({ term: 'sticky note', forms: ['sticky notes'], instead_of: ['post-it'] }),
];

test('texts that say more of the owner’s words come first, in their own order otherwise', () => {
  const texts = [
    'A man at a wall',
    'A man at a board with a post-it',
    'A man with Sticky Notes at a whiteboard',
    'A room',
  ];
  expect(preferredOrder(texts, ENTRIES, 'en')).toEqual([2, 1, 0, 3]);
  expect(preferredOrder(texts, [], 'en')).toEqual([0, 1, 2, 3]);
});

test('only whole words count', () => {
  expect(termsIn('Whiteboards in a room', ENTRIES).map(({ term }) => term)).toEqual(['whiteboard']);
  expect(termsIn('A whiteboarded wall, sticky; notes', ENTRIES).map(({ term }) => term)).toEqual(['sticky note']);
  expect(termsIn('A sticky wall with notes', ENTRIES)).toEqual([]);
});

describe('a glossary that contradicts itself is refused', () => {
  test.each([
    [[{ term: 'car' }, { term: 'Car' }], '"Car" has two entries.'],
    [
      [
        { term: 'car', instead_of: ['auto'] },
        { term: 'bus', instead_of: ['Auto'] },
      ],
      '"Auto" is to be replaced by two',
    ],
    [[{ term: 'car', instead_of: ['auto'] }, { term: 'auto' }], '"auto" is to be said and to be replaced.'],
    [[{ term: 'car', instead_of: ['car'] }], '"car" is to be said and to be replaced.'],
    [[{ term: '…' }], 'has no letter or digit'],
    [[{ term: 'a\nb' }], 'has to be on one line'],
    [[{ term: '  ' }], ''],
  ])('%j', (given, reason) => {
    const parsed = Glossary.safeParse(given);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain(JSON.stringify(reason).slice(1, -1));
  });

  test('the same letters in another case are a name put right; another language is another word', () => {
    expect(Glossary.safeParse([{ term: 'GitHub', instead_of: ['Github'], is_name: true }]).success).toBe(true);
    expect(Glossary.safeParse([{ term: 'car' }, { term: 'car', language: 'fr' }]).success).toBe(true);
  });
});
