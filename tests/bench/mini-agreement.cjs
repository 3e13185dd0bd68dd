'use strict';
// npm run build && ALTSMITH_MINI_SAFETENSORS=… node tests/bench/mini-agreement.cjs [--four-bits] [views | FOLDER [LIST]]
// How far a checkpoint of mini in int8 is from the same in float32: image states, captions, and the
// likeliest next token after each beginning of a float32 caption. Over the photographs of a folder (or those of it that a
// file lists, one name a line), or else over so many views cut out of the repository's photographs. With --four-bits not int8, but float32
// with the matrices of the text decoder as the int4 of BLIP-2 would leave them: mini's are the only trained weights that are at hand.
const { execFileSync } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const sharp = require('sharp');

const ROOT = path.resolve(__dirname, '../..');
const built = (file) => require(path.join(ROOT, 'build/models', file));
const { ModelSession } = built('session/session.js');
const { openCaptioner } = built('open-captioner.js');
const { readManifest } = built('model-folder/manifest.js');
const { convertMini } = built('architectures/mini/convert.js');
const { forget } = built('session/image-state.js');
const { MiniWeights } = built('architectures/mini/weights.js');
const { readFloats } = built('checkpoint/float-tensor.js');
const { BLOCK, quantiseToFourBits } = built('precision/four-bit.js');
const { rowsIn } = built('precision/rows.js');

const SHIPPED = path.join(ROOT, 'models/mini');
const words = process.argv.slice(2);
const isFourBits = words.includes('--four-bits');
const [what = '500', list] = words.filter((word) => word !== '--four-bits');

async function open(folder) {
  const manifest = await readManifest(folder);
  return {
    start: manifest.tokens.start,
    captioner: await openCaptioner(folder, os.availableParallelism()),
    session: await ModelSession.open(folder, manifest, os.availableParallelism()),
  };
}

/** Mean over layers and image tokens of the cosine between two states. */
function cosine(one, other) {
  let [sum, count] = [0, 0];
  for (const [name, { data, dims }] of Object.entries(one.values)) {
    const [size, { data: others }] = [dims[3], other.values[name]];
    for (let at = 0; at < data.length; at += size) {
      let [dot, a, b] = [0, 0, 0];
      for (let index = at; index < at + size; index++) {
        const [x, y] = [data[index], others[index]];
        dot += x * y;
        a += x * x;
        b += y * y;
      }
      sum += dot / Math.sqrt(a * b);
      count += 1;
    }
  }
  return sum / count;
}

/** What 4 bits leave of a matrix [outputs, inputs]. */
function inFourBits(floats, dims) {
  const { values, scales, blocks } = quantiseToFourBits(rowsIn(floats, dims));
  return floats.map((_, index) => {
    const [row, column] = [Math.floor(index / dims[1]), index % dims[1]];
    const place = row * blocks * BLOCK + column;
    const byte = values[place >> 1];
    return (((place & 1) === 0 ? byte & 15 : byte >> 4) - 8) * scales[Math.floor(place / BLOCK)];
  });
}

/** From here on the decoder's matrices are converted as 4 bits leave them. */
function roundDecoders() {
  const { linear } = MiniWeights.prototype;
  MiniWeights.prototype.linear = function (x, name, dims) {
    if (!name.startsWith('decoder.')) return linear.call(this, x, name, dims);
    const { checkpoint } = this;
    const weight = `${name}.weight`;
    const rounded = inFourBits(readFloats(checkpoint, weight, dims), dims);
    const read = (tensor, part) => (tensor === weight ? new Uint8Array(rounded.buffer) : checkpoint.read(tensor, part));
    this.checkpoint = { tensors: new Map([...checkpoint.tensors, [weight, { type: 'F32', dims }]]), read };
    try {
      return linear.call(this, x, name, dims);
    } finally {
      this.checkpoint = checkpoint;
    }
  };
}

/** The likeliest token after the start and after each of `tokens`. */
async function choices({ session, start }, state, tokens) {
  const { step, close } = session.decode(state);
  const best = [];
  for (const token of [start, ...tokens]) {
    const [row] = await step([{ tokens: [token], parent: 0 }], { choices: 1, wantsLogits: false });
    best.push(row.ids[0]);
  }
  close();
  return best;
}

/** The files to compare on: those of a folder, or views cut into `work`. */
function picturesOf(work) {
  if (!/^\d+$/.test(what)) {
    const names = list === undefined ? readdirSync(what).sort() : readFileSync(list, 'utf8').trim().split(/\s+/);
    return names.filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).map((name) => path.join(what, name));
  }
  mkdirSync(work);
  const script = path.join(ROOT, 'tests/support/captioning/crop-pictures.cjs');
  execFileSync(process.execPath, [script, work, what, 'small']);
  return readdirSync(work).map((name) => path.join(work, name));
}

async function main() {
  const checkpoint = process.env.ALTSMITH_MINI_SAFETENSORS ?? path.join(ROOT, '../shared/mini/mini-fp16.safetensors');
  if (!existsSync(checkpoint)) throw new Error('Set ALTSMITH_MINI_SAFETENSORS to the checkpoint of mini.');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-agreement-'));
  try {
    const pictures = picturesOf(path.join(folder, 'pictures'));
    const vocabulary = path.join(SHIPPED, 'vocab.txt');
    await convertMini({ checkpoint, vocabulary }, path.join(folder, 'fp32'), 'fp32');
    const exact = await open(path.join(folder, 'fp32'));
    if (isFourBits) roundDecoders();
    const other = path.join(folder, 'other');
    const { files } = await convertMini({ checkpoint, vocabulary }, other, isFourBits ? 'fp32' : 'int8');
    const small = await open(other);
    const shipped = await readManifest(SHIPPED);
    const total = { cosine: 0, sameCaption: 0, tokens: 0, sameToken: 0, confidence: 0 };
    for (const file of pictures) {
      const { data, info } = await sharp(file).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
      const picture = { data, width: info.width, height: info.height };
      const [one, two] = [await exact.session.encode(picture), await small.session.encode(picture)];
      total.cosine += cosine(one, two);
      const [a, b] = [await exact.captioner.caption(picture), await small.captioner.caption(picture)];
      const { tokens, text } = a.candidates[0];
      if (text === b.candidates[0].text) total.sameCaption += 1;
      total.confidence += Math.abs(a.confidence - b.confidence);
      const [wanted, found] = [await choices(exact, one, tokens), await choices(small, two, tokens)];
      total.tokens += wanted.length;
      total.sameToken += wanted.filter((token, index) => token === found[index]).length;
      for (const state of [one, two]) forget(state);
    }
    const result = {
      is_shipped: JSON.stringify(files) === JSON.stringify(shipped.files),
      pictures: pictures.length,
      image_state_cosine: Number((total.cosine / pictures.length).toFixed(5)),
      same_caption: Number((total.sameCaption / pictures.length).toFixed(3)),
      same_next_token: Number((total.sameToken / total.tokens).toFixed(4)),
      next_tokens: total.tokens,
      mean_confidence_difference: Number((total.confidence / pictures.length).toFixed(4)),
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
