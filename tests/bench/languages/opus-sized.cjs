'use strict';
// A Marian checkpoint of the size of opus-mt-en-de with random weights.
const { closeSync, copyFileSync, mkdirSync, openSync, writeFileSync, writeSync } = require('node:fs');
const path = require('node:path');

const FIXTURE = path.resolve(__dirname, '../../fixtures/sentencepiece-oracle/english.spm');
const BUILD = path.resolve(__dirname, '../../../build/models');
const { readSentencePieceFile } = require(path.join(BUILD, 'tokenizers/sentencepiece/model-file.js'));

const [WIDTH, FFN, LAYERS, WORDS] = [512, 2048, 6, 58101];
/** 16 pieces of that model; with the end token 17. */
const TEXT = 'a man sitting on a wooden table.';
const NEW_TOKENS = 16;

function weights() {
  const found = { final_logits_bias: [1, WORDS], 'model.shared.weight': [WORDS, WIDTH] };
  const linear = (name, rows, columns) => {
    found[`${name}.weight`] = [rows, columns];
    found[`${name}.bias`] = [rows];
  };
  const norm = (name) => {
    found[`${name}.weight`] = [WIDTH];
    found[`${name}.bias`] = [WIDTH];
  };
  for (const part of ['encoder', 'decoder']) {
    for (let layer = 0; layer < LAYERS; layer++) {
      const name = `model.${part}.layers.${layer}`;
      for (const attention of part === 'encoder' ? ['self_attn'] : ['self_attn', 'encoder_attn']) {
        for (const each of ['q', 'k', 'v', 'out']) linear(`${name}.${attention}.${each}_proj`, WIDTH, WIDTH);
        norm(`${name}.${attention}_layer_norm`);
      }
      linear(`${name}.fc1`, FFN, WIDTH);
      linear(`${name}.fc2`, WIDTH, FFN);
      norm(`${name}.final_layer_norm`);
    }
  }
  return found;
}

const sizeOf = (dims) => dims.reduce((product, dim) => product * dim, 1);

function valuesOf(name, dims) {
  if (name.endsWith('norm.weight')) return new Float32Array(sizeOf(dims)).fill(1);
  const range = dims.length === 1 || name === 'final_logits_bias' ? 0.02 : Math.sqrt(6 / (dims[0] + dims[1]));
  return Float32Array.from({ length: sizeOf(dims) }, () => (Math.random() * 2 - 1) * range);
}

/** Writes the folder as the hub lays it out. */
function writeOpusSized(folder) {
  mkdirSync(folder, { recursive: true });
  const json = (name, value) => writeFileSync(path.join(folder, name), JSON.stringify(value));
  const { pieces } = readSentencePieceFile(require('node:fs').readFileSync(FIXTURE));
  const words = ['</s>', '<unk>', ...new Set(pieces.map(({ text }) => text).filter((text) => !/^<.*>$/.test(text)))];
  while (words.length < WORDS - 1) words.push(`▁word${words.length}`);
  json('vocab.json', Object.fromEntries([...words, '<pad>'].map((word, id) => [word, id])));
  for (const name of ['source.spm', 'target.spm']) copyFileSync(FIXTURE, path.join(folder, name));
  json('tokenizer_config.json', { source_lang: 'en', target_lang: 'de' });
  const ids = {
    pad_token_id: WORDS - 1,
    eos_token_id: 0,
    bos_token_id: 0,
    decoder_start_token_id: WORDS - 1,
    forced_eos_token_id: 0,
  };
  const search = { num_beams: 4, max_length: 512, bad_words_ids: [[WORDS - 1]] };
  const halves = Object.fromEntries(
    ['encoder', 'decoder'].flatMap((part) => [
      [`${part}_layers`, LAYERS],
      [`${part}_attention_heads`, 8],
      [`${part}_ffn_dim`, FFN],
    ]),
  );
  const sizes = {
    d_model: WIDTH,
    vocab_size: WORDS,
    decoder_vocab_size: WORDS,
    max_position_embeddings: 512,
    ...halves,
  };
  const rest = { activation_function: 'swish', scale_embedding: true, share_encoder_decoder_embeddings: true };
  json('config.json', { model_type: 'marian', architectures: ['MarianMTModel'], ...sizes, ...rest, ...ids, ...search });
  json('generation_config.json', { ...ids, ...search, renormalize_logits: true });
  const tensors = weights();
  const header = {};
  let at = 0;
  for (const [name, dims] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [at, (at += 4 * sizeOf(dims))] };
  }
  const text = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }));
  const file = openSync(path.join(folder, 'model.safetensors'), 'w');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeSync(file, length);
  writeSync(file, text);
  for (const [name, dims] of Object.entries(tensors)) writeSync(file, Buffer.from(valuesOf(name, dims).buffer));
  closeSync(file);
}

module.exports = { writeOpusSized, TEXT, NEW_TOKENS };
