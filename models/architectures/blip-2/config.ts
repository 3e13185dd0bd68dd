import path from 'node:path';
import { z } from 'zod';
import { side } from '../../checkpoint/bounds';
import { readCheckpointJson } from '../../checkpoint/checkpoint-json';
import { readPreprocessor, type Normalisation } from '../../checkpoint/preprocessor';
import { ModelError } from '../../model-error';

const count = z.number().int().positive();
const id = z.number().int().nonnegative();
const epsilon = z.number().positive();
/** The activation of the vision transformer and the Q-Former in every published BLIP-2; the graphs compute it exactly, with erf. */
const activation = z.literal('gelu').default('gelu');
const KIND = 'a BLIP-2 model with T5';

/** Defaults are those of transformers 5 (models/blip_2/configuration_blip_2.py and models/t5), which config.json may leave out. */
const Vision = z.object({
  hidden_size: count.default(1408),
  intermediate_size: count.default(6144),
  num_hidden_layers: count.default(39),
  num_attention_heads: count.default(16),
  image_size: side.default(224),
  patch_size: count.default(14),
  layer_norm_eps: epsilon.default(1e-6),
  hidden_act: activation,
  qkv_bias: z.literal(true).default(true),
});

const Qformer = z.object({
  hidden_size: count.default(768),
  intermediate_size: count.default(3072),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  cross_attention_frequency: count.default(2),
  layer_norm_eps: epsilon.default(1e-12),
  hidden_act: activation,
  use_qformer_text_input: z.literal(false).default(false),
});

const T5 = z
  .object({
    model_type: z.literal('t5'),
    vocab_size: count.default(32_128),
    d_model: count.default(512),
    d_kv: count.default(64),
    d_ff: count.default(2048),
    num_layers: count.default(6),
    num_decoder_layers: count.nullish(),
    num_heads: count.default(8),
    relative_attention_num_buckets: z.number().int().min(4).max(4096).default(32),
    relative_attention_max_distance: z.number().int().positive().max(4096).default(128),
    layer_norm_epsilon: epsilon.default(1e-6),
    /** Only gated products: every published T5 of BLIP-2 has them. */
    feed_forward_proj: z.enum(['gated-gelu', 'gated-relu']),
    dense_act_fn: z.enum(['gelu', 'gelu_new', 'relu']).optional(),
    tie_word_embeddings: z.boolean().nullish(),
    scale_decoder_outputs: z.boolean().nullish(),
    decoder_start_token_id: id.default(0),
    pad_token_id: id.default(0),
    eos_token_id: id.default(1),
    bos_token_id: id.nullish(),
  })
  .transform(({ num_decoder_layers: decoderLayers, dense_act_fn: named, ...t5 }) => ({
    ...t5,
    num_decoder_layers: decoderLayers ?? t5.num_layers,
    /** `dense_act_fn` decides: BLIP-2's files say "gated-gelu", which alone means the approximate GELU, and name the exact one. */
    activation: named ?? (t5.feed_forward_proj === 'gated-gelu' ? ('gelu_new' as const) : ('relu' as const)),
    /**
     * Whether the decoder's output is multiplied by width^-0.5 before the scores. Files of transformers before 5 say so by
     * `tie_word_embeddings`, true by default; transformers 5 writes both, and `scale_decoder_outputs` decides.
     */
    scalesScores: t5.scale_decoder_outputs ?? t5.tie_word_embeddings ?? true,
  }));

const Config = z.object({
  model_type: z.literal('blip-2'),
  num_query_tokens: count.default(32),
  vision_config: Vision,
  qformer_config: Qformer,
  text_config: T5,
});
const TextKind = z.object({ text_config: z.object({ model_type: z.string() }) });

export type VisionConfig = z.infer<typeof Vision>;
export type QformerConfig = z.infer<typeof Qformer>;
export type T5Config = z.infer<typeof T5>;

/** Sizes of a BLIP-2 checkpoint, and how its pictures are normalised. */
export interface Blip2Config extends Normalisation {
  readonly vision: VisionConfig;
  readonly qformer: QformerConfig;
  readonly text: T5Config;
  /** Tokens that a picture becomes for the language model. */
  readonly queries: number;
}

/** Throws ModelError for a language model that is not T5. Before its sizes are read, since it has none of T5's fields. */
function refuseOtherText(folder: string): void {
  const kind = TextKind.safeParse(readCheckpointJson(z.unknown(), folder, 'config.json', KIND));
  if (!kind.success || kind.data.text_config.model_type === 't5') return;
  const name = kind.data.text_config.model_type;
  const reason = name === 'opt' ? ', whose licence forbids commercial use' : '';
  throw new ModelError(
    'MODEL_FILE_DAMAGED',
    `The language model of the BLIP-2 in ${folder} is ${name}${reason}; only those with T5 can be converted, such as blip2-flan-t5-xl.`,
  );
}

/** Reads the sizes of a checkpoint that transformers 4 or 5 saved. Throws ModelError when it is another kind of model. */
export function readBlip2Config(folder: string): Blip2Config {
  refuseOtherText(folder);
  const config = readCheckpointJson(Config, folder, 'config.json', KIND);
  const { vision_config: vision, qformer_config: qformer, text_config: text, num_query_tokens: queries } = config;
  const { mean, deviation } = readPreprocessor(folder, vision.image_size);
  const isSound =
    vision.hidden_size % vision.num_attention_heads === 0 &&
    qformer.hidden_size % qformer.num_attention_heads === 0 &&
    vision.image_size % vision.patch_size === 0 &&
    // Nearer ones have a row each, of the decoder half of all rows.
    text.relative_attention_max_distance > text.relative_attention_num_buckets / 2 &&
    Math.max(text.decoder_start_token_id, text.eos_token_id, text.bos_token_id ?? 0) < text.vocab_size;
  if (!isSound) {
    const name = path.join(folder, 'config.json');
    throw new ModelError('MODEL_FILE_DAMAGED', `The sizes in ${name} contradict each other.`);
  }
  return { vision, qformer, text, queries, mean, deviation };
}
