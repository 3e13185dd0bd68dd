import { isLoop } from '../../../../models/search/loop';

describe('a text that is one group again and again', () => {
  test.each([
    ['a word', 'dai dai dai dai dai dai'],
    ['a phrase', 'a cat on a mat a cat on a mat a cat on a mat a cat on a mat a cat on a mat a cat on a mat'],
    ['a phrase whose last copy is cut off', `${'the man and '.repeat(8)}the m`],
    ['characters without blanks', '橋の橋の橋の橋の橋の橋の橋'],
    ['blanks of every kind between', ' no\n no  no\tno no no '],
  ])('%s', (_what, text) => expect(isLoop(text)).toBe(true));

  test.each([
    ['a sentence', 'a cat on a mat'],
    ['a word a few times', 'no no no no no'],
    ['a sentence that ends in a loop', `a man with ${'a hat and '.repeat(9)}`],
    ['nothing', ''],
  ])('is not %s', (_what, text) => expect(isLoop(text)).toBe(false));
});
