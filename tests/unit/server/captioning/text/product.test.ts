import { withProduct } from '../../../../../server/captioning/text/product';
import type { SuggestedTexts } from '../../../../../server/translating/suggested-texts';

const texts = (altText: string): SuggestedTexts => ({
  fields: { alt_text: altText, title: 'A title', caption: null, description: null, keywords: null, file_name: null },
  alternatives: [],
  flags: [],
  confidence: 1,
  source: null,
  translator: null,
  awaitsTranslation: false,
});
const shoe = { name: ' Trail  Runner ', attributes: ['Blue'], categories: ['Shoes'] };

test('title, caption and keywords name the product in the words of its shop; the alt text stays what is seen', () => {
  const { fields } = withProduct(texts('Ein blauer Schuh auf weißem Grund.'), shoe, null);
  expect(fields).toMatchObject({
    alt_text: 'Ein blauer Schuh auf weißem Grund.',
    title: 'Trail Runner, Blue: Ein blauer Schuh auf weißem Grund',
    caption: 'Trail Runner, Blue',
    keywords: ['Trail Runner', 'Blue', 'Shoes'],
  });
});

test('a second time changes nothing, and pictures of one product differ by what they show', () => {
  const once = withProduct(texts('A shoe'), shoe, null);
  expect(withProduct(once, shoe, null)).toEqual(once);
  expect(withProduct(texts('A sole'), shoe, null).fields.title).not.toBe(once.fields.title);
});

test('no title is longer than sixty characters, and only what was wanted is made', () => {
  const long = withProduct(texts('A shoe on a white background with a long shadow'), shoe, null).fields.title ?? '';
  expect(long).toBe('Trail Runner, Blue: A shoe on a white background with a long');
  expect(long.length).toBeLessThanOrEqual(60);
  const name = 'Trail Runner for the long way home in the rain and in the snow';
  expect(withProduct(texts('A shoe'), { name }, ['alt_text', 'title']).fields).toMatchObject({
    title: 'Trail Runner for the long way home in the rain and in the',
    caption: null,
    keywords: null,
  });
});

test('without a product, or with an empty name, the texts stay', () => {
  const before = texts('A shoe');
  expect(withProduct(before, undefined, null)).toBe(before);
  expect(withProduct(before, { name: ' ' }, null)).toBe(before);
});
