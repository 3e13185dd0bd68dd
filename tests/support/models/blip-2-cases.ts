import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { blip2Amplitude, blip2Layout, HEAD, WORDS, type Blip2Case } from '../checkpoint/blip-2-layout';
import { seededPicture, seededWeight } from '../checkpoint/seeded';
import { bytesOf, type WeightSource, type WeightSpec } from '../checkpoint/weights';
import { writeSafetensors } from '../checkpoint/write-safetensors';
import { writeTorchZip } from '../checkpoint/write-torch-zip';

const FIXTURES = path.resolve(__dirname, '../../fixtures/blip-2-oracle');
/** How a checkpoint is stored: as transformers 5 saves it, as the hub has flan-t5-xl, and as it has -coco. */
export const STORED = ['one file', 'safetensors in parts', 'bin in parts'] as const;
export type Stored = (typeof STORED)[number];

export interface Sentence {
  readonly tokens: readonly number[];
  readonly score: number | null;
}

/** What transformers said of one picture: evenly spaced numbers of the states, and sentences by prompt and search. */
export interface Blip2Answer {
  readonly states: Readonly<Record<string, string>>;
  readonly said: Readonly<Record<string, Readonly<Record<string, readonly Sentence[]>>>>;
}

export interface Blip2Reference {
  /** Tokens of the tokenizer; the embeddings have more rows. */
  readonly size: number;
  readonly steps: number;
  readonly prompts: Readonly<Record<string, readonly number[] | null>>;
  readonly hostile: readonly { readonly text: string; readonly ids: readonly number[]; readonly back: string }[];
  readonly answers: Readonly<Record<string, readonly Blip2Answer[]>>;
}

export function readBlip2Cases(): Blip2Case[] {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'cases.json'), 'utf8'));
}

export function readBlip2Reference(): Blip2Reference {
  return JSON.parse(readFileSync(path.join(FIXTURES, 'reference.json'), 'utf8'));
}

export function readT5Tokenizer(): string {
  return readFileSync(path.join(FIXTURES, 'tokenizer.json'), 'utf8');
}

/** Every weight of a case, made once. */
export function blip2Source(tiny: Blip2Case): WeightSource {
  const made = new Map<string, Uint8Array>();
  const make = (spec: WeightSpec): Uint8Array => {
    const values = seededWeight(tiny.seed, spec, (name, dims) => blip2Amplitude(name, dims, tiny.small));
    if (spec.name === (tiny.tied ? WORDS : HEAD)) {
      const width = spec.dims[1]!;
      for (let index = width; index < 2 * width; index++) values[index] = values[index]! * Math.fround(tiny.ending);
    }
    return new Uint8Array(values.buffer);
  };
  return {
    specs: blip2Layout(tiny),
    bytes: (spec) => {
      const bytes = made.get(spec.name) ?? make(spec);
      made.set(spec.name, bytes);
      return bytes;
    },
  };
}

export const IMAGES = {
  do_convert_rgb: true,
  do_normalize: true,
  do_rescale: true,
  do_resize: true,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  image_processor_type: 'BlipImageProcessor',
  resample: 3,
  rescale_factor: 1 / 255,
};

/** The text half in config.json. transformers 5 always writes `tie_word_embeddings: true`, and `scale_decoder_outputs` beside it. */
function saysOf({ says }: Blip2Case, stored: Stored): object {
  if (stored !== 'one file') return says;
  const scales = says['scale_decoder_outputs'] ?? says['tie_word_embeddings'] ?? true;
  const named =
    'dense_act_fn' in says ? {} : { dense_act_fn: says['feed_forward_proj'] === 'gated-relu' ? 'relu' : 'gelu_new' };
  return { ...says, ...named, tie_word_embeddings: true, scale_decoder_outputs: scales };
}

