import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blip2Amplitude, blip2Layout, type Blip2Case } from '../../support/checkpoint/blip-2-layout';
import { blipLayout, HEAD, HEAD_BIAS, WORDS, type BlipSizes } from '../../support/checkpoint/blip-layout';
import { florenceAmplitude, florenceLayout, type FlorenceCase } from '../../support/checkpoint/florence-layout';
import { seededSource, seededWeight } from '../../support/checkpoint/seeded';
import type { WeightSource, WeightSpec } from '../../support/checkpoint/weights';
import { writeSafetensors } from '../../support/checkpoint/write-safetensors';
import { writeTorchZip } from '../../support/checkpoint/write-torch-zip';
import { configOf as blip2Config, IMAGES as BLIP_2_IMAGES } from '../../support/models/blip-2-cases';
import { configOf as florenceConfig, IDS, IMAGES as FLORENCE_IMAGES, RULES } from '../../support/models/florence-cases';

const SEED = 7;
const FIXTURES = path.resolve(__dirname, '../../tests/fixtures');

/** Writes a checkpoint of random weights with the shapes, names and file layout of an official one. */
type Write = (folder: string) => void;

function writeJson(folder: string, name: string, value: object): void {
  writeFileSync(path.join(folder, name), JSON.stringify(value));
}

const TEXT = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  max_position_embeddings: 512,
  vocab_size: 30_524,
};
const BASE_VISION = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  image_size: 384,
  patch_size: 16,
};
const LARGE_VISION = { ...BASE_VISION, hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24 };

/** As long as BERT's, with its special tokens in their places; the words are made up. */
function vocabulary(): string[] {
  const words = Array.from({ length: 30_522 }, (_, id) => `w${id}`);
  words[0] = '[PAD]';
  ['[UNK]', '[CLS]', '[SEP]', '[MASK]'].forEach((token, index) => (words[100 + index] = token));
  'a picture of the dog'.split(' ').forEach((word, index) => (words[2000 + index] = word));
  return words;
}

function blip(sizes: BlipSizes, heads: number, isTorchZip: boolean): Write {
  return (folder) => {
    writeJson(folder, 'config.json', {
      architectures: [sizes.question ? 'BlipForQuestionAnswering' : 'BlipForConditionalGeneration'],
      model_type: 'blip',
      text_config: {
        ...sizes.text,
        num_attention_heads: 12,
        bos_token_id: 30_522,
        pad_token_id: 0,
        sep_token_id: 102,
        model_type: 'blip_text_model',
      },
      vision_config: { ...sizes.vision, num_attention_heads: heads, model_type: 'blip_vision_model' },
    });
    writeJson(folder, 'preprocessor_config.json', {
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
      image_processor_type: 'BlipImageProcessor',
      size: 384,
    });
    writeFileSync(path.join(folder, 'vocab.txt'), `${vocabulary().join('\n')}\n`);
    const source = seededSource(blipLayout(sizes), {
      seed: SEED,
      same: { [HEAD]: WORDS },
      nudge: { name: HEAD_BIAS, index: 102, by: -20 },
    });
    if (isTorchZip) writeTorchZip(path.join(folder, 'pytorch_model.bin'), source);
    else writeSafetensors(path.join(folder, 'model.safetensors'), source);
  };
}

/** Weights one after the other, none kept: these files are larger than memory. */
function spread(specs: readonly WeightSpec[], amplitude: Parameters<typeof seededWeight>[2]): WeightSource {
  return { specs, bytes: (spec) => new Uint8Array(seededWeight(SEED, spec, amplitude).buffer) };
}

const FLORENCE_BASE: FlorenceCase = {
  name: 'base',
  seed: SEED,
  ending: 0,
  side: 768,
  window: 12,
  depths: [1, 1, 9, 1],
  widths: [128, 256, 512, 1024],
  heads: [4, 8, 16, 32],
  groups: [4, 8, 16, 32],
  width: 768,
  layers: [6, 6],
  text_heads: [12, 12],
  ffn: [3072, 3072],
  positions: 1024,
  scaled: false,
  rules: {},
};
const FLORENCE_LARGE: FlorenceCase = {
  ...FLORENCE_BASE,
  name: 'large',
  widths: [256, 512, 1024, 2048],
  heads: [8, 16, 32, 64],
  groups: [8, 16, 32, 64],
  width: 1024,
  layers: [12, 12],
  text_heads: [16, 16],
  ffn: [4096, 4096],
};
/** Rows of the table of words in transformers' layout, and tokens of the tokenizer in Microsoft's. */
const FLORENCE_ROWS = 51_328;
const FLORENCE_TOKENS = 50_265;

