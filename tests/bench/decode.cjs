'use strict';
// npm run build && node tests/bench/decode.cjs
// Time from a 12-megapixel JPEG on disk to the model's input, and how far decoding at half size moves that input.
const { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
require('../../build/models/session/no-telemetry.js');
const { InferenceSession, Tensor } = require('onnxruntime-node');
const sharp = require('sharp');

const ROOT = path.resolve(__dirname, '../..');
const { decodeImage, prepareDecoder } = require(path.join(ROOT, 'build/server/captioning/decode-image.js'));
const { GraphBuilder } = require(path.join(ROOT, 'build/models/onnx/graph.js'));
const { resizeAsPillow } = require(path.join(ROOT, 'build/models/graph/pillow-resize.js'));

const ROUNDS = 15;
const SIDE = 384;
const [WIDTH, HEIGHT] = [4000, 3000];

/** A photograph of the repository, enlarged, with the grain of a camera. */
async function largePhotograph(file) {
  const grain = { type: 'gaussian', mean: 128, sigma: 30 };
  const create = { width: WIDTH, height: HEIGHT, channels: 3, background: '#808080', noise: grain };
  const input = await sharp({ create }).png().toBuffer();
  const source = path.join(ROOT, 'tests/fixtures/images/tourist.jpg');
  const enlarged = await sharp(source).resize(WIDTH, HEIGHT, { fit: 'fill' }).toBuffer();
  await sharp(enlarged)
    .composite([{ input, blend: 'soft-light' }])
    .jpeg({ quality: 88 })
    .toFile(file);
}

async function resizeSession(folder) {
  const graph = new GraphBuilder('resize');
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  graph.output(graph.rename(resizeAsPillow(graph, pixels, SIDE), 'small'), 'uint8', [1, 3, SIDE, SIDE]);
  const file = path.join(folder, 'resize.onnx');
  writeFileSync(file, graph.toBuffer());
  return InferenceSession.create(file, { intraOpNumThreads: os.availableParallelism() });
}

const toTensor = ({ data, width, height }) => new Tensor('uint8', data, [1, height, width, 3]);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-decode-'));
  try {
    const file = path.join(folder, 'large.jpg');
    await largePhotograph(file);
    prepareDecoder(2);
    const session = await resizeSession(folder);
    const times = { decode: [], resize: [], total: [] };
    let small;
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      const { picture } = await decodeImage(file, 50e6);
      const decoded = performance.now();
      small = (await session.run({ pixels: toTensor(picture) })).small.data;
      const end = performance.now();
      times.decode.push(decoded - begin);
      times.resize.push(end - decoded);
      times.total.push(end - begin);
    }
    const bytes = readFileSync(file);
    sharp.unblock({ operation: ['VipsForeignLoad'] });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const exact = (await session.run({ pixels: toTensor({ data, ...info }) })).small.data;
    const apart = exact.map((value, index) => Math.abs(value - small[index]));
    const result = {
      cpu: os.cpus()[0].model,
      cores: os.availableParallelism(),
      jpeg_bytes: statSync(file).size,
      rounds: ROUNDS,
      ms: Object.fromEntries(
        Object.entries(times).map(([name, values]) => [
          name,
          { min: Math.round(Math.min(...values)), median: Math.round(median(values)) },
        ]),
      ),
      against_full_decode: {
        mean: Number((apart.reduce((a, b) => a + b, 0) / apart.length).toFixed(3)),
        max: apart.reduce((a, b) => Math.max(a, b), 0),
      },
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    await session.release();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
