'use strict';
// npm run build && node tests/bench/blip-2-parts.cjs CHECKPOINT SCRATCH [vision,encoder,decoder] [fp32,int8]
// The parts of a BLIP-2 one after the other beside transformers' in float32 on the same inputs (ALTSMITH_BENCH_PYTHON), so that neither ever
// has the whole model in memory. One JSON line a part and precision: the largest difference, beside the root mean square of the values; their
// cosine; of the scores also how often the likeliest word is the same.
const { execFileSync } = require('node:child_process');
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const BUILD = path.resolve(__dirname, '../../build/models');
const load = (name) => require(path.join(BUILD, name));
const TOKENS = [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000];

const [, , checkpointFolder, scratch, parts = 'vision,encoder,decoder', precisions = 'fp32,int8', child] = process.argv;

const floatsIn = (name) => {
  const bytes = readFileSync(path.join(scratch, `${name}.bin`));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

function apart(ours, theirs) {
  let [most, dot, left, right] = [0, 0, 0, 0];
  theirs.forEach((value, index) => {
    most = Math.max(most, Math.abs(value - ours[index]));
    dot += value * ours[index];
    left += ours[index] ** 2;
    right += value ** 2;
  });
  return { most, rms: Math.sqrt(right / theirs.length), cosine: dot / Math.sqrt(left * right) };
}

/** Writes one graph of the checkpoint and loads it. */
function openGraph(part, precision, config) {
  const { openCheckpoint } = load('checkpoint/open.js');
  const { ExternalData } = load('onnx/external-data.js');
  const { GraphSession } = load('session/graph-session.js');
  const builders = {
    vision: () => load('architectures/blip-2/vision-graph.js').buildVision,
    encoder: () => load('architectures/blip-2/encoder-graph.js').buildEncoder,
    decoder: () => load('architectures/blip-2/decoder-graph.js').buildDecoder,
  };
  const external = new ExternalData(path.join(scratch, `${part}.data`));
  const checkpoint = openCheckpoint(checkpointFolder);
  builders[part]()(checkpoint, config, { precision, external }).write(path.join(scratch, `${part}.onnx`));
  external.close();
  checkpoint.close();
  return GraphSession.open(path.join(scratch, `${part}.onnx`), { threads: 2 });
}

function compare(part, precision) {
  const { Tensor } = load('session/tensor.js');
  const config = load('architectures/blip-2/config.js').readBlip2Config(checkpointFolder);
  const { text, queries, vision } = config;
  const session = openGraph(part, precision, config);
  const int64s = (values, dims) => Tensor.of('int64', BigInt64Array.from(values, BigInt), dims);
  const keyDims = [1, text.num_heads, queries + 1, text.d_kv];
  if (part === 'vision') {
    const side = vision.image_size;
    const pixels = Tensor.of('uint8', readFileSync(path.join(scratch, 'pixels.bin')), [1, side, side, 3]);
    return { image_features: apart(session.run({ pixels }).image_features.data, floatsIn('image_features')) };
  }
  if (part === 'encoder') {
    const features = Tensor.of('float32', floatsIn('image_features'), [1, queries, text.d_model]);
    const made = session.run({
      input_ids: int64s([text.eos_token_id], [1, 1]),
      position_ids: int64s([0], [1]),
      image_features: features,
    });
    const last = text.num_decoder_layers - 1;
    const named = [`k0`, `v0`, `k${last}`, `v${last}`].map((name) => [
      name,
      apart(made[`cross_${name}`].data, floatsIn(`cross_${name}`)),
    ]);
    return Object.fromEntries(named);
  }
  const cross = {};
  let past = {};
  for (let index = 0; index < text.num_decoder_layers; index++) {
    for (const name of [`k${index}`, `v${index}`]) {
      cross[`cross_${name}`] = Tensor.of('float32', floatsIn(`cross_${name}`), keyDims);
      past[`past_${name}`] = Tensor.of('float32', new Float32Array(0), [1, text.num_heads, 0, text.d_kv]);
    }
  }
  const theirs = floatsIn('logits');
  const words = theirs.length / TOKENS.length;
  const ours = new Float32Array(theirs.length);
  TOKENS.forEach((token, position) => {
    const asked = { input_ids: int64s([token], [1, 1]), position_ids: int64s([position], [1]) };
    const out = session.run({ ...cross, ...past, ...asked, beam_idx: int64s([0], [1]), top_count: int64s([1], [1]) });
    ours.set(out.logits.data, position * words);
    past = Object.fromEntries(
      Object.entries(out)
        .filter(([name]) => name.startsWith('present_'))
        .map(([name, value]) => [name.replace('present_', 'past_'), value]),
    );
  });
  const best = (values, row) => {
    const part = values.subarray(row * words, (row + 1) * words);
    return part.reduce((top, value, index) => (value > part[top] ? index : top), 0);
  };
  const same = TOKENS.filter((_, row) => best(ours, row) === best(theirs, row)).length;
  return { logits: { ...apart(ours, theirs), same_word: `${same} of ${TOKENS.length}` } };
}

function main() {
  if (child !== undefined) {
    process.stdout.write(`${JSON.stringify({ part: parts, precision: precisions, ...compare(parts, precisions) })}\n`);
    return;
  }
  mkdirSync(scratch, { recursive: true });
  const { vision_config: vision } = JSON.parse(readFileSync(path.join(checkpointFolder, 'config.json'), 'utf8'));
  const side = vision.image_size;
  // A gradient under a pattern: any picture will do.
  const pixels = Uint8Array.from(
    { length: side * side * 3 },
    (_, at) => (at * 7 + ((at * 2_654_435_761) >>> 26)) & 255,
  );
  writeFileSync(path.join(scratch, 'pixels.bin'), pixels);
  writeFileSync(path.join(scratch, 'tokens.json'), JSON.stringify(TOKENS));
  const python = process.env.ALTSMITH_BENCH_PYTHON ?? 'python3';
  for (const part of parts.split(',')) {
    execFileSync(python, [path.join(__dirname, 'models/hf_parts.py'), checkpointFolder, part, scratch], {
      stdio: 'inherit',
    });
    for (const precision of precisions.split(',')) {
      execFileSync(process.execPath, [__filename, checkpointFolder, scratch, part, precision, 'child'], {
        stdio: 'inherit',
      });
      for (const end of ['onnx', 'data']) rmSync(path.join(scratch, `${part}.${end}`), { force: true });
    }
  }
}

main();