/** The tests' small tokenizer of an architecture with as many tokens as the official one has: the others are made up. */
function writeTokenizer(folder: string, fixture: string, fill: (json: any) => void): void {
  const json = JSON.parse(readFileSync(path.join(FIXTURES, fixture, 'tokenizer.json'), 'utf8'));
  fill(json);
  writeJson(folder, 'tokenizer.json', json);
}

function florence(sizes: FlorenceCase): Write {
  return (folder) => {
    writeTokenizer(folder, 'florence-oracle', ({ model: { vocab } }) => {
      for (let id = Object.keys(vocab).length; id < FLORENCE_TOKENS; id++) vocab[`w${id}`] = id;
    });
    const config = florenceConfig(sizes, 'transformers', FLORENCE_ROWS);
    writeJson(folder, 'config.json', { ...config, image_token_id: FLORENCE_ROWS - 1 });
    const size = { height: sizes.side, width: sizes.side };
    writeJson(folder, 'processor_config.json', { image_processor: { ...FLORENCE_IMAGES, size } });
    writeJson(folder, 'generation_config.json', { ...IDS, ...RULES });
    const source = spread(florenceLayout(sizes, FLORENCE_ROWS), florenceAmplitude);
    writeSafetensors(path.join(folder, 'model.safetensors'), source);
  };
}

/** 15.8 GB. */
const FLAN_T5_XL: Blip2Case = {
  name: 'flan-t5-xl',
  seed: SEED,
  small: 1,
  ending: 0,
  queries: 32,
  tied: false,
  pictures: [],
  vision: {
    hidden_size: 1408,
    intermediate_size: 6144,
    num_hidden_layers: 39,
    num_attention_heads: 16,
    image_size: 224,
    patch_size: 14,
  },
  qformer: {
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    cross_attention_frequency: 2,
    encoder_hidden_size: 1408,
  },
  text: {
    vocab_size: 32_128,
    d_model: 2048,
    d_kv: 64,
    d_ff: 5120,
    num_layers: 24,
    num_decoder_layers: 24,
    num_heads: 32,
    relative_attention_num_buckets: 32,
    relative_attention_max_distance: 128,
  },
  says: { tie_word_embeddings: false },
};

const T5_TOKENS = 32_100;

function blip2(sizes: Blip2Case): Write {
  return (folder) => {
    writeTokenizer(folder, 'blip-2-oracle', ({ model: { vocab }, added_tokens: added }) => {
      while (vocab.length < T5_TOKENS) vocab.push([`w${vocab.length}`, -30]);
      added.find(({ content }: { content: string }) => content === '<image>').id = T5_TOKENS;
    });
    writeJson(folder, 'config.json', blip2Config(sizes, 'safetensors in parts'));
    const side = sizes.vision['image_size']!;
    writeJson(folder, 'preprocessor_config.json', { ...BLIP_2_IMAGES, size: { height: side, width: side } });
    writeJson(folder, 'generation_config.json', { decoder_start_token_id: 0, eos_token_id: 1, pad_token_id: 0 });
    const source = spread(blip2Layout(sizes), (name, dims) => blip2Amplitude(name, dims, sizes.small));
    writeSafetensors(path.join(folder, 'model.safetensors'), source);
  };
}

/** The official checkpoints' exact shapes (their config.json). */
const SIZES = {
  'blip-base': blip({ vision: BASE_VISION, text: TEXT, question: false }, 12, true),
  'blip-large': blip({ vision: LARGE_VISION, text: TEXT, question: false }, 16, false),
  'blip-vqa-base': blip({ vision: BASE_VISION, text: TEXT, question: true }, 12, false),
  'florence-2-base': florence(FLORENCE_BASE),
  'florence-2-large': florence(FLORENCE_LARGE),
  'blip-2-flan-t5-xl': blip2(FLAN_T5_XL),
  'blip-2-flan-t5-xl-coco': blip2({ ...FLAN_T5_XL, vision: { ...FLAN_T5_XL.vision, image_size: 364 } }),
} as const satisfies Record<string, Write>;
export type FullSize = keyof typeof SIZES;

export function isFullSize(name: string): name is FullSize {
  return Object.hasOwn(SIZES, name);
}

/** Throws where there is no such model. */
export function writeFullSize(folder: string, which: FullSize): void {
  mkdirSync(folder, { recursive: true });
  SIZES[which](folder);
}
