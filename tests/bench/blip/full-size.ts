import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blipLayout, HEAD, HEAD_BIAS, WORDS, type BlipSizes } from '../../support/checkpoint/blip-layout';
import { seededSource } from '../../support/checkpoint/seeded';
import { writeSafetensors } from '../../support/checkpoint/write-safetensors';
import { writeTorchZip } from '../../support/checkpoint/write-torch-zip';

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

/** The official checkpoints' exact shapes (their config.json), and the file each is published as. */
const SIZES = {
  base: { sizes: { vision: BASE_VISION, text: TEXT, question: false }, heads: 12, write: writeTorchZip },
  large: { sizes: { vision: LARGE_VISION, text: TEXT, question: false }, heads: 16, write: writeSafetensors },
  'vqa-base': { sizes: { vision: BASE_VISION, text: TEXT, question: true }, heads: 12, write: writeSafetensors },
} as const satisfies Record<string, { sizes: BlipSizes; heads: number; write: typeof writeTorchZip }>;
export type FullSize = keyof typeof SIZES;

/** As long as BERT's, with its special tokens in their places; the words are made up. */
function vocabulary(): string[] {
  const words = Array.from({ length: 30_522 }, (_, id) => `w${id}`);
  words[0] = '[PAD]';
  ['[UNK]', '[CLS]', '[SEP]', '[MASK]'].forEach((token, index) => (words[100 + index] = token));
  'a picture of the dog'.split(' ').forEach((word, index) => (words[2000 + index] = word));
  return words;
}

/** Writes a checkpoint of random weights with the shapes, names and file layout of an official one. */
export function writeFullSize(folder: string, which: FullSize): void {
  const { sizes, heads, write } = SIZES[which];
  mkdirSync(folder, { recursive: true });
  const config = {
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
  };
  const preprocessor = {
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_std: [0.26862954, 0.26130258, 0.27577711],
    image_processor_type: 'BlipImageProcessor',
    size: 384,
  };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(path.join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessor));
  writeFileSync(path.join(folder, 'vocab.txt'), `${vocabulary().join('\n')}\n`);
  const source = seededSource(blipLayout(sizes), {
    seed: 7,
    same: { [HEAD]: WORDS },
    nudge: { name: HEAD_BIAS, index: 102, by: -20 },
  });
  write(path.join(folder, which === 'base' ? 'pytorch_model.bin' : 'model.safetensors'), source);
}
