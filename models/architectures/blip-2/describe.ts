import type { Precision } from '../../graph/weights';
import { MAGIC, MANIFEST_VERSION, type Manifest, type Preset } from '../../model-folder/manifest';
import type { Blip2Config } from './config';
import { TOKENIZER_FILE, type T5Tokenizer } from './tokenizer-file';

/** Most tokens of a text. T5 has no table of positions and reads any length; it was trained on 512. */
const POSITIONS = 512;

/** What Hugging Face transformers does when nothing is asked for: greedy, 20 new tokens after the start token. */
const HF: Preset = {
  beams: 1,
  max_new_tokens: null,
  max_length: 21,
  min_length: 0,
  length_penalty: 1,
  repetition_penalty: 1,
  prompt: null,
  unfinished: 'compete',
};

/** How salesforce/LAVIS (models/blip2_models/blip2_t5.py) writes a caption when nothing is asked for. */
const CAPTION: Preset = { ...HF, beams: 5, max_length: null, max_new_tokens: 30, min_length: 1 };
/** What the published CIDEr was measured with, on the checkpoints that were fine-tuned on COCO: caption_coco_flant5xl of LAVIS. */
const PAPER: Preset = { ...CAPTION, min_length: 8, prompt: 'a photo of' };
/** How `predict_answers` in the same file answers a question. */
const QUESTION: Preset = { ...CAPTION, max_new_tokens: 10, length_penalty: -1 };

/** Pictures of the checkpoints that were fine-tuned behind "a photo of" have more pixels than this. */
const PRETRAINED_SIDE = 224;

/** Points of mean log-probability and confidence. Not measured for this model; it only rises with the model's own certainty. */
const CONFIDENCE: [number, number][] = [
  [-2.5, 0.05],
  [-1.2, 0.3],
  [-0.8, 0.5],
  [-0.5, 0.7],
  [-0.2, 0.9],
];

/** The manifest of a converted BLIP-2, without the list of its files. */
export function describeBlip2(
  { text, vision, queries }: Blip2Config,
  about: {
    readonly id: string;
    readonly licence: string;
    readonly precision: Precision;
    readonly tokenizer: T5Tokenizer;
  },
): Omit<Manifest, 'files'> {
  return {
    magic: MAGIC,
    version: MANIFEST_VERSION,
    architecture: 'blip-2',
    id: about.id,
    precision: about.precision,
    demonstration: false,
    licence: about.licence,
    graphs: { vision: 'vision.onnx', decoder: 'decoder.onnx', question: null, encoder: 'encoder.onnx' },
    dims: {
      image_size: vision.image_size,
      image_tokens: queries,
      layers: text.num_decoder_layers,
      heads: text.num_heads,
      head_size: text.d_kv,
      vocabulary: text.vocab_size,
      positions: POSITIONS,
      feature_width: text.d_model,
    },
    tokens: {
      start: text.decoder_start_token_id,
      end: text.eos_token_id,
      unknown: about.tokenizer.unknown,
      // What transformers reads behind the picture where there is no prompt at all.
      classify: text.bos_token_id ?? about.tokenizer.end,
      separate: about.tokenizer.end,
    },
    text: {
      vocabulary: TOKENIZER_FILE,
      special: [...about.tokenizer.special],
      cleanup: [],
      accepts_prompt: true,
    },
    presets: { hf: HF, caption: CAPTION, paper: PAPER, question: QUESTION },
    default_preset: vision.image_size > PRETRAINED_SIDE ? 'paper' : 'caption',
    prompted: { question: 'Question: {question} Answer:', question_preset: 'question' },
    second_opinion: null,
    question: null,
    confidence: CONFIDENCE,
    confidence_calibrated: false,
    confidence_calibrated_on: null,
    session: { disable_quant_qdq: false, eight_bit_weights: about.precision === 'int8' || about.precision === 'int4' },
  };
}
