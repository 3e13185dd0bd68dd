import { WordPieceTokenizer } from '../../../../models/tokenizers/word-piece';

const VOCABULARY = [
  '[PAD]',
  '[UNK]',
  'a',
  'picture',
  'of',
  'un',
  '##aff',
  '##able',
  'cafe',
  ',',
  "'",
  '-',
  't',
  'don',
  '猫',
];
const tokenizer = new WordPieceTokenizer({
  vocabulary: VOCABULARY,
  unknown: 1,
  special: [0, 1],
  cleanup: [
    [' ,', ','],
    [" ' ", "'"],
  ],
});
const idsOf = (...tokens: string[]) => tokens.map((token) => VOCABULARY.indexOf(token));

describe('encoding', () => {
  it.each([
    ['lower-cases', 'A Picture OF', idsOf('a', 'picture', 'of')],
    ['takes the longest pieces first', 'unaffable', idsOf('un', '##aff', '##able')],
    ['strips accents', 'Café', idsOf('cafe')],
    ['splits at punctuation', "don't, a-t", idsOf('don', "'", 't', ',', 'a', '-', 't')],
    ['parts Chinese characters', 'a猫猫', idsOf('a', '猫', '猫')],
    ['drops control characters', 'a\u0000\u200b of\u0007', idsOf('a', 'of')],
    ['takes tabs and newlines for spaces', 'a\tpicture\nof', idsOf('a', 'picture', 'of')],
    ['gives up on a word it has no pieces for, not on the sentence', 'a zebra of', [...idsOf('a'), 1, ...idsOf('of')]],
    ['gives up on a word without end', 'a'.repeat(101), [1]],
    ['finds nothing in nothing', '  ', []],
  ])('%s', (_, text, ids) => expect(tokenizer.encode(text)).toEqual(ids));
});

describe('decoding', () => {
  it('joins pieces, closes up punctuation, and leaves out special and unknown ids', () => {
    expect(tokenizer.decode([0, ...idsOf('a', ',', 'un', '##aff', '##able'), 99_999])).toBe('a, unaffable');
    expect(tokenizer.decode(idsOf('don', "'", 't'))).toBe("don't");
  });
});
