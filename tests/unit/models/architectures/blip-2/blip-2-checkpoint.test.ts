import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readBlip2Config } from '../../../../../models/architectures/blip-2/config';
import { relativePositionBucket } from '../../../../../models/architectures/blip-2/t5';
import { convertCheckpoint } from '../../../../../models/convert-checkpoint';
import { blip2Source, readBlip2Cases, writeBlip2, type Stored } from '../../../../support/models/blip-2-cases';

const TINY = readBlip2Cases()[6]!;
const WEIGHTS = blip2Source(TINY);

let folder: string;
let source: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'altsmith-blip-2-'));
  source = path.join(folder, 'checkpoint');
  target = path.join(folder, 'model');
});
afterEach(() => rmSync(folder, { recursive: true }));

const publish = (stored: Stored = 'safetensors in parts') => writeBlip2(source, TINY, stored, WEIGHTS);
const convert = (precision: 'fp32' | 'int8' | 'int4' = 'fp32') => convertCheckpoint({ source, target, precision });

function edit(name: string, change: (json: any) => void): void {
  const file = path.join(source, name);
  const json = JSON.parse(readFileSync(file, 'utf8'));
  change(json);
  writeFileSync(file, JSON.stringify(json));
}
const editText = (change: (text: any) => void) => edit('config.json', ({ text_config: text }) => change(text));
const INDEX = 'model.safetensors.index.json';

