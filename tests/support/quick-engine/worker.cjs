'use strict';
// A real worker process with a stand-in for the model: it reads the whole picture, waits, writes a thumbnail and says a
// sentence that depends on the bytes alone. For runs whose number of jobs matters and whose words do not.
const { createHash } = require('node:crypto');
const { readFileSync, writeFileSync } = require('node:fs');

const model = { id: 'quick', precision: 'fp32', demonstration: false, canAnswer: false };
const facts = { width: 64, height: 48, format: 'png', hasAlpha: false, contrast: 60, flatness: 0.1 };

function resultFor(imagePath) {
  const hash = createHash('sha256').update(readFileSync(imagePath)).digest();
  const said = `a dog beside sign ${hash.readUInt16BE(0) % 1000}`;
  const candidate = { text: said, tokens: [1, 2], logProbs: [-0.1, -0.1], score: -0.1 };
  const text = said[0].toUpperCase() + said.slice(1);
  const nouns = ['dog', 'sign'];
  const reading = { text, problems: [], title: text.slice(2), nouns, names_person: false, unnamed: null };
  return {
    model,
    image: facts,
    caption: { candidates: [candidate], confidence: 0.8, labels: [], timingsMs: { vision: 1, text: 1 } },
    readings: { candidates: [reading], second_opinion: null },
    answer: null,
    timingsMs: { decode: 1, vision: 1, text: 1, total: 3 },
  };
}

/** Works as the parent says; a picture takes `leastMs` to `mostMs`, 0 for no time at all, once `until` has resolved. */
module.exports = function work(mostMs, leastMs = 0, until = null) {
  const answer = async ({ id, imagePath, thumbnailPath }) => {
    if (until !== null) await until();
    const result = resultFor(imagePath);
    if (thumbnailPath !== undefined) writeFileSync(thumbnailPath, 'RIFF\0\0\0\0WEBP quick');
    process.send({ type: 'done', id, result }, () => undefined);
  };
  process.on('message', (message) => {
    if (message.type === 'load') process.send({ type: 'ready', model });
    if (message.type !== 'run') return;
    if (mostMs === 0) answer(message);
    else setTimeout(answer, leastMs + Math.random() * (mostMs - leastMs), message);
  });
  process.on('disconnect', () => process.exit(0));
};
module.exports.model = model;
