import path from 'node:path';
import { z } from 'zod';
import { readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { ModelError } from '../../model-error';
import type { Normalisation } from '../../checkpoint/preprocessor';
import { readPictures } from './pictures';

const count = z.number().int().positive();
const id = z.number().int().nonnegative();
const perStage = z.array(count).min(1).max(8);
const KIND = 'a Florence-2 model';

/** No defaults for sizes: those of transformers' class mix the widths of base with the projection of large. */
const Vision = z
  .object({
    /** transformers' name, and Microsoft's. */
    embed_dim: perStage.optional(),
    dim_embed: perStage.optional(),
    depths: perStage,
    num_heads: perStage,
    num_groups: perStage,
    patch_size: perStage,
    patch_stride: perStage,
    patch_padding: z.array(id),
    patch_prenorm: z.array(z.boolean()),
    window_size: count,
    mlp_ratio: z.number().positive().default(4),
    qkv_bias: z.literal(true).default(true),
    activation_function: z.literal('gelu').default('gelu'),
    projection_dim: count,
    image_feature_source: z.tuple([z.literal('spatial_avg_pool'), z.literal('temporal_avg_pool')]).optional(),
  })
  .transform(({ embed_dim: widths, dim_embed: microsoft, ...rest }) => ({
    ...rest,
    widths: widths ?? microsoft ?? [],
  }));

const Text = z.object({
  d_model: count,
  encoder_layers: count,
  decoder_layers: count,
  encoder_attention_heads: count,
  decoder_attention_heads: count,
  encoder_ffn_dim: count,
  decoder_ffn_dim: count,
  scale_embedding: z.boolean().default(false),
  activation_function: z.literal('gelu').default('gelu'),
  normalize_before: z.literal(false).default(false),
  add_final_layer_norm: z.literal(false).default(false),
  // Those of the outer config.json are wrong in checkpoints made from Microsoft's first commits; these never were.
  bos_token_id: id.default(0),
  pad_token_id: id.default(1),
  eos_token_id: id.default(2),
  decoder_start_token_id: id.default(2),
});

const Config = z.object({ model_type: z.literal('florence2'), vision_config: Vision, text_config: Text });

export type VisionConfig = z.infer<typeof Vision>;
export type TextConfig = z.infer<typeof Text>;

export interface FlorenceConfig extends Normalisation {
  readonly vision: VisionConfig;
  readonly text: TextConfig;
  /** Side in pixels of the square that a picture is scaled to. */
  readonly side: number;
}

/** One stage of the image encoder: a convolution that makes the rows fewer, and blocks. */
export interface Stage {
  readonly index: number;
  readonly width: number;
  readonly before: number;
  readonly depth: number;
  readonly heads: number;
  readonly groups: number;
  readonly patch: {
    readonly size: number;
    readonly stride: number;
    readonly padding: number;
    readonly prenorm: boolean;
  };
  /** Side of the grid of rows after the convolution. */
  readonly grid: number;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value !== undefined) return value;
  throw new ModelError('MODEL_FILE_DAMAGED', 'The vision_config of config.json has lists of different lengths.');
}

export function stagesOf({ vision, side }: Pick<FlorenceConfig, 'vision' | 'side'>): Stage[] {
  let [grid, before] = [side, 3];
  return vision.widths.map((width, index) => {
    const patch = {
      size: at(vision.patch_size, index),
      stride: at(vision.patch_stride, index),
      padding: at(vision.patch_padding, index),
      prenorm: at(vision.patch_prenorm, index),
    };
    grid = Math.floor((grid + 2 * patch.padding - patch.size) / patch.stride) + 1;
    const [depth, heads, groups] = [vision.depths, vision.num_heads, vision.num_groups].map((list) => at(list, index));
    const stage = { index, width, before, depth: depth ?? 0, heads: heads ?? 1, groups: groups ?? 1, patch, grid };
    before = width;
    return stage;
  });
}

function contradiction(config: FlorenceConfig): boolean {
  const { vision, text } = config;
  const stages = stagesOf(config);
  return (
    stages.length === 0 ||
    stages.some(({ width, heads, groups, grid }) => width % heads > 0 || width % groups > 0 || grid < 1) ||
    text.d_model % text.encoder_attention_heads > 0 ||
    text.d_model % text.decoder_attention_heads > 0 ||
    vision.projection_dim !== text.d_model
  );
}

/** Reads the sizes of a checkpoint in either layout. Throws ModelError when it is another kind of model. */
export function readFlorenceConfig(folder: string): FlorenceConfig {
  const { vision_config: vision, text_config: text } = readCheckpointJson(Config, folder, 'config.json', KIND);
  const config = { vision, text, ...readPictures(folder) };
  if (contradiction(config)) {
    const name = path.join(folder, 'config.json');
    throw new ModelError('MODEL_FILE_DAMAGED', `The sizes in ${name} contradict each other.`);
  }
  return config;
}

/** Tokens that the image encoder makes: the mean of the last grid in front, then the grid. */
export function imageTokens(config: Pick<FlorenceConfig, 'vision' | 'side'>): number {
  return (stagesOf(config).at(-1)?.grid ?? 0) ** 2 + 1;
}
