import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaptionOptions } from '../../../models/captioner';
import { blipLayout, HEAD, HEAD_BIAS, WORDS } from '../checkpoint/blip-layout';
import { seededPicture, seededSource } from '../checkpoint/seeded';
import type { WeightSource } from '../checkpoint/weights';
import { writeSafetensors } from '../checkpoint/write-safetensors';
import { writeTorchZip } from '../checkpoint/write-torch-zip';

export const FIXTURES = path.resolve(__dirname, '../../fixtures/blip-oracle');

interface Layers {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
}

/** One case of tests/fixtures/blip-oracle/cases.json. */
export interface BlipCase {
  readonly name: string;
  readonly seed: number;
  readonly tied: boolean;
  readonly question: boolean;
  readonly end_nudge: number;
  readonly vision: Layers & { readonly image_size: number; readonly patch_size: number };
  readonly text: Layers & { readonly max_position_embeddings: number; readonly vocab_size: number };
  readonly pictures: readonly (readonly [number, number])[];
  readonly options: {
    readonly beams?: number;
    readonly prompt?: string;
    readonly question?: string;
    /** The other options are then what it stands for. */
    readonly preset?: string;
    readonly max_length?: number;
    readonly max_new_tokens?: number;
    readonly min_length?: number;
    readonly length_penalty?: number;
    readonly repetition_penalty?: number;
    readonly candidates?: number;
  };
}

/** What transformers said: best first, `logits` for the best only. */
export interface Sentence {
  readonly tokens: readonly number[];
  readonly ended: boolean;
  readonly log_probs: readonly number[];
  readonly score: number | null;
  readonly logits?: readonly { readonly prefix: readonly number[]; readonly values: string }[];
}

export function readCases(): BlipCase[] {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'cases.json'), 'utf8'));
}

export function readReference(): Record<string, Sentence[][]> {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'reference.json'), 'utf8')).answers;
}

export function readWords(): string[] {
  return readFileSync(path.join(FIXTURES, 'vocab.txt'), 'utf8').trim().split('\n');
}

export function weightsOf(
  blip: Pick<BlipCase, 'vision' | 'text' | 'question' | 'seed' | 'tied' | 'end_nudge'>,
  end = 3,
) {
  return seededSource(blipLayout(blip), {
    seed: blip.seed,
    same: blip.tied ? { [HEAD]: WORDS } : {},
    nudge: { name: HEAD_BIAS, index: end, by: blip.end_nudge },
  });
}

const PREPROCESSOR = {
  do_normalize: true,
  do_resize: true,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_processor_type: 'BlipImageProcessor',
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

/** The files beside the weights, as the hub lays them out. */
export function writeConfig(folder: string, blip: BlipCase, words: readonly string[]): void {
  const config = {
    architectures: [blip.question ? 'BlipForQuestionAnswering' : 'BlipForConditionalGeneration'],
    model_type: 'blip',
    text_config: {
      ...blip.text,
      bos_token_id: words.length,
      eos_token_id: 2,
      pad_token_id: words.indexOf('[PAD]'),
      sep_token_id: words.indexOf('[SEP]'),
      model_type: 'blip_text_model',
    },
    vision_config: { ...blip.vision, model_type: 'blip_vision_model' },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const size = blip.vision.image_size;
  writeFileSync(path.join(folder, 'preprocessor_config.json'), JSON.stringify({ ...PREPROCESSOR, size }));
  writeFileSync(path.join(folder, 'vocab.txt'), `${words.join('\n')}\n`);
}

export type WeightFormat = 'pytorch_model.bin' | 'model.safetensors';

export function writeWeights(folder: string, format: WeightFormat, source: WeightSource): void {
  const write = format === 'model.safetensors' ? writeSafetensors : writeTorchZip;
  write(path.join(folder, format), source);
}

/** A case's options in our own words. Without a number of new tokens the preset's 20 with the start token hold. */
export function optionsOf({ options }: BlipCase): CaptionOptions & { question?: string } {
  const { preset, question } = options;
  if (preset !== undefined) return { preset, ...(question === undefined ? {} : { question }) };
  const renamed: Record<string, unknown> = {
    beams: options.beams ?? 1,
    prompt: options.prompt,
    question,
    maxNewTokens: options.max_new_tokens,
    minLength: options.min_length,
    lengthPenalty: options.length_penalty,
    repetitionPenalty: options.repetition_penalty,
    candidates: options.candidates,
  };
  return Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined));
}

/** Writes a case's pictures as raw bytes; gives where they are. */
export function writePictures(folder: string, blip: BlipCase): { file: string; width: number; height: number }[] {
  return blip.pictures.map(([width, height], index) => {
    const file = path.join(folder, `picture-${index}.rgb`);
    writeFileSync(file, seededPicture(blip.seed * 10 + index, width, height).data);
    return { file, width, height };
  });
}
