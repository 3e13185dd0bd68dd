import { countWords, polishAltText } from '../../../../../server/captioning/text/alt-text';

describe('polishing what a model said', () => {
  test.each([
    ['capitalises the first letter', 'a brown dog running', 'A brown dog running'],
    ['drops the closing full stop', 'A brown dog running. ', 'A brown dog running'],
    ['drops "a picture of"', 'a picture of two cats on a bed', 'Two cats on a bed'],
    ['drops "this image shows"', 'This image shows two cats on a bed.', 'Two cats on a bed'],
    ['drops nested openers', 'a photo of a picture of two cats on a bed', 'Two cats on a bed'],
    ['keeps "picture" where it is part of the scene', 'people posing for a picture', 'People posing for a picture'],
    [
      'keeps a kind of picture that says something',
      'a black and white photo of a man',
      'A black and white photo of a man',
    ],
    ['drops "there is"', 'there is a cat on the couch', 'A cat on the couch'],
    ['drops the word that blip-large invents', 'arafed dog sitting on a couch', 'Dog sitting on a couch'],
    ['drops it in the plural', 'two araffes in a field of grass', 'In a field of grass'],
    ['drops it in the middle', 'a photo of an araffed dog on a couch', 'Dog on a couch'],
    ['drops it before a thing', 'a woman with two arafed dogs', 'A woman with two dogs'],
    ['keeps a name that looks like it', 'a statue of arafat in a park', 'A statue of arafat in a park'],
    ['keeps a name that is a word said twice', 'a red tuk tuk parked on a street', 'A red tuk tuk parked on a street'],
    ['keeps it at the end', 'a man playing with a yo yo', 'A man playing with a yo yo'],
    ['collapses a doubled word', 'a dog on the the couch', 'A dog on the couch'],
    ['collapses a doubled phrase', 'a cat on a hat on a hat', 'A cat on a hat'],
    ['puts nothing on itself', 'a man is holding a camera on a camera', 'A man is holding a camera'],
    ['lets two of a kind be', 'a dog next to a dog', 'A dog next to a dog'],
    ['drops words left hanging by a length limit', 'a plate of food with a', 'A plate of food'],
    ['closes the gap before a mark', "a dog , a cat and the man 's hat", "A dog, a cat and the man's hat"],
    ['unwraps quotation marks', '"Two cats on a bed"', 'Two cats on a bed'],
    ['keeps the first sentence only', 'Two cats on a bed. They look sleepy.', 'Two cats on a bed'],
    ['does not take an abbreviation for an end', 'A statue of Dr. Smith in a park', 'A statue of Dr. Smith in a park'],
    ['removes marks that hide or reorder text', 'two\u202e cats\u200b on\u0000 a bed', 'Two cats on a bed'],
    ['keeps hyphens', 'a man in a t-shirt and black-and-white shoes', 'A man in a t-shirt and black-and-white shoes'],
    ['composes accents', 'a cafe\u0301 on the corner', 'A café on the corner'],
    ['capitalises beyond the basic plane without breaking it', '𝒶 dog on grass', '𝒶 dog on grass'],
  ])('%s', (_name, said, expected) => {
    expect(polishAltText(said)).toMatchObject({ text: expected, problems: [] });
  });

  test('a long text is never cut', () => {
    const words = Array.from({ length: 90 }, (_, index) => `thing${String(index)}`).join(' ');
    expect(polishAltText(words).text).toHaveLength(words.length);
  });

  test.each([
    ['', ''],
    ['   ', ''],
    ['a picture of', ''],
    ['dog', 'Dog'],
    ['a dog', 'A dog'],
  ])('%j is too short', (said, text) => {
    expect(polishAltText(said)).toMatchObject({ text, problems: ['too_short'] });
  });

  test('a loop is cut down and marked', () => {
    expect(polishAltText('a cake with dai dai dai dai dai dai')).toMatchObject({
      text: 'A cake with dai',
      problems: ['repetitive'],
    });
  });

  test('a loop that leaves nothing is both repetitive and too short', () => {
    expect(polishAltText('dai dai dai dai dai').problems).toEqual(['too_short', 'repetitive']);
  });

  test('the same thing named twice is marked', () => {
    expect(polishAltText('a yellow car is standing in front of a yellow car').problems).toEqual(['repetitive']);
  });

  test('two different things of one kind are not a repeat', () => {
    expect(polishAltText('a man in a red hat next to a man in the blue hat').problems).toEqual([]);
  });

  test('polishing twice changes nothing more', () => {
    for (const said of ['a picture of a dog . ', 'on a hat on a hat on', 'there is a picture of a cat on a bed']) {
      const once = polishAltText(said).text;
      expect(polishAltText(once).text).toBe(once);
    }
  });
});

test('words are counted in scripts without spaces as well', () => {
  expect(countWords('一只狗在草地上奔跑')).toBeGreaterThanOrEqual(3);
  expect(countWords('- , .')).toBe(0);
});
