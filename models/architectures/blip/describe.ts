import { MAGIC, MANIFEST_VERSION, type Manifest, type Preset } from '../../model-folder/manifest';
import { ModelError } from '../../model-error';
import { headSize } from './bert';
import { imageTokens } from '../../graph/vision-transformer';
import type { BlipConfig } from './config';
import type { Precision } from '../../graph/weights';

/** What Hugging Face transformers does when nothing is asked for: greedy, 20 tokens with the start token. */
const HF: Preset = {
  beams: 1,
  max_new_tokens: null,
  max_length: 20,
  min_length: 0,
  length_penalty: 1,
  repetition_penalty: 1,
  prompt: null,
  unfinished: 'compete',
};

/** What the published CIDEr was measured with: caption_coco.yaml of salesforce/BLIP. */
const PAPER: Preset = { ...HF, beams: 3, min_length: 5, prompt: 'a picture of ' };

/** How salesforce/BLIP (models/blip_vqa.py) writes an answer; it begins a question of at most 35 tokens with [ENC]. */
const ORIGINAL: Preset = { ...HF, beams: 3, max_length: 10, min_length: 1 };

/**
 * WordPiece's own clean-up (tokenizers, decoders/wordpiece.rs) but for "do not", which may be what a sign says; and the hyphen of
 * "t-shirt", where no dash before another thing is meant.
 */
const CLEANUP: [string, string][] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
  [' - a ', ' – a '],
  [' - an ', ' – an '],
  [' - the ', ' – the '],
  [' - ', '-'],
];

/** Not calibrated: the weights were not at hand when this was written. It rises with the model's own certainty. */
const CONFIDENCE: [number, number][] = [
  [-2.5, 0.05],
  [-1.2, 0.3],
  [-0.8, 0.5],
  [-0.5, 0.7],
  [-0.2, 0.9],
];

function idOf(vocabulary: readonly string[], token: string): number {
  const id = vocabulary.indexOf(token);
  if (id < 0) throw new ModelError('MODEL_FILE_DAMAGED', `The vocabulary has no ${token}; is it BERT's vocab.txt?`);
  return id;
}

/** Everything about a converted BLIP but its files. Throws ModelError when the vocabulary is not BERT's. */
export function describeBlip(
  config: BlipConfig,
  about: {
    readonly id: string;
    readonly licence: string;
    readonly precision: Precision;
    readonly vocabulary: readonly string[];
  },
): Omit<Manifest, 'files'> {
  const { text, vision } = config;
  const { vocabulary } = about;
  const [classify, separate] = [idOf(vocabulary, '[CLS]'), idOf(vocabulary, '[SEP]')];
  const named = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((token) => idOf(vocabulary, token));
  return {
    magic: MAGIC,
    version: MANIFEST_VERSION,
    architecture: 'blip',
    id: about.id,
    precision: about.precision,
    demonstration: false,
    licence: about.licence,
    graphs: {
      vision: 'vision.onnx',
      decoder: 'decoder.onnx',
      question: config.question ? 'question.onnx' : null,
      ...(config.question ? {} : { encoder: 'encoder.onnx' }),
    },
    dims: {
      image_size: vision.image_size,
      image_tokens: imageTokens(vision),
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      head_size: headSize(text),
      vocabulary: text.vocab_size,
      positions: text.max_position_embeddings,
      feature_width: vision.hidden_size,
    },
    tokens: {
      start: text.bos_token_id,
      end: text.sep_token_id,
      unknown: idOf(vocabulary, '[UNK]'),
      classify,
      separate,
    },
    text: {
      vocabulary: 'vocab.txt',
      special: [...new Set([...named, text.bos_token_id, text.sep_token_id])],
      cleanup: CLEANUP,
      accepts_prompt: !config.question,
    },
    presets: config.question ? { hf: HF, original: ORIGINAL } : { hf: HF, paper: PAPER },
    default_preset: 'hf',
    prompted: null,
    second_opinion: null,
    question: config.question
      ? { original_start: text.bos_token_id + 1, original_longest: 35, original_preset: 'original' }
      : null,
    confidence: CONFIDENCE,
    confidence_calibrated: false,
    confidence_calibrated_on: null,
    session: { disable_quant_qdq: false, eight_bit_weights: about.precision === 'int8' },
  };
}
