'use strict';
// npm run build && node tests/bench/cider.cjs DIR [--model FOLDER] [--limit N]
//
// How much a model's sentences are like those that people wrote: CIDEr-D over a folder of pictures with alt-texts.json = [{file, alt_texts}].
// Searched as suggestions are, and scored before and after they are polished. "wrong pictures": each sentence is scored with the next picture's
// texts, which is what a model gets that says such things whatever it sees. Scores are those of papers, a hundred times the mean (0 to 1000), and compare
// only within one set of pictures. Prints one JSON object.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const sharp = require('sharp');

const BUILD = path.resolve(__dirname, '../../build');
const { openCaptioner } = require(path.join(BUILD, 'models/open-captioner.js'));
const { captionWords } = require(path.join(BUILD, 'models/evaluation/caption-words.js'));
const { ciderScores } = require(path.join(BUILD, 'models/evaluation/cider.js'));
const { readCaption } = require(path.join(BUILD, 'server/captioning/text/reading.js'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: path.resolve(__dirname, '../../models/mini') },
    limit: { type: 'string', default: '1000' },
  },
});
const [folder] = positionals;
/** As suggestions are made. */
const SEARCH = { beams: 3, candidates: 3, keepWordless: true };

async function pixelsOf(file) {
  const image = sharp(file).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb').removeAlpha();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Mean of the scores and half of its 95 % interval, as papers print them. */
function summary(sentences, images) {
  const due = images.map(({ alt_texts: texts }) => texts.map(captionWords));
  const scores = ciderScores(sentences.map((text, index) => ({ said: captionWords(text), due: due[index] })));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1);
  const half = 1.96 * Math.sqrt(variance / scores.length);
  return { cider_d: Number((100 * mean).toFixed(2)), plus_minus: Number((100 * half).toFixed(2)) };
}

async function main() {
  const images = JSON.parse(readFileSync(path.join(folder, 'alt-texts.json'), 'utf8')).slice(0, Number(values.limit));
  const captioner = await openCaptioner(values.model, 2);
  const [said, polished] = [[], []];
  try {
    for (const { file } of images) {
      const caption = await captioner.caption(await pixelsOf(path.join(folder, file)), SEARCH);
      said.push(caption.candidates[0].text);
      polished.push(readCaption(caption).candidates[0].text);
    }
  } finally {
    await captioner.close();
  }
  const found = {
    pictures: images.length,
    people_s_texts: images.reduce((sum, { alt_texts: texts }) => sum + texts.length, 0),
    model: captioner.info.id,
    precision: captioner.info.precision,
    sentences: summary(said, images),
    alt_texts: summary(polished, images),
    wrong_pictures: summary([...said.slice(1), said[0]], images),
  };
  process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
}

main();
