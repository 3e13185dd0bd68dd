import { z } from 'zod';
import { ModelError } from '../../model-error';
import type { MarianConfig } from './config';

const count = z.coerce.number().int().positive().max(65_536);
/** What no published student has. */
const never = z.literal('false').default('false');

/**
 * The settings of Marian (src/models/transformer.h) that decide what a student is. They stand in a YAML file of one level; lists and
 * what has no influence on the graph are not read.
 */
const Settings = z.object({
  type: z.literal('transformer'),
  'dim-emb': count,
  'transformer-heads': count,
  'enc-depth': count,
  'dec-depth': count,
  'dec-cell': z.literal('ssru'),
  'transformer-decoder-autoreg': z.literal('rnn'),
  'transformer-ffn-activation': z.literal('relu'),
  'transformer-ffn-depth': z.literal('2').default('2'),
  'transformer-decoder-ffn-depth': z.enum(['0', '2']).default('0'),
  // d: dropout, a: the input is added, n: then normalised. d alone does nothing once it is trained.
  'transformer-preprocess': z.enum(['', 'd']).default(''),
  'transformer-postprocess': z.enum(['dan', 'an']),
  'transformer-postprocess-emb': z.enum(['', 'd']).default('d'),
  'transformer-postprocess-top': z.enum(['', 'd']).default(''),
  'transformer-rnn-projection': never,
  'transformer-no-projection': never,
  'transformer-no-bias': never,
  'transformer-no-affine': never,
  'transformer-depth-scaling': never,
  'transformer-train-position-embeddings': never,
  'output-omit-bias': never,
  'lemma-dim-emb': z.literal('0').default('0'),
});

/** Sizes of a student that its weights tell. */
export interface StudentSizes {
  /** Rows of the tables of words. */
  readonly sourceWords: number;
  readonly targetWords: number;
  readonly encoderInner: number;
  readonly decoderInner: number;
  /** One table serves both languages. */
  readonly isShared: boolean;
}

/** Positions that are written down. Captions have some dozen tokens; a longer text is translated sentence by sentence. */
const POSITIONS = 512;
/** Students are published to be searched greedily; more beams cost little and give alternatives. */
const BEAMS = 4;
const END = 0;
/** Marian adds it under the root of each norm (src/models/transformer.h). */
const EPSILON = 1e-9;

function readSettings(yaml: string): Record<string, string> {
  const found = yaml.split('\n').flatMap((line) => {
    const match = /^([\w-]+):[ \t]*([^\s#].*)?$/.exec(line);
    const [, name, value = ''] = match ?? [];
    return name === undefined ? [] : [[name, value.trim().replace(/^(["'])(.*)\1$/, '$2')] as const];
  });
  return Object.fromEntries(found);
}

/**
 * The settings of a student in the form of transformers' Marian configuration. The vocabulary gets one more entry, the token that decoding
 * starts with; its embedding is zeros. Throws ModelError for a layout that is not supported.
 */
export function studentConfig(yaml: string, file: string, sizesOf: (width: number) => StudentSizes): MarianConfig {
  const parsed = Settings.safeParse(readSettings(yaml));
  if (!parsed.success) {
    const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new ModelError('MODEL_FILE_DAMAGED', `${file} is not a student model of Marian that is known (${problem}).`);
  }
  const { 'dim-emb': width, 'transformer-heads': heads, 'enc-depth': encoder, 'dec-depth': decoder } = parsed.data;
  if (width % heads > 0 || width % 2 > 0) {
    throw new ModelError('MODEL_FILE_DAMAGED', `The sizes in ${file} contradict each other.`);
  }
  const { sourceWords, targetWords, encoderInner, decoderInner, isShared } = sizesOf(width);
  const start = targetWords;
  return {
    model_type: 'marian',
    d_model: width,
    encoder_layers: encoder,
    decoder_layers: decoder,
    encoder_attention_heads: heads,
    decoder_attention_heads: heads,
    encoder_ffn_dim: encoderInner,
    decoder_ffn_dim: decoderInner,
    vocab_size: isShared ? targetWords + 1 : sourceWords,
    decoder_vocab_size: targetWords + 1,
    max_position_embeddings: POSITIONS,
    activation_function: 'relu',
    scale_embedding: true,
    share_encoder_decoder_embeddings: isShared,
    normalize_before: false,
    normalize_embedding: false,
    add_final_layer_norm: false,
    static_position_embeddings: true,
    pad_token_id: start,
    eos_token_id: END,
    decoder_start_token_id: start,
    norm_epsilon: EPSILON,
    decoder_cell: 'ssru',
    rules: { num_beams: BEAMS, max_length: POSITIONS, length_penalty: 1, early_stopping: false },
  };
}
