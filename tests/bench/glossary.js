'use strict';
// npm run bench:glossary -- --images DIR [--model FOLDER] [--limit N]
//
// What an owner's glossary gains and what it spoils. DIR holds pictures of one website and alt-texts.json = [{file, alt_texts, page, name}]. The glossary
// of each picture is drawn from the site's other pages: words that the alt texts of at least three of them say. The words in place of others are
// pairs that a person wrote for this site (glossary/site-pairs.json). Each way of applying it is compared with the model's own sentence, by
// the words that it shares with the person's text (F1 of content words). Prints one JSON object.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const sharp = require('sharp');
const { contentWords, f1, drawGlossary } = require('./glossary/site-words.cjs');

const BUILD = path.resolve(__dirname, '../../build');
const { openCaptioner } = require(path.join(BUILD, 'models/open-captioner.js'));
const { readCaption } = require(path.join(BUILD, 'server/captioning/text/reading.js'));
const { preferredOrder, termsIn } = require(path.join(BUILD, 'server/glossary/prefer.js'));
const { replaceWords } = require(path.join(BUILD, 'server/glossary/replace.js'));

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    model: { type: 'string', default: path.resolve(__dirname, '../../models/mini') },
    limit: { type: 'string', default: '1000' },
  },
});
const PAIRS = JSON.parse(readFileSync(path.join(__dirname, 'glossary/site-pairs.json'), 'utf8'));
/** As suggestions are made. */
const SEARCH = { beams: 3, candidates: 3 };
const plain = (entry) => ({ forms: [], instead_of: [], is_name: false, language: 'en', ...entry });

async function textsOf(captioner, picture, favour) {
  const caption = await captioner.caption(picture, favour.length === 0 ? SEARCH : { ...SEARCH, favour });
  return readCaption(caption).candidates.map(({ text }) => text);
}

async function main() {
  const all = JSON.parse(readFileSync(path.join(values.images, 'alt-texts.json'), 'utf8')).slice(
    0,
    Number(values.limit),
  );
  const captioner = await openCaptioner(values.model, 2);
  const pairs = PAIRS.map(plain);
  const ways = {};
  const note = (way, image, text, own) => {
    const row = (ways[way] ??= {
      f1: 0,
      changed: 0,
      better: 0,
      worse: 0,
      right_terms: 0,
      wrong_terms: 0,
      examples: [],
    });
    const scoreOf = (said) => Math.max(...image.alt_texts.map((due) => f1(contentWords(said), contentWords(due))));
    const [score, before] = [scoreOf(text), scoreOf(own)];
    row.f1 += score / all.length;
    if (text === own) return;
    row.changed += 1;
    if (score > before) row.better += 1;
    if (score < before) row.worse += 1;
    const due = image.alt_texts.join(' ');
    // Terms that the change brought in: does the person say them too?
    for (const entry of termsIn(text, image.entries).filter((term) => !termsIn(own, image.entries).includes(term))) {
      if (termsIn(due, [entry]).length > 0) row.right_terms += 1;
      else row.wrong_terms += 1;
    }
    if (row.examples.length < 12) row.examples.push({ file: image.file, own, text, person: image.alt_texts[0] });
  };
  for (const image of all) {
    const terms = drawGlossary(all, image.page).map(plain);
    image.entries = [...terms, ...pairs];
    const { data, info } = await sharp(path.join(values.images, image.file))
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { data, width: info.width, height: info.height };
    const context =
      `${image.name.replace(/\.\w+$/, '')} ${path.basename(image.page).replace(/^[\d-]+|\.\w+$/g, '')}`.replaceAll(
        '-',
        ' ',
      );
    const named = termsIn(context, terms);
    const texts = await textsOf(captioner, picture, []);
    const [own] = texts;
    const best = (found, entries) => found[preferredOrder(found, entries, 'en')[0]];
    const formsOf = (entries) => entries.flatMap(({ term, forms }) => [term, ...forms]);
    note('the model alone', image, own, own);
    note('preferred among the alternatives', image, best(texts, image.entries), own);
    note('put in the place of other words', image, replaceWords(own, pairs, 'en').text, own);
    const favoured = named.length === 0 ? texts : await textsOf(captioner, picture, formsOf(named));
    note('favoured in the search where name or title say it', image, favoured[0], own);
    const ungated = await textsOf(captioner, picture, formsOf(terms));
    note('favoured in the search always', image, ungated[0], own);
    note('all three', image, replaceWords(best(favoured, image.entries), image.entries, 'en').text, own);
    process.stderr.write('.');
  }
  await captioner.close();
  const sizes = all.map(({ entries }) => entries.length);
  const glossary = { least: Math.min(...sizes), most: Math.max(...sizes), pairs: pairs.length };
  process.stdout.write(`${JSON.stringify({ images: all.length, model: captioner.info, glossary, ways }, null, 1)}\n`);
}

main();
