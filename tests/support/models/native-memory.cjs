'use strict';
// What becomes of onnxruntime's memory where something fails, asked outside jest, whose realm onnxruntime refuses. Prints one JSON object.
const { cpSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const build = path.resolve(__dirname, '../../../build/models');
const { GraphBuilder } = require(path.join(build, 'onnx/graph.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { openCaptioner } = require(path.join(build, 'open-captioner.js'));
const { openGraphs } = require(path.join(build, 'session/model-graphs.js'));
const { GraphSession } = require(path.join(build, 'session/graph-session.js'));
const { ModelSession } = require(path.join(build, 'session/session.js'));
const { Tensor } = require(path.join(build, 'session/tensor.js'));

const MINI = path.resolve(__dirname, '../../../models/mini');
const FLOATS = 16e6;
const RUNS = 20;

const messageOf = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return error.message;
  }
};

/** MB that the process grows by while a graph gives out 64 MB again and again, behind an output of a type that nobody reads. */
async function growth() {
  const graph = new GraphBuilder('odd');
  graph.input('x', 'float32', ['n']);
  graph.node('IsNaN', ['x'], {}, { outputs: ['odd'] });
  graph.node('Neg', ['x'], {}, { outputs: ['large'] });
  graph.output('odd', 'bool', ['n']);
  graph.output('large', 'float32', ['n']);
  const session = GraphSession.open(graph.toBuffer(), { threads: 1 });
  const x = Tensor.of('float32', new Float32Array(FLOATS), [FLOATS]);
  const run = () => messageOf(() => session.run({ x }));
  const message = await run();
  const before = process.memoryUsage.rss();
  for (let count = 0; count < RUNS; count++) await run();
  return { message, megabytes: (process.memoryUsage.rss() - before) / 1e6 };
}

/** How many graphs are closed again when the second of a model cannot be opened. */
async function closedGraphs() {
  const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-native-'));
  cpSync(MINI, folder, { recursive: true });
  writeFileSync(path.join(folder, 'decoder.onnx'), 'no graph');
  const { close } = GraphSession.prototype;
  let closed = 0;
  GraphSession.prototype.close = function () {
    closed += 1;
    return close.call(this);
  };
  const message = await messageOf(async () => openGraphs(folder, await readManifest(folder), 1));
  GraphSession.prototype.close = close;
  rmSync(folder, { recursive: true });
  return { message, closed };
}

/** How many of the tensors that a failing step was given are still held. */
async function heldAfterFailure() {
  const session = await ModelSession.open(MINI, await readManifest(MINI), 1);
  const image = await session.encode({ data: new Uint8Array(300), width: 10, height: 10 });
  const made = [];
  const { of } = Tensor;
  Tensor.of = (...given) => {
    const tensor = of(...given);
    made.push(tensor);
    return tensor;
  };
  const { step, close } = session.decode(image);
  // A token beyond the vocabulary.
  const message = await messageOf(() => step([{ tokens: [1e9], parent: 0 }], { choices: 1, wantsLogits: false }));
  close();
  Tensor.of = of;
  const held = [];
  for (const tensor of made) if ((await messageOf(() => tensor.pointer)) === null) held.push(tensor);
  session.close();
  return { message, given: made.length, held: held.length };
}

/** What a closed model says, and how many tensors of the picture that it remembered are still held. */
async function afterClose() {
  const captioner = await openCaptioner(MINI, 1);
  const picture = { data: new Uint8Array(300), width: 10, height: 10 };
  await captioner.caption(picture);
  const values = captioner.images.entries.flatMap(({ state }) => Object.values(state.values));
  await captioner.close();
  const held = [];
  for (const tensor of values) if ((await messageOf(() => tensor.pointer)) === null) held.push(tensor);
  return { remembered: values.length, held: held.length, message: await messageOf(() => captioner.caption(picture)) };
}

async function main() {
  const told = {
    growth: await growth(),
    graphs: await closedGraphs(),
    step: await heldAfterFailure(),
    closed: await afterClose(),
  };
  process.stdout.write(JSON.stringify(told));
}

main();
