'use strict';
// npm run build && node tests/bench/decode.cjs
// Time from a 12-megapixel JPEG on disk to the model's input, the fast way and the exact way, for models that take 384 and 768 pixels, and
// how far each moves that input from a full decode (255ths).
const { mkdtempSync, readFileSync, rmSync, statSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const sharp = require('sharp');

const ROOT = path.resolve(__dirname, '../..');
const load = (name) => require(path.join(ROOT, 'build', name));
const { decodeBytes, prepareDecoder } = load('server/captioning/decode-image.js');
const { GraphBuilder } = load('models/onnx/graph.js');
const { resizeAsPillow, resizeAsTorchvision } = load('models/graph/pillow-resize.js');
const { GraphSession } = load('models/session/graph-session.js');
const { Tensor } = load('models/session/tensor.js');

const ROUNDS = 15;
/** BLIP and Florence-2. */
const MODELS = [
  { side: 384, resize: resizeAsPillow },
  { side: 768, resize: resizeAsTorchvision },
];
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

function resizeSession({ side, resize }) {
  const graph = new GraphBuilder('resize');
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  graph.output(graph.rename(resize(graph, pixels, side), 'small'), 'uint8', [1, 3, side, side]);
  return GraphSession.open(graph.toBuffer(), { threads: os.availableParallelism() });
}

function resized(session, { data, width, height }) {
  const pixels = Tensor.of('uint8', data, [1, height, width, 3]);
  const { small } = session.run({ pixels });
  const bytes = small.data.slice();
  for (const tensor of [pixels, small]) tensor.dispose();
  return bytes;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-decode-'));
  try {
    const file = path.join(folder, 'large.jpg');
    await largePhotograph(file);
    prepareDecoder(2);
    const ways = MODELS.flatMap((model) => {
      const session = resizeSession(model);
      return [false, true].map((isExact) => ({
        name: `${model.side} px, ${isExact ? 'exact' : 'fast'}`,
        session,
        wish: { side: model.side, isExact },
        decode: [],
        total: [],
        size: '',
        input: null,
      }));
    });
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of ways) {
        const begin = performance.now();
        const { picture } = await decodeBytes(readFileSync(file), 50e6, way.wish);
        way.decode.push(performance.now() - begin);
        way.input = resized(way.session, picture);
        way.total.push(performance.now() - begin);
        way.size = `${picture.width}x${picture.height}`;
      }
    }
    sharp.unblock({ operation: ['VipsForeignLoad'] });
    const { data, info } = await sharp(readFileSync(file)).raw().toBuffer({ resolveWithObject: true });
    const ms = (values) => ({ min: Math.round(Math.min(...values)), median: Math.round(median(values)) });
    const rows = ways.map(({ name, session, decode, total, size, input }) => {
      const exact = resized(session, { data, ...info });
      const apart = exact.map((value, index) => Math.abs(value - input[index]));
      return {
        name,
        decoded_at: size,
        decode_ms: ms(decode),
        total_ms: ms(total),
        mean: Number((apart.reduce((a, b) => a + b, 0) / apart.length).toFixed(3)),
        max: apart.reduce((a, b) => Math.max(a, b), 0),
      };
    });
    const machine = { cpu: os.cpus()[0].model, cores: os.availableParallelism(), load: os.loadavg()[0] };
    process.stdout.write(
      `${JSON.stringify({ ...machine, jpeg_bytes: statSync(file).size, rounds: ROUNDS, rows }, null, 1)}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
