import path from 'node:path';
import { z } from 'zod';
import { beams, lengthPenalty, places } from '../../checkpoint/bounds';
import { hasCheckpointFile, readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { ModelError } from '../../model-error';

export const KIND = 'a Marian model';

/** torch's default. */
const EPSILON = 1e-5;
const count = z.number().int().positive();
const id = z.number().int().nonnegative();

const Config = z.object({
  model_type: z.literal('marian'),
  d_model: count,
  encoder_layers: count,
  decoder_layers: count,
  encoder_attention_heads: count,
  decoder_attention_heads: count,
  encoder_ffn_dim: count,
  decoder_ffn_dim: count,
  vocab_size: count,
  decoder_vocab_size: count.nullish(),
  max_position_embeddings: places.default(512),
  activation_function: z.enum(['swish', 'silu', 'relu', 'gelu']),
  scale_embedding: z.boolean().default(false),
  share_encoder_decoder_embeddings: z.boolean().default(true),
  // What no published translator does.
  normalize_before: z.literal(false).default(false),
  normalize_embedding: z.literal(false).default(false),
  add_final_layer_norm: z.literal(false).default(false),
  static_position_embeddings: z.literal(true).default(true),
  pad_token_id: id,
  eos_token_id: id,
  decoder_start_token_id: id,
});

/** How it is searched stands in generation_config.json, before there was one in config.json. */
const Rules = z.object({
  num_beams: beams.nullish(),
  max_length: count.nullish(),
  length_penalty: lengthPenalty.nullish(),
  early_stopping: z.union([z.boolean(), z.literal('never')]).nullish(),
});

export type MarianConfig = Omit<z.infer<typeof Config>, 'decoder_vocab_size'> & {
  readonly decoder_vocab_size: number;
  readonly norm_epsilon: number;
  /** What a layer of the decoder remembers the sentence with: attention to its words, or one vector. */
  readonly decoder_cell: 'attention' | 'ssru';
  readonly rules: z.infer<typeof Rules>;
};

function contradiction(config: MarianConfig): boolean {
  const { d_model: width, encoder_attention_heads: encoder, decoder_attention_heads: decoder } = config;
  return width % encoder > 0 || width % decoder > 0 || width % 2 > 0;
}

/** Reads the sizes and the search of a checkpoint. Throws ModelError when it is another kind of model. */
export function readMarianConfig(folder: string): MarianConfig {
  const name = path.join(folder, 'config.json');
  const given = readCheckpointJson(Config, folder, 'config.json', KIND);
  const rules = hasCheckpointFile(folder, 'generation_config.json') ? 'generation_config.json' : 'config.json';
  const config = {
    ...given,
    decoder_vocab_size: given.decoder_vocab_size ?? given.vocab_size,
    norm_epsilon: EPSILON,
    decoder_cell: 'attention' as const,
    rules: readCheckpointJson(Rules, folder, rules, KIND),
  };
  if (contradiction(config)) throw new ModelError('MODEL_FILE_DAMAGED', `The sizes in ${name} contradict each other.`);
  // The search leaves the last row out, which is that of <pad>.
  const { pad_token_id: pad, decoder_start_token_id: start, decoder_vocab_size: words } = config;
  if (pad !== words - 1 || start !== pad) {
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `${name}: <pad> is ${pad} and sentences start with ${start}, where both must be the last of ${words} words.`,
    );
  }
  return config;
}
