'use strict';
// Runs converted BLIP-2 models outside jest: onnxruntime-node does not accept arrays of jest's realm. Reads a list of jobs { source, folder, pictures, prompts,
// searches, question, steps, samples } from the file named by the first argument and prints one JSON line a job. The states inside are
// read from the same graphs, built in float32 from the checkpoint with further outputs.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const build = path.resolve(__dirname, '../../../build/models');
const { openCaptioner } = require(path.join(build, 'open-captioner.js'));
const { openCheckpoint } = require(path.join(build, 'checkpoint/open.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));
const { GraphSession } = require(path.join(build, 'session/graph-session.js'));
const { Tensor } = require(path.join(build, 'session/tensor.js'));
const { readBlip2Config } = require(path.join(build, 'architectures/blip-2/config.js'));
const { buildVision } = require(path.join(build, 'architectures/blip-2/vision-graph.js'));
const { buildEncoder } = require(path.join(build, 'architectures/blip-2/encoder-graph.js'));

const samplesOf = (floats, count) =>
  Array.from({ length: count }, (_, index) => floats[index * Math.floor(floats.length / count)]);
const int64s = (values, dims) => Tensor.of('int64', BigInt64Array.from(values, BigInt), dims);

/** The two graphs before the decoder, with what is inside them as outputs. */
async function openInside(source) {
  const config = readBlip2Config(source);
  const checkpoint = openCheckpoint(source);
  const open = (builder, outputs) => {
    const graph = builder(checkpoint, config, { precision: 'fp32' });
    for (const name of outputs) graph.output(name, 'float32', [1, 'inside', 'width']);
    return GraphSession.open(graph.toBuffer(), { threads: 1 });
  };
  const vision = open(buildVision, ['image_states', 'query_states']);
  const encoder = open(buildEncoder, ['encoder_states']);
  checkpoint.close();
  return { vision, encoder };
}

async function statesOf({ vision, encoder }, session, picture, job) {
  const pixels = Tensor.of('uint8', picture.data, [1, picture.height, picture.width, 3]);
  const { image_states, query_states, image_features } = vision.run({ pixels });
  const states = {
    image_states: image_states.data,
    query_states: query_states.data,
    image_features: image_features.data,
  };
  const image = await session.encode(picture);
  for (const [name, ids] of Object.entries(job.prompts)) {
    const words = ids ?? [1];
    const feeds = {
      input_ids: int64s(words, [1, words.length]),
      position_ids: int64s([...words.keys()], [words.length]),
    };
    states[`${name}/encoder_states`] = encoder.run({ ...feeds, image_features }).encoder_states.data;
    const { step } = session.decode(await session.look(image, words));
    const [row] = await step([{ tokens: job.steps, parent: 0 }], { choices: 1, wantsLogits: true });
    states[`${name}/logits`] = row.logits;
  }
  return Object.fromEntries(Object.entries(states).map(([name, floats]) => [name, samplesOf(floats, job.samples)]));
}

async function run(job) {
  const captioner = await openCaptioner(job.folder, 1);
  const session = await ModelSession.open(job.folder, await readManifest(job.folder), 1);
  const inside = await openInside(job.source);
  const answers = [];
  for (const { file, width, height } of job.pictures) {
    const picture = { data: readFileSync(file), width, height };
    const said = {};
    for (const [name, prompt] of Object.entries(job.texts)) {
      said[name] = {};
      for (const [search, options] of Object.entries(job.searches)) {
        const wish = prompt === null ? options : { ...options, prompt };
        said[name][search] = (await captioner.caption(picture, { ...wish, keepWordless: true })).candidates;
      }
    }
    const wish = { preset: 'hf', maxNewTokens: 24, keepWordless: true };
    const answer = await captioner.answer(picture, job.question, wish);
    answers.push({ states: await statesOf(inside, session, picture, job), said, answer });
  }
  await captioner.close();
  session.close();
  return { answers, info: captioner.info };
}

async function main() {
  for (const job of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    process.stdout.write(`${JSON.stringify(await run(job))}\n`);
  }
}

main();
