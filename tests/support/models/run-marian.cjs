'use strict';
// Runs converted Marian models outside jest, whose realm onnxruntime-node refuses. Reads a list of jobs { folder, texts, searches, to } from
// the file named by the first argument and prints one JSON line a job: for each text its ids, the best words of the first step, and the
// translations of each search.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const build = path.resolve(__dirname, '../../../build/models');
const { openTranslator } = require(path.join(build, 'open-translator.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));

async function firstStep(session, source, start) {
  const seen = await session.look({ values: {}, classLogits: null }, source);
  const decoding = session.decode(seen);
  const [row] = await decoding.step([{ tokens: [start], parent: 0 }], { choices: 5, wantsLogits: false });
  decoding.close();
  return row;
}

async function run({ folder, texts, searches, to }) {
  const translator = await openTranslator(folder, 1);
  const manifest = await readManifest(folder);
  const session = await ModelSession.open(folder, manifest, 1);
  try {
    const found = [];
    for (const { text, source } of texts) {
      const said = {};
      for (const [name, options] of Object.entries(searches)) {
        said[name] = await translator.translate(text, { ...options, ...(to === null ? {} : { to }) });
      }
      found.push({ first: await firstStep(session, source, manifest.tokens.start), said });
    }
    return { info: translator.info, found };
  } finally {
    await translator.close();
    session.close();
  }
}

async function main() {
  for (const job of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    process.stdout.write(`${JSON.stringify(await run(job))}\n`);
  }
}

main();
