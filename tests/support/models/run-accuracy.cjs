'use strict';
// How far a model in a smaller precision is from the same in float32, for any architecture. Reads { exact, other, files, tokens } from
// standard input (two model folders, pictures) and prints one JSON object: the mean cosine of what is remembered of a picture (null where
// one of both keeps keys as bytes), that of the scores of the next token, and the share of tokens where both have the same likeliest one. Both
// go on from the exact model's words.
const path = require('node:path');
const sharp = require('sharp');

const build = path.resolve(__dirname, '../../../build/models');
const { openCaptioner } = require(path.join(build, 'open-captioner.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));
const { fromFloat16 } = require(path.join(build, 'precision/float16.js'));

const QUESTION = 'what is it';

function cosine(a, b) {
  let [dot, left, right] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    dot += a[index] * b[index];
    left += a[index] ** 2;
    right += b[index] ** 2;
  }
  return dot / Math.sqrt(left * right);
}
/** Features are kept as float32 or, in int8, as the bits of float16. */
const floatsOf = (values) => (values instanceof Uint16Array ? fromFloat16(values) : values.slice());
const mean = (values) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
const best = (logits) => logits.reduce((top, value, index) => (value > logits[top] ? index : top), 0);

/** Ids that a text encoder reads beside the picture; null where there is none. */
function wordsOf({ words }, manifest) {
  if (manifest.question !== null) return words.ofQuestion(QUESTION, false);
  if (manifest.tasks !== undefined) return words.ofTask(Object.values(manifest.tasks)[0]);
  return manifest.prompted === null ? null : words.ofPrompt(null);
}

async function scoresOf(session, image, asked, tokens) {
  const { step, close } = session.decode(await session.look(image, asked));
  const found = [];
  for (const token of tokens) {
    const [row] = await step([{ tokens: [token], parent: 0 }], { choices: 1, wantsLogits: true });
    found.push(Float32Array.from(row.logits));
  }
  close();
  return found;
}

async function main() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const { exact, other, files, tokens: count } = JSON.parse(text);
  const manifest = await readManifest(exact);
  const captioner = await openCaptioner(exact, 2);
  const sessions = [];
  for (const folder of [exact, other]) sessions.push(await ModelSession.open(folder, await readManifest(folder), 2));
  const asked = wordsOf(captioner, manifest);
  const [images, scores, same] = [[], [], []];
  for (const file of files) {
    const { data, info } = await sharp(file)
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = { data, width: info.width, height: info.height };
    const options = { beams: 1, maxNewTokens: count, minLength: count + 1, keepWordless: true };
    const said =
      manifest.question === null
        ? (await captioner.caption(picture, options)).candidates[0]
        : await captioner.answer(picture, QUESTION, options);
    const fed = [manifest.tokens.start, ...said.tokens].slice(0, count);
    const found = [];
    for (const session of sessions) {
      const image = await session.encode(picture);
      const kept = Object.values(image.values).map(({ data: values }) => values);
      found.push({ kept: kept.map(floatsOf), logits: await scoresOf(session, image, asked, fed) });
    }
    const [a, b] = found;
    a.kept.forEach((values, index) => {
      const others = b.kept[index];
      if (values instanceof Float32Array && others instanceof Float32Array && values.length === others.length)
        images.push(cosine(values, others));
    });
    a.logits.forEach((values, index) => {
      scores.push(cosine(values, b.logits[index]));
      same.push(best(values) === best(b.logits[index]) ? 1 : 0);
    });
  }
  await captioner.close();
  for (const session of sessions) session.close();
  const told = {
    pictures: files.length,
    tokens: same.length,
    image: mean(images),
    scores: mean(scores),
    same: mean(same),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

main();
