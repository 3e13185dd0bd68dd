import { readFileSync } from 'node:fs';
import path from 'node:path';
import { joinWords, readWords } from '../../../../../server/captioning/text/words';

const VOCABULARY = path.resolve(__dirname, '../../../../../models/mini/vocab.txt');

describe('reading the words of a sentence', () => {
  test.each([
    'A group of people are sitting around a fire',
    'A dog is jumping up to catch a frisbee',
    'A very cluttered office with a lot of screens',
    'An all white kitchen',
  ])('words that the library knows no root of are their own: %s', (sentence) => {
    const words = readWords(sentence);
    expect(joinWords(words)).toBe(sentence);
    expect(words.every(({ lemma }) => lemma.length > 0)).toBe(true);
  });

  test('every word that mini can say can be read, wherever it stands', () => {
    const known = readFileSync(VOCABULARY, 'utf8').split('\n');
    const words = known.filter((word) => /^[a-z][a-z'-]*$/.test(word));
    expect(words.length).toBeGreaterThan(2500);
    for (const word of words) {
      const sentence = `A ${word} on a table is ${word} two ${word} in the snow`;
      expect(joinWords(readWords(sentence))).toBe(sentence);
    }
  });
});
