'use strict';
// The words of a website's own alt texts.

const STOP = new Set(
  (
    'a an and are as at be been being by for from has have he her his how in into is it its of on or our she so some that the their them there ' +
    'these they this those to up was we were what when where which who will with you your over out off about after all also both can each ' +
    'image picture photo photograph screenshot example showing shows'
  ).split(' '),
);
/** A word that fewer pages say is no word of the house. */
const LEAST_PAGES = 3;

const singular = (word) => (/[^s]s$/.test(word) && word.length > 3 ? word.slice(0, -1) : word);
const wordsOf = (text) => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(singular);

/** Content words of a text, each once. */
function contentWords(text) {
  return new Set(wordsOf(text).filter((word) => !STOP.has(word)));
}

/** Harmonic mean of the share of said words that are due and the share of due ones that are said. */
function f1(said, due) {
  const both = [...said].filter((word) => due.has(word)).length;
  return both === 0 ? 0 : (2 * both) / (said.size + due.size);
}

/** Entries for a picture of a page, of the words that the site's other pages say. */
function drawGlossary(images, page) {
  const pages = new Map();
  for (const image of images.filter((other) => other.page !== page)) {
    for (const text of image.alt_texts) {
      for (const word of contentWords(text)) {
        if (!pages.has(word)) pages.set(word, new Set());
        pages.get(word).add(image.page);
      }
    }
  }
  return [...pages]
    .filter(([word, said]) => said.size >= LEAST_PAGES && word.length >= 3)
    .map(([term]) => ({ term, forms: [`${term}s`] }));
}

module.exports = { contentWords, f1, drawGlossary };
