import type { Precision } from '../../graph/weights';
import { MAGIC, MANIFEST_VERSION, type Manifest, type Preset, type Translation } from '../../model-folder/manifest';
import type { MarianConfig } from './config';

/** transformers' own limit for these models, start token included. */
const USUAL_LENGTH = 512;
/** Not calibrated. It rises with the model's own certainty. */
export const CONFIDENCE: [number, number][] = [
  [-2.5, 0.05],
  [-1.2, 0.3],
  [-0.7, 0.5],
  [-0.4, 0.7],
  [-0.1, 0.9],
];

/** The search that transformers does with the checkpoint. */
function presetOf({ rules }: MarianConfig): Preset {
  return {
    beams: rules.num_beams ?? 1,
    max_new_tokens: null,
    max_length: rules.max_length ?? USUAL_LENGTH,
    min_length: 0,
    length_penalty: rules.length_penalty ?? 1,
    repetition_penalty: 1,
    prompt: null,
    unfinished: 'compete',
    forced_end: true,
    early_stopping: rules.early_stopping ?? false,
  };
}

/** Everything about a converted Marian model but its files. */
export function describeMarian(
  config: MarianConfig,
  about: {
    readonly id: string;
    readonly licence: string;
    readonly precision: Precision;
    readonly unknown: number;
    /** File of the words of what is read. */
    readonly vocabulary: string;
    readonly translation: Translation;
  },
): Omit<Manifest, 'files'> {
  const { pad_token_id: pad, eos_token_id: end } = config;
  return {
    magic: MAGIC,
    version: MANIFEST_VERSION,
    architecture: 'marian',
    id: about.id,
    precision: about.precision,
    demonstration: false,
    licence: about.licence,
    graphs: { vision: null, decoder: 'decoder.onnx', question: null, encoder: 'encoder.onnx' },
    dims: {
      image_size: 0,
      image_tokens: 0,
      layers: config.decoder_layers,
      heads: config.decoder_attention_heads,
      head_size: config.d_model / config.decoder_attention_heads,
      vocabulary: config.decoder_vocab_size - 1,
      positions: config.max_position_embeddings,
      ...(config.decoder_cell === 'ssru' ? { cell_width: config.d_model } : {}),
    },
    tokens: { start: pad, end, unknown: about.unknown, classify: end, separate: end },
    text: { vocabulary: about.vocabulary, special: [end, about.unknown, pad], cleanup: [], accepts_prompt: false },
    presets: { hf: presetOf(config) },
    default_preset: 'hf',
    prompted: null,
    second_opinion: null,
    question: null,
    translation: about.translation,
    confidence: CONFIDENCE,
    confidence_calibrated: false,
    confidence_calibrated_on: null,
    session: { disable_quant_qdq: false, eight_bit_weights: about.precision === 'int8' },
  };
}
