'use strict';
// Runs small graphs outside jest, whose realm onnxruntime-node refuses. The file named by the first argument holds jobs
// { graph, input: { name, file, dims }, output, places }; prints one JSON line a job: the output's numbers at those places.
const { readFileSync } = require('node:fs');
const path = require('node:path');

require(path.resolve(__dirname, '../../../build/models/session/no-telemetry.js'));
const { InferenceSession, Tensor } = require('onnxruntime-node');

async function main() {
  for (const { graph, input, output, places } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
    const bytes = new Uint8Array(readFileSync(input.file));
    const out = await session.run({ [input.name]: new Tensor('uint8', bytes, input.dims) }, [output]);
    const { data } = out[output];
    process.stdout.write(`${JSON.stringify(places.map((place) => Number(data[place])))}\n`);
    await session.release();
  }
}

main();
