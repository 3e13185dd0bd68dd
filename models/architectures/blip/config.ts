import path from 'node:path';
import { z } from 'zod';
import { ModelError } from '../../model-error';
import { places, side } from '../../checkpoint/bounds';
import { readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { readPreprocessor, type Normalisation } from '../../checkpoint/preprocessor';

const count = z.number().int().positive();
const id = z.number().int().nonnegative();
/** The only activation of every published BLIP; the graphs compute it exactly, with erf. */
const activation = z.literal('gelu').default('gelu');

/** Defaults are those of transformers 5 (models/blip/configuration_blip.py), which config.json may leave out. */
const Vision = z.object({
  hidden_size: count.default(768),
  intermediate_size: count.default(3072),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  image_size: side.default(384),
  patch_size: count.default(16),
  layer_norm_eps: z.number().positive().default(1e-5),
  hidden_act: activation,
});

const Text = z.object({
  vocab_size: count.default(30_524),
  hidden_size: count.default(768),
  intermediate_size: count.default(3072),
  num_hidden_layers: count.default(12),
  // The class says 8, every official checkpoint writes 12 into its config.json.
  num_attention_heads: count.default(8),
  max_position_embeddings: places.default(512),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: activation,
  bos_token_id: id.default(30_522),
  pad_token_id: id.default(0),
  sep_token_id: id.default(102),
});

const Config = z.object({
  model_type: z.literal('blip'),
  architectures: z.array(z.string()).default([]),
  vision_config: Vision,
  text_config: Text,
});

export type VisionConfig = z.infer<typeof Vision>;
export type TextConfig = z.infer<typeof Text>;

export interface BlipConfig extends Normalisation {
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** True when the checkpoint answers questions instead of captioning. */
  readonly question: boolean;
}

/** As config.json says it; `question` is null where it names no class. */
export type StoredBlipConfig = Omit<BlipConfig, 'question'> & { readonly question: boolean | null };

function isDivisible(whole: number, part: number): boolean {
  return whole % part === 0;
}

/** Reads the sizes of a checkpoint as the hub lays it out. Throws ModelError when it is another kind of model. */
export function readBlipConfig(folder: string): StoredBlipConfig {
  const { vision_config: vision, text_config: text, architectures } = readCheckpointJson(Config, folder, 'config.json');
  const { mean, deviation } = readPreprocessor(folder, vision.image_size);
  const sound =
    isDivisible(vision.hidden_size, vision.num_attention_heads) &&
    isDivisible(text.hidden_size, text.num_attention_heads) &&
    isDivisible(vision.image_size, vision.patch_size) &&
    text.bos_token_id < text.vocab_size &&
    text.sep_token_id < text.vocab_size;
  if (!sound) {
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `The sizes in ${path.join(folder, 'config.json')} contradict each other.`,
    );
  }
  const question = architectures.length === 0 ? null : architectures.includes('BlipForQuestionAnswering');
  return { vision, text, question, mean, deviation };
}
