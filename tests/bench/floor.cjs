'use strict';
// npm run build && node tests/bench/floor.cjs
// What this machine could do at best: onnxruntime's own products, of many rows (an image encoder) and of one (a step of the
// text), in float32 and in int8, and the time that blip-base's would take at that rate: below it no arrangement of ours gets.
const { mkdtempSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
require('../../build/models/session/no-telemetry.js');
const { InferenceSession, Tensor } = require('onnxruntime-node');
const { GraphBuilder, MICROSOFT } = require('../../build/models/onnx/graph.js');

const ROUNDS = 25;
const [WIDTH, INNER] = [768, 3072];
const THREADS = os.availableParallelism();
/** Of blip-base, ten new tokens: products of the picture and of its attention (float32 in every precision), bytes a step reads. */
const BASE = { products: 115e9, attention: 12.3e9, steps: 10, weights: { float32: 492e6, int8: 123e6 }, seen: 42e6 };

const noise = (length, most) =>
  Float32Array.from({ length }, (_, index) => (((index * 7919) % 997) / 498.5 - 1) * most);
const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function product(graph, rows, [inputs, outputs], isInt8) {
  if (!isInt8) {
    const weight = { type: 'float32', dims: [inputs, outputs], bytes: bytesOf(noise(inputs * outputs, 0.05)) };
    return graph.node('MatMul', [rows, graph.constant(weight)]);
  }
  const values = Int8Array.from(noise(inputs * outputs, 63), Math.round);
  const weight = graph.constant({ type: 'int8', dims: [inputs, outputs], bytes: bytesOf(values) });
  const scale = graph.constant({
    type: 'float32',
    dims: [outputs],
    bytes: bytesOf(new Float32Array(outputs).fill(0.001)),
  });
  return graph.node('DynamicQuantizeMatMul', [rows, weight, scale], {}, { domain: MICROSOFT });
}

/** Least milliseconds of `pairs` products there and back, with a weight of its own each. */
async function time(folder, { rows, pairs, isInt8 }) {
  const graph = new GraphBuilder('floor');
  let value = graph.input('rows', 'float32', [rows, WIDTH]);
  for (let pair = 0; pair < pairs; pair++) {
    value = product(graph, value, [WIDTH, INNER], isInt8);
    value = product(graph, value, [INNER, WIDTH], isInt8);
  }
  graph.output(graph.rename(value, 'out'), 'float32', [rows, WIDTH]);
  const file = path.join(folder, `${rows}-${isInt8}.onnx`);
  graph.write(file);
  const session = await InferenceSession.create(file, { intraOpNumThreads: THREADS });
  const input = { rows: new Tensor('float32', noise(rows * WIDTH, 1), [rows, WIDTH]) };
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await session.run(input);
    least = Math.min(least, performance.now() - begin);
  }
  await session.release();
  return least;
}

async function measure(folder, isInt8) {
  const [many, one] = [
    { rows: 577, pairs: 4, isInt8 },
    { rows: 1, pairs: 16, isInt8 },
  ];
  const operations = (shape) => 2 * shape.pairs * 2 * shape.rows * WIDTH * INNER;
  const weightBytes = one.pairs * 2 * WIDTH * INNER * (isInt8 ? 1 : 4);
  return {
    operationsPerMs: operations(many) / (await time(folder, many)),
    bytesPerMs: weightBytes / (await time(folder, one)),
  };
}

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-floor-'));
  try {
    const float32 = await measure(folder, false);
    const int8 = await measure(folder, true);
    const picture = {
      float32: (BASE.products + BASE.attention) / float32.operationsPerMs,
      int8: BASE.products / int8.operationsPerMs + BASE.attention / float32.operationsPerMs,
    };
    const rates = { float32, int8 };
    const floorOf = (precision) => {
      const bytes = BASE.weights[precision] + BASE.seen;
      const text = (BASE.steps * bytes) / rates[precision].bytesPerMs;
      return {
        picture_ms: Math.round(picture[precision]),
        text_ms: Math.round(text),
        floor_ms: Math.round(picture[precision] + text),
      };
    };
    const told = (rate) => ({
      gflops: Math.round(rate.operationsPerMs / 1e6),
      gb_per_s: +(rate.bytesPerMs / 1e6).toFixed(1),
    });
    const result = {
      cpu: os.cpus()[0].model,
      threads: THREADS,
      rounds: ROUNDS,
      float32: { ...told(float32), blip_base: floorOf('float32') },
      int8: { ...told(int8), blip_base: floorOf('int8') },
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
