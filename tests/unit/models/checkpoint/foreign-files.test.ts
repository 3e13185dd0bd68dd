import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { readCheckpointJson } from '../../../../models/checkpoint/checkpoint-json';
import { readFloats } from '../../../../models/checkpoint/float-tensor';
import { openCheckpoint } from '../../../../models/checkpoint/open';
import { checkTokenizerKind, checkWords } from '../../../../models/checkpoint/tokenizer-fit';
import { convertCheckpoint } from '../../../../models/convert-checkpoint';
import { sourceOf } from '../../../support/checkpoint/weights';
import { writeSafetensors } from '../../../support/checkpoint/write-safetensors';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'altsmith-foreign-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
};
const convert = () => convertCheckpoint({ source: folder, target: path.join(folder, 'model'), precision: 'int8' });
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
const PAGE = '<!DOCTYPE html><html><body>Sign in</body></html>';

it.each<[string, Readonly<Record<string, string>>, string]>([
  ['an adapter', { 'adapter_config.json': '{}', 'adapter_model.safetensors': '' }, 'an adapter (such as LoRA)'],
  ['a converted model', { 'altsmith-model.json': '{}', 'vision.onnx': '' }, 'that is converted already'],
  [
    'parts without their index',
    { 'model-00001-of-00002.safetensors': '', 'model-00002-of-00002.safetensors': '' },
    'and model.safetensors.index.json, which says what each holds, is not there',
  ],
  ['weights of TensorFlow', { 'tf_model.h5': '' }, 'those of TensorFlow (tf_model.h5)'],
  ['a file of llama.cpp', { 'model-q4.gguf': '' }, 'those of llama.cpp (model-q4.gguf)'],
])('a folder with %s is told for what it is, by its weights and by its config', async (_, files, sentence) => {
  put(files);
  expect(() => openCheckpoint(folder)).toThrow(sentence);
  await expect(convert()).rejects.toThrow(sentence);
});

it.each<[string, string, string]>([
  ['of a model that is not known', '{"model_type":"git"}', 'is of the model git, which cannot be converted'],
  ['of nothing', '{}', 'does not say which model it is of'],
  [
    'of a model that writes nothing',
    '{"model_type":"blip","architectures":["BlipForImageTextRetrieval"]}',
    'is of the model BlipForImageTextRetrieval, which cannot be converted',
  ],
  ['that is a web page', PAGE, 'it is a web page'],
])('a config %s is told for what it is', async (_, config, sentence) => {
  put({ 'config.json': config });
  await expect(convert()).rejects.toThrow(sentence);
});

it('no folder, and a file in the place of one', () => {
  put({ file: '' });
  expect(() => openCheckpoint(path.join(folder, 'none'))).toThrow('There is no folder');
  expect(() => openCheckpoint(path.join(folder, 'file'))).toThrow('is a file; give the folder');
});

it.each([
  ['model.safetensors', POINTER, 'it is a pointer of Git LFS'],
  ['model.safetensors', PAGE, 'it is a web page'],
  ['model.safetensors', '\u00ff\u0000\u0000\u0000\u0000\u0000\u0000\u0000{}', 'it is cut, or not a safetensors file'],
  ['pytorch_model.bin', POINTER, 'it is a pointer of Git LFS'],
  ['pytorch_model.bin', PAGE, 'it is a web page'],
])('%s that is "%s" is told for what it is', (name, text, reason) => {
  put({ [name]: text });
  expect(() => openCheckpoint(folder)).toThrow(reason);
});

it('JSON that is a pointer of Git LFS', () => {
  put({ 'tokenizer.json': POINTER });
  expect(() => readCheckpointJson(z.unknown(), folder, 'tokenizer.json')).toThrow('Run "git lfs pull"');
});

describe('a weight', () => {
  const open = (name: string, dtype = 'F32') => {
    const file = path.join(folder, 'model.safetensors');
    writeSafetensors(file, sourceOf({ [name]: { dims: [2], values: [1, 2] } }));
    if (dtype === 'F32') return openCheckpoint(folder);
    const json = Buffer.from(JSON.stringify({ [name]: { dtype, shape: [2], data_offsets: [0, 2] } }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(2)]));
    return openCheckpoint(folder);
  };

  it.each([
    ['module.vision.weight', 'the wrapper "module." holds'],
    ['vision.base_layer.weight', 'merge_and_unload() of PEFT'],
    ['other.weight', 'is it the right model?'],
  ])('that is missing where there is %s', (stored, sentence) => {
    const checkpoint = open(stored);
    expect(() => readFloats(checkpoint, 'vision.weight', [2])).toThrow(sentence);
    checkpoint.close();
  });

  it.each(['I8', 'U8', 'F8_E4M3'])('of a quantised model (%s)', (dtype) => {
    const checkpoint = open('vision.weight', dtype);
    expect(() => readFloats(checkpoint, 'vision.weight', [4])).toThrow(`holds ${dtype}, not floating-point numbers`);
    checkpoint.close();
  });
});

describe('a tokenizer', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'of another kind',
      { 'tokenizer.json': '{"model":{"type":"Unigram"}}' },
      'of the kind Unigram; that of a model is BPE',
    ],
    ['as older folders have it', { 'vocab.json': '{}', 'merges.txt': '' }, 'only vocab.json; AutoTokenizer'],
  ])('%s is refused', (_, files, sentence) => {
    put(files);
    expect(() => checkTokenizerKind(folder, 'BPE', 'a model')).toThrow(sentence);
  });

  it('has as many words as the weights have rows, but for those that round a table up', () => {
    for (const words of [30_522, 30_524]) expect(() => checkWords('vocab.txt', words, 30_524)).not.toThrow();
    for (const words of [28_996, 30_525]) {
      expect(() => checkWords('vocab.txt', words, 30_524)).toThrow(`it has ${words} words, the weights have 30524`);
    }
  });
});
