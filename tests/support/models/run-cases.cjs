'use strict';
// Runs converted models outside jest, whose realm onnxruntime-node refuses. Reads a list of jobs from the file named by the
// first argument and prints one JSON line a job; each job is a model folder, raw pictures, options, and token prefixes
// whose next-token logits are wanted.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const build = path.resolve(__dirname, '../../../build/models');
const { openCaptioner } = require(path.join(build, 'open-captioner.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));

const toBase64 = (floats) => Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('base64');

async function logitsOf(session, state, prefixes) {
  const found = [];
  for (const prefix of prefixes) {
    const { step } = session.decode(state);
    const [row] = await step([{ tokens: prefix, parent: 0 }], { choices: 1, wantsLogits: true });
    found.push(toBase64(row.logits));
  }
  return found;
}

async function run(job) {
  const pictures = job.pictures.map(({ file, width, height }) => ({ data: readFileSync(file), width, height }));
  const captioner = await openCaptioner(job.folder, 1);
  const session = await ModelSession.open(job.folder, await readManifest(job.folder), 1, {
    exactProducts: job.exactProducts,
    sevenBits: job.sevenBits,
  });
  try {
    const { question, ...options } = job.options;
    const answers =
      question === undefined
        ? await Promise.all(
            pictures.map(
              async (picture) => (await captioner.caption(picture, { ...options, keepWordless: true })).candidates,
            ),
          )
        : [[await captioner.answer(pictures[0], question, options)]];
    const logits = [];
    for (const [index, picture] of pictures.entries()) {
      const state = await session.look(await session.encode(picture), job.questionIds ?? null);
      logits.push(await logitsOf(session, state, job.prefixes[index]));
    }
    return { answers, logits };
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