describe('a BLIP-2 checkpoint', () => {
  it('becomes a folder that says what it is', async () => {
    publish();
    const manifest = await convert();
    expect(readdirSync(target).sort()).toEqual([
      'altsmith-model.json',
      'decoder.data',
      'decoder.onnx',
      'encoder.data',
      'encoder.onnx',
      'tokenizer.json',
      'vision.data',
      'vision.onnx',
    ]);
    expect(manifest).toMatchObject({
      architecture: 'blip-2',
      graphs: { encoder: 'encoder.onnx', question: null },
      dims: { image_size: 56, image_tokens: 6, vocabulary: 176, layers: 1, heads: 3, head_size: 8, feature_width: 24 },
      tokens: { start: 0, end: 1, classify: 1, separate: 1 },
      text: { accepts_prompt: true },
      prompted: { question: 'Question: {question} Answer:' },
      default_preset: 'caption',
      presets: { hf: { beams: 1, max_length: 21 }, caption: { beams: 5, max_new_tokens: 30, prompt: null } },
    });
  });

  it('that sees more pixels was fine-tuned behind a prompt, which its captions then have', async () => {
    publish();
    const { vision_config: vision } = JSON.parse(readFileSync(path.join(source, 'config.json'), 'utf8'));
    expect(vision.image_size).toBe(56);
    const manifest = await convert();
    expect(manifest.presets['paper']).toMatchObject({ prompt: 'a photo of', beams: 5, min_length: 8 });
  });

  it('in int8 and int4 is smaller; the picture’s weights are of 8 bits in both', async () => {
    publish();
    const bytes = async (precision: 'fp32' | 'int8' | 'int4') => {
      const { files, session } = await convert(precision);
      expect(session.eight_bit_weights).toBe(precision !== 'fp32');
      return new Map(files.map(({ name, bytes: size }) => [name, size]));
    };
    const [fp32, int8, int4] = [await bytes('fp32'), await bytes('int8'), await bytes('int4')];
    expect(int8.get('encoder.data')).toBeLessThan(fp32.get('encoder.data')!);
    expect(int4.get('vision.data')).toBe(int8.get('vision.data'));
    expect(int4.get('encoder.data')).not.toBe(int8.get('encoder.data'));
  });

  it('takes the activation that is named, else that of the product', () => {
    publish();
    expect(readBlip2Config(source).text).toMatchObject({ activation: 'gelu', scalesScores: false });
    editText((text) => delete text.dense_act_fn);
    expect(readBlip2Config(source).text.activation).toBe('gelu_new');
    editText((text) => (text.feed_forward_proj = 'gated-relu'));
    expect(readBlip2Config(source).text.activation).toBe('relu');
  });

  it('scales scores as files of before transformers 5 say it, and as those of 5 do', () => {
    publish();
    const scales = (says: object) => {
      editText((text) => {
        delete text.tie_word_embeddings;
        delete text.scale_decoder_outputs;
        Object.assign(text, says);
      });
      return readBlip2Config(source).text.scalesScores;
    };
    expect(scales({})).toBe(true);
    expect(scales({ tie_word_embeddings: false })).toBe(false);
    expect(scales({ tie_word_embeddings: true, scale_decoder_outputs: false })).toBe(false);
  });

  it('may leave out what transformers knows by itself', () => {
    publish();
    edit('config.json', (config) => {
      config.vision_config = { model_type: 'blip_2_vision_model', image_size: 56 };
      config.qformer_config = { model_type: 'blip_2_qformer' };
      delete config.num_query_tokens;
    });
    const { vision, qformer, queries } = readBlip2Config(source);
    expect(vision).toMatchObject({ hidden_size: 1408, num_hidden_layers: 39, patch_size: 14, layer_norm_eps: 1e-6 });
    expect(qformer).toMatchObject({ hidden_size: 768, cross_attention_frequency: 2, layer_norm_eps: 1e-12 });
    expect(queries).toBe(32);
  });

  it.each<[string, () => void, string]>([
    ['no tokenizer', () => rmSync(path.join(source, 'tokenizer.json')), 'no tokenizer.json'],
    [
      'BERT’s tokenizer',
      () => edit('tokenizer.json', (json) => (json.model.type = 'WordPiece')),
      'of the kind WordPiece',
    ],
    [
      'a tokenizer without replacements',
      () => edit('tokenizer.json', (json) => (json.normalizer = { type: 'NFKC' })),
      'is it the tokenizer of T5',
    ],
    [
      'more words than weights',
      () => edit('tokenizer.json', (json) => json.added_tokens.push({ id: 176, content: '<new>', special: false })),
      'it has 177 words, the weights have 176',
    ],
    [
      'another end of texts',
      () => editText((text) => (text.eos_token_id = 2)),
      '</s> has the id 1, and the config says 2',
    ],
    ['a part that is missing', () => rmSync(path.join(source, 'model-00002-of-00003.safetensors')), 'is not in'],
    [
      'a part that is cut',
      () => truncateSync(path.join(source, 'model-00003-of-00003.safetensors'), 5000),
      'cannot be read',
    ],
    [
      'an index that lacks a weight',
      () => edit(INDEX, ({ weight_map: map }) => delete map['language_projection.bias']),
      'no weight called "language_projection.bias"',
    ],
    [
      'an index that puts a weight elsewhere',
      () => edit(INDEX, ({ weight_map: map }) => (map['query_tokens'] = 'model-00003-of-00003.safetensors')),
      'holds "query_tokens", which it does not',
    ],
    ['other widths', () => editText((text) => (text.d_ff = 57)), 'is due'],
    [
      'distances without end',
      () => editText((text) => (text.relative_attention_max_distance = 5000)),
      'relative_attention_max_distance',
    ],
    [
      'fewer distances than rows for near ones',
      () => editText((text) => (text.relative_attention_max_distance = 16)),
      'contradict',
    ],
    ['sizes at odds', () => edit('config.json', (config) => (config.vision_config.patch_size = 15)), 'contradict'],
    ['no heads of T5', () => editText((text) => delete text.num_heads), 'is due'],
    [
      'OPT',
      () => editText((text) => (text.model_type = 'opt')),
      'is opt, whose licence forbids commercial use; only those with T5',
    ],
    ['another text half', () => editText((text) => (text.model_type = 'llama')), 'is llama; only those with T5'],
    [
      'another activation',
      () => edit('config.json', (config) => (config.vision_config.hidden_act = 'quick_gelu')),
      'hidden_act',
    ],
    ['a product without a gate', () => editText((text) => (text.feed_forward_proj = 'relu')), 'feed_forward_proj'],
    [
      'the pictures of another',
      () => edit('preprocessor_config.json', (json) => (json.size = { height: 42, width: 42 })),
      'size is 42x42',
    ],
    [
      'the config of a BLIP',
      () => edit('config.json', (config) => (config.model_type = 'blip')),
      'not a WordPiece tokenizer',
    ],
  ])('with %s is refused in a sentence, and nothing is left', async (_, damage, sentence) => {
    publish();
    damage();
    await expect(convert()).rejects.toThrow(sentence);
    expect(readdirSync(folder)).toEqual(['checkpoint']);
  });

  it('leaves another model in its place when it is refused', async () => {
    publish();
    await convert();
    const before = readFileSync(path.join(target, 'altsmith-model.json'), 'utf8');
    rmSync(path.join(source, 'model-00002-of-00003.safetensors'));
    await expect(convert('int8')).rejects.toThrow('is not in');
    expect(readFileSync(path.join(target, 'altsmith-model.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'model']);
  });

  it('ignores parts of an older revision that the index does not name', async () => {
    publish();
    writeFileSync(path.join(source, 'model-00001-of-00002.safetensors'), 'old');
    expect((await convert()).architecture).toBe('blip-2');
  });
});

describe('the distances of T5', () => {
  const SIZES = { relative_attention_num_buckets: 32, relative_attention_max_distance: 128 };

  it.each([
    [0, 0, 0],
    [-7, 7, 7],
    [-8, 8, 8],
    [-15, 9, 15],
    [-16, 10, 16],
    [-17, 10, 16],
    [-127, 15, 31],
    [-400, 15, 31],
    [1, 17, 0],
    [8, 24, 0],
    [200, 31, 0],
  ])('%i has row %i of the encoder and %i of the decoder', (distance, encoder, decoder) => {
    expect([
      relativePositionBucket(distance, 'encoder', SIZES),
      relativePositionBucket(distance, 'decoder', SIZES),
    ]).toEqual([encoder, decoder]);
  });
});
