'use strict';
// Runs converted Florence-2 models outside jest, whose realm onnxruntime-node refuses. Reads a list of jobs { folder, picture, prompts,
// searches, samples } from the file named by the first argument and prints one JSON line a job: sentences by task and search, and evenly
// spaced numbers of the image features and of the logits after start token and <s>.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const build = path.resolve(__dirname, '../../../build/models');
const { openCaptioner } = require(path.join(build, 'open-captioner.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));

const { fromFloat16 } = require(path.join(build, 'precision/float16.js'));

const floatsOf = ({ type, data }) => (type === 'float16' ? fromFloat16(data) : data);
/** So many of the numbers, or all where there are fewer. */
function samplesOf(floats, count) {
  const apart = Math.max(1, Math.floor(floats.length / count));
  return Array.from({ length: Math.min(count, floats.length) }, (_, index) => floats[index * apart]);
}

async function run({ folder, picture: { file, width, height }, prompts, searches, samples }) {
  const picture = { data: readFileSync(file), width, height };
  const captioner = await openCaptioner(folder, 1);
  const session = await ModelSession.open(folder, await readManifest(folder), 1);
  try {
    const image = await session.encode(picture);
    const tasks = {};
    for (const [task, ids] of Object.entries(prompts)) {
      const { step } = session.decode(await session.look(image, ids));
      const [row] = await step([{ tokens: [2, 0], parent: 0 }], { choices: 1, wantsLogits: true });
      const said = {};
      for (const [name, options] of Object.entries(searches)) {
        said[name] = (await captioner.caption(picture, { ...options, task, keepWordless: true })).candidates;
      }
      tasks[task] = { logits: samplesOf(row.logits, samples), said };
    }
    return { features: samplesOf(floatsOf(image.values.image_features), samples), tasks, info: captioner.info };
  } finally {
    await captioner.close();
    session.close();
  }
}

async function main() {
  for (const job of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    process.stdout.write(`${JSON.stringify(await run(job))}\n`);
  }
}

main();
