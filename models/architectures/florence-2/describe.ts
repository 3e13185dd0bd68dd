import type { Precision } from '../../graph/weights';
import { MAGIC, MANIFEST_VERSION, type Manifest, type Preset } from '../../model-folder/manifest';
import { imageTokens, type FlorenceConfig } from './config';
import { TASKS } from './tasks';
import { TOKENIZER_FILE, type FlorenceTokenizer } from './tokenizer-file';

/** Not calibrated: the weights were not at hand when this was written. It rises with the model's own certainty. */
const CONFIDENCE: [number, number][] = [
  [-2.5, 0.05],
  [-1.2, 0.3],
  [-0.8, 0.5],
  [-0.5, 0.7],
  [-0.2, 0.9],
];

/** Everything about a converted Florence-2 but its files. */
export function describeFlorence(
  config: FlorenceConfig,
  about: {
    readonly id: string;
    readonly licence: string;
    readonly precision: Precision;
    readonly tokenizer: FlorenceTokenizer;
    readonly presets: Record<'hf' | 'card', Preset>;
    readonly vocabulary: number;
    /** Longest sentence of the decoder in tokens. */
    readonly positions: number;
  },
): Omit<Manifest, 'files'> {
  const { text } = config;
  return {
    magic: MAGIC,
    version: MANIFEST_VERSION,
    architecture: 'florence-2',
    id: about.id,
    precision: about.precision,
    demonstration: false,
    licence: about.licence,
    graphs: { vision: 'vision.onnx', decoder: 'decoder.onnx', question: null, encoder: 'encoder.onnx' },
    dims: {
      image_size: config.side,
      image_tokens: imageTokens(config),
      layers: text.decoder_layers,
      heads: text.decoder_attention_heads,
      head_size: text.d_model / text.decoder_attention_heads,
      vocabulary: about.vocabulary,
      positions: about.positions,
    },
    tokens: {
      start: text.decoder_start_token_id,
      end: text.eos_token_id,
      unknown: about.tokenizer.unknown,
      classify: text.bos_token_id,
      separate: text.eos_token_id,
    },
    text: {
      vocabulary: TOKENIZER_FILE,
      special: [...about.tokenizer.special],
      cleanup: [],
      accepts_prompt: false,
    },
    presets: about.presets,
    default_preset: 'card',
    tasks: { ...TASKS },
    prompted: null,
    second_opinion: null,
    question: null,
    confidence: CONFIDENCE,
    confidence_calibrated: false,
    confidence_calibrated_on: null,
    session: { disable_quant_qdq: false, eight_bit_weights: about.precision === 'int8' },
  };
}
