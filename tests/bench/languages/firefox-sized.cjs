'use strict';
// A student of Marian of the size of Firefox's base-memory models with random weights, in Marian's binary format.
const { readFileSync, mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const FIXTURE = path.resolve(__dirname, '../../fixtures/sentencepiece-oracle/many.spm');
const BUILD = path.resolve(__dirname, '../../../build/models');
const { readSentencePieceFile } = require(path.join(BUILD, 'tokenizers/sentencepiece/model-file.js'));
const { SentencePiece } = require(path.join(BUILD, 'tokenizers/sentencepiece/sentencepiece.js'));

const [WIDTH, FFN, ENCODER, DECODER, WORDS, HEADS] = [384, 1536, 6, 4, 32_000, 8];
const PIECES = 16;
const SENTENCE =
  'a man sitting on a wooden table next to two dogs and a black cat in front of an old house with a red car';

function weights() {
  const found = {};
  const norm = (name) => {
    found[`${name}_ln_scale`] = [1, WIDTH];
    found[`${name}_ln_bias`] = [1, WIDTH];
  };
  const attention = (name) => {
    for (const part of ['q', 'k', 'v', 'o']) {
      found[`${name}_W${part}`] = [WIDTH, WIDTH];
      found[`${name}_b${part}`] = [1, WIDTH];
    }
    norm(`${name}_Wo`);
  };
  const feed = (name) => {
    found[`${name}_ffn_W1`] = [WIDTH, FFN];
    found[`${name}_ffn_b1`] = [1, FFN];
    found[`${name}_ffn_W2`] = [FFN, WIDTH];
    found[`${name}_ffn_b2`] = [1, WIDTH];
    norm(`${name}_ffn_ffn`);
  };
  for (let layer = 1; layer <= ENCODER; layer++) {
    attention(`encoder_l${layer}_self`);
    feed(`encoder_l${layer}`);
  }
  for (let layer = 1; layer <= DECODER; layer++) {
    found[`decoder_l${layer}_rnn_W`] = [WIDTH, WIDTH];
    found[`decoder_l${layer}_rnn_Wf`] = [WIDTH, WIDTH];
    found[`decoder_l${layer}_rnn_bf`] = [1, WIDTH];
    norm(`decoder_l${layer}_rnn_ffn`);
    attention(`decoder_l${layer}_context`);
    feed(`decoder_l${layer}`);
  }
  found.Wemb = [WORDS, WIDTH];
  found.decoder_ff_logit_out_b = [1, WORDS];
  return found;
}

function valuesOf(name, [rows, columns]) {
  if (name.endsWith('ln_scale')) return new Float32Array(columns).fill(1);
  const range = rows === 1 ? 0.02 : Math.sqrt(6 / (rows + columns));
  return Float32Array.from({ length: rows * columns }, () => (Math.random() * 2 - 1) * range);
}

const numbers = (...values) => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, at) => bytes.writeBigUInt64LE(BigInt(value), 8 * at));
  return bytes;
};
const filled = (bytes) => Buffer.concat([bytes, Buffer.alloc((256 - (bytes.length % 256)) % 256)]);

/** The vocabulary of the fixture, made as long as that of a real model: pieces of a message may stand anywhere in it. */
function vocabulary() {
  const own = readFileSync(FIXTURE);
  const { pieces } = readSentencePieceFile(own);
  const more = Array.from({ length: WORDS - pieces.length }, (_, at) => {
    const text = Buffer.from(`▁word${at}`);
    const score = Buffer.alloc(5);
    score[0] = 0x15;
    score.writeFloatLE(-20, 1);
    const piece = Buffer.concat([Buffer.of(0x0a, text.length), text, score]);
    return Buffer.concat([Buffer.of(0x0a, piece.length), piece]);
  });
  return Buffer.concat([own, ...more]);
}

/** Writes the files as they are published; gives a text of 16 pieces. */
function writeFirefoxSized(folder) {
  mkdirSync(folder, { recursive: true });
  const words = vocabulary();
  writeFileSync(path.join(folder, 'vocab.ende.spm'), words);
  const settings = [
    'type: transformer',
    `dim-emb: ${WIDTH}`,
    `transformer-heads: ${HEADS}`,
    `enc-depth: ${ENCODER}`,
    `dec-depth: ${DECODER}`,
    'dec-cell: ssru',
    'transformer-decoder-autoreg: rnn',
    'transformer-ffn-activation: relu',
    'transformer-postprocess: dan',
  ];
  const yaml = Buffer.from(`${settings.join('\n')}\n\0`);
  const items = [['special:model.yml', 0x101, [yaml.length], filled(yaml)]];
  for (const [name, dims] of Object.entries(weights())) {
    items.push([name, 0x404, dims, filled(Buffer.from(valuesOf(name, dims).buffer))]);
  }
  const shapes = Buffer.concat(
    items.flatMap(([, , dims]) => dims.map((dim) => Buffer.from(Int32Array.of(dim).buffer))),
  );
  const head = Buffer.concat([
    numbers(1, items.length),
    ...items.map(([name, type, dims, bytes]) => numbers(name.length + 1, type, dims.length, bytes.length)),
    Buffer.from(items.map(([name]) => `${name}\0`).join('')),
    shapes,
  ]);
  const gap = (256 - ((head.length + 8) % 256)) % 256;
  const all = [head, numbers(gap), Buffer.alloc(gap), ...items.map(([, , , bytes]) => bytes)];
  writeFileSync(path.join(folder, 'model.ende.bin'), Buffer.concat(all));
  const model = SentencePiece.of(words);
  const lengths = SENTENCE.split(' ').map((_, at, list) => list.slice(0, at + 1).join(' '));
  return lengths.findLast((text) => model.encode(text).length <= PIECES);
}

module.exports = { writeFirefoxSized };