export function configOf(tiny: Blip2Case, stored: Stored): object {
  const rows = tiny.text['vocab_size']!;
  return {
    architectures: ['Blip2ForConditionalGeneration'],
    model_type: 'blip-2',
    num_query_tokens: tiny.queries,
    // Files written before October 2024 have no `image_token_index`.
    ...(stored === 'bin in parts' ? { use_decoder_only_language_model: false } : { image_token_index: rows - 1 }),
    vision_config: { model_type: 'blip_2_vision_model', ...tiny.vision, hidden_act: 'gelu', qkv_bias: true },
    qformer_config: { model_type: 'blip_2_qformer', ...tiny.qformer, hidden_act: 'gelu', vocab_size: 60 },
    text_config: {
      model_type: 't5',
      feed_forward_proj: 'gated-gelu',
      ...tiny.text,
      decoder_start_token_id: 0,
      pad_token_id: 0,
      eos_token_id: 1,
      bos_token_id: 1,
      ...saysOf(tiny, stored),
    },
  };
}

/** Parts of about equal size, in the order of the weights. */
function partsOf(source: WeightSource, count: number): WeightSpec[][] {
  const total = source.specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  const parts: WeightSpec[][] = Array.from({ length: count }, () => []);
  let done = 0;
  for (const spec of source.specs) {
    parts[Math.min(count - 1, Math.floor((done / total) * count))]!.push(spec);
    done += bytesOf(spec);
  }
  return parts;
}

function writeParts(folder: string, source: WeightSource, [stem, ending]: readonly [string, string]): void {
  const parts = partsOf(source, 3);
  const map: Record<string, string> = {};
  parts.forEach((specs, index) => {
    const name = `${stem}-0000${index + 1}-of-00003.${ending}`;
    const write = ending === 'bin' ? writeTorchZip : writeSafetensors;
    write(path.join(folder, name), { ...source, specs });
    for (const spec of specs) map[spec.name] = name;
  });
  const total = source.specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  const index = { metadata: { total_size: total }, weight_map: map };
  writeFileSync(path.join(folder, `${stem}.${ending}.index.json`), JSON.stringify(index));
}

/** A whole checkpoint. */
export function writeBlip2(folder: string, tiny: Blip2Case, stored: Stored, source = blip2Source(tiny)): void {
  const write = (name: string, value: object) => writeFileSync(path.join(folder, name), JSON.stringify(value));
  const side = tiny.vision['image_size']!;
  const images = { ...IMAGES, size: { height: side, width: side } };
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(FIXTURES, 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
  write('config.json', configOf(tiny, stored));
  write('generation_config.json', { decoder_start_token_id: 0, eos_token_id: 1, pad_token_id: 0 });
  if (stored === 'one file') {
    write('processor_config.json', { image_processor: images, num_query_tokens: tiny.queries });
    writeSafetensors(path.join(folder, 'model.safetensors'), source);
    return;
  }
  write('preprocessor_config.json', images);
  if (stored === 'safetensors in parts') {
    write('processor_config.json', { num_query_tokens: tiny.queries, processor_class: 'Blip2Processor' });
    writeParts(folder, source, ['model', 'safetensors']);
    return;
  }
  // Old files store the words again for each half.
  const copies = ['encoder', 'decoder'].map((part) => `language_model.${part}.embed_tokens.weight`);
  const words = source.specs.find(({ name }) => name === WORDS)!;
  const specs = [...source.specs, ...copies.map((name) => ({ ...words, name }))];
  const bytes = (spec: WeightSpec) => source.bytes(copies.includes(spec.name) ? words : spec);
  writeParts(folder, { specs, bytes }, ['pytorch_model', 'bin']);
}

/** A case's pictures as raw bytes. */
export function writeBlip2Pictures(folder: string, { pictures }: Blip2Case) {
  return pictures.map(([width, height, seed], number) => {
    const file = path.join(folder, `picture-${number}.rgb`);
    writeFileSync(file, seededPicture(seed, width, height).data);
    return { file, width, height };
  });
}
