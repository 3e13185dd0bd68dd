import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  florenceAmplitude,
  florenceLayout,
  microsoftName,
  WORDS,
  type FlorenceCase,
  type FlorenceLayout,
} from '../checkpoint/florence-layout';
import { seededPicture, seededWeight } from '../checkpoint/seeded';
import type { WeightSource, WeightSpec } from '../checkpoint/weights';
import { writeSafetensors } from '../checkpoint/write-safetensors';
import { writeTorchZip } from '../checkpoint/write-torch-zip';

const FIXTURES = path.resolve(__dirname, '../../fixtures/florence-oracle');
export const LAYOUTS: readonly FlorenceLayout[] = ['microsoft', 'transformers'];

export interface Sentence {
  readonly tokens: readonly number[];
  readonly score: number | null;
}

/** What transformers said of one case: evenly spaced numbers of the image features and of the logits after the first two tokens. */
export interface FlorenceAnswer {
  readonly features: string;
  readonly tasks: Readonly<Record<string, { logits: string; said: Readonly<Record<string, readonly Sentence[]>> }>>;
}

export interface FlorenceReference {
  readonly rows: Readonly<Record<FlorenceLayout, number>>;
  readonly prompts: Readonly<Record<string, readonly number[]>>;
  readonly hostile: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly answers: Readonly<Record<string, Readonly<Record<FlorenceLayout, FlorenceAnswer>>>>;
}

export function readFlorenceCases(): FlorenceCase[] {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'cases.json'), 'utf8'));
}

export function readFlorenceReference(): FlorenceReference {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'reference.json'), 'utf8'));
}

export function readPlainTokenizer(): string {
  return readFileSync(path.join(FIXTURES, 'tokenizer.json'), 'utf8');
}

function valuesOf(tiny: FlorenceCase, spec: WeightSpec): Float32Array {
  const values = seededWeight(tiny.seed, spec, florenceAmplitude);
  if (spec.name !== `model.language_model.decoder.layers.${tiny.layers[1] - 1}.final_layer_norm.bias`) return values;
  const words = seededWeight(tiny.seed, { name: WORDS, dims: [3, tiny.width], type: 'F32' }, florenceAmplitude);
  const end = words.subarray(2 * tiny.width);
  const square = end.reduce((sum, value) => sum + value * value, 0);
  return values.map((value, index) => value + (tiny.ending * end[index]!) / square);
}

function turned(values: Float32Array, [rows = 1, columns = 1]: readonly number[]): Float32Array {
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** The weights of a case in a layout: the same numbers in both. */
export function florenceSource(tiny: FlorenceCase, layout: FlorenceLayout, words: number): WeightSource {
  const own = new Map<string, WeightSpec>();
  const specs = florenceLayout(tiny, words).map((spec) => {
    const name = layout === 'microsoft' ? microsoftName(spec.name) : spec.name;
    own.set(name, spec);
    return { ...spec, name, dims: name === 'image_projection' ? [...spec.dims].reverse() : spec.dims };
  });
  return {
    specs,
    bytes: ({ name }) => {
      const spec = own.get(name)!;
      const values = valuesOf(tiny, spec);
      return new Uint8Array((name === 'image_projection' ? turned(values, spec.dims) : values).buffer);
    },
  };
}

export const RULES = {
  forced_bos_token_id: 0,
  forced_eos_token_id: 2,
  early_stopping: true,
  no_repeat_ngram_size: 3,
  num_beams: 3,
};
export const IDS = { bos_token_id: 0, pad_token_id: 1, eos_token_id: 2, decoder_start_token_id: 2 };
export const IMAGES = {
  do_resize: true,
  resample: 3,
  do_center_crop: false,
  do_rescale: true,
  do_normalize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_std: [0.229, 0.224, 0.225],
};

export function configOf(tiny: FlorenceCase, layout: FlorenceLayout, words: number): object {
  const isMicrosoft = layout === 'microsoft';
  return {
    architectures: ['Florence2ForConditionalGeneration'],
    model_type: 'florence2',
    // As in Microsoft's first commits: wrong, and to be ignored.
    ...(isMicrosoft ? { bos_token_id: 2, eos_token_id: 1, pad_token_id: 0 } : {}),
    text_config: {
      ...IDS,
      ...(isMicrosoft ? { ...RULES, ...tiny.rules } : {}),
      vocab_size: words,
      d_model: tiny.width,
      encoder_layers: tiny.layers[0],
      decoder_layers: tiny.layers[1],
      encoder_attention_heads: tiny.text_heads[0],
      decoder_attention_heads: tiny.text_heads[1],
      encoder_ffn_dim: tiny.ffn[0],
      decoder_ffn_dim: tiny.ffn[1],
      max_position_embeddings: tiny.positions,
      activation_function: 'gelu',
      scale_embedding: tiny.scaled,
    },
    vision_config: {
      [isMicrosoft ? 'dim_embed' : 'embed_dim']: tiny.widths,
      depths: tiny.depths,
      num_heads: tiny.heads,
      num_groups: tiny.groups,
      window_size: tiny.window,
      projection_dim: tiny.width,
      patch_size: [7, 3, 3, 3],
      patch_stride: [4, 2, 2, 2],
      patch_padding: [3, 1, 1, 1],
      patch_prenorm: [false, true, true, true],
    },
  };
}

/** A whole checkpoint: as Microsoft's repositories hold it (.bin), or as transformers 5 saves it (.safetensors). */
export function writeFlorence(folder: string, tiny: FlorenceCase, layout: FlorenceLayout, words: number): void {
  const write = (name: string, value: object) => writeFileSync(path.join(folder, name), JSON.stringify(value));
  const images = { ...IMAGES, size: { height: tiny.side, width: tiny.side } };
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(FIXTURES, 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
  write('config.json', configOf(tiny, layout, words));
  const source = florenceSource(tiny, layout, words);
  if (layout === 'microsoft') {
    write('preprocessor_config.json', images);
    write('generation_config.json', { num_beams: 1 });
    writeTorchZip(path.join(folder, 'pytorch_model.bin'), source);
    return;
  }
  write('processor_config.json', { image_processor: images, processor_class: 'Florence2Processor' });
  write('generation_config.json', { ...IDS, ...RULES, ...tiny.rules });
  writeSafetensors(path.join(folder, 'model.safetensors'), source);
}

/** The case's picture as raw bytes, of the model's own size. */
export function writeFlorencePicture(file: string, { seed, side }: FlorenceCase) {
  writeFileSync(file, seededPicture(seed, side, side).data);
  return { file, width: side, height: side };
}
