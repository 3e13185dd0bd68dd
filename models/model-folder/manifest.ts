import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { beams, lengthPenalty } from '../checkpoint/bounds';
import { isMissing, modelFileProblem } from '../file-problem';
import { ModelError } from '../model-error';

/** Every model folder holds one file of this name beside its graphs. */
export const MANIFEST_FILE = 'altsmith-model.json';
export const MAGIC = 'altsmith-model';
/**
 * Raised whenever the graphs' inputs or outputs, or the fields below, change their meaning. Format 1, which is still read, had the keys and values of a BLIP
 * in vision.onnx.
 */
export const MANIFEST_VERSION = 2;
const OLDEST_VERSION = 1;

const count = z.number().int().nonnegative();
/** A file of the folder itself: no path, and nothing hidden. Files are read under these names, and packed ones written. */
const fileName = z.string().regex(/^\w[\w.-]*$/, 'is not the name of a file in the model’s folder');

/** How sentences are searched. A preset is what a caller gets who names no options. */
export const Preset = z.object({
  beams,
  /** Tokens after the prompt; null: only max_length ends a sentence. */
  max_new_tokens: count.nullable(),
  /** Tokens with start token and prompt, as Hugging Face counts; null: only max_new_tokens ends a sentence. */
  max_length: count.nullable(),
  min_length: count,
  length_penalty: lengthPenalty,
  repetition_penalty: z.number().positive(),
  prompt: z.string().nullable(),
  /** Sentences still open at the longest length: compete with the finished ones (Hugging Face), or only without any. */
  unfinished: z.enum(['compete', 'last_resort']),
  /** Token that every sentence begins with, at no cost; absent: none. */
  forced_start: count.nullish(),
  /** Sentences that reach the longest length get the end token there, at no cost. */
  forced_end: z.boolean().optional(),
  /** No run of so many tokens comes twice; 0: it may. */
  no_repeat_ngram_size: count.optional(),
  early_stopping: z.union([z.boolean(), z.literal('never')]).optional(),
});
export type Preset = z.infer<typeof Preset>;

/** Between which languages a model translates; BCP 47 tags. */
export const Translation = z.object({
  from: z.string(),
  /** `token`: what a text for this language begins with, where the model knows several. */
  targets: z.array(z.object({ language: z.string(), token: count.nullable() })).min(1),
  /** SentencePiece model of the texts that are read. */
  pieces: fileName,
  /** Words of the translation where they are not those of `text.vocabulary`. */
  target_vocabulary: fileName.nullable(),
});
export type Translation = z.infer<typeof Translation>;

/** What a model can be asked to write about a picture. */
export const Task = z.object({
  /** What the text encoder reads beside the picture. */
  prompt: z.string(),
  /** Most new tokens where the preset leaves it open. */
  max_new_tokens: count,
});
export type Task = z.infer<typeof Task>;

const Names = z.object({
  /** null for models that see no pictures. */
  vision: fileName.nullable(),
  decoder: fileName,
  question: fileName.nullable(),
  /** Reads the words of a task together with the picture; the decoder looks at what it made of both. */
  encoder: fileName.optional(),
});

export const Manifest = z.object({
  magic: z.literal(MAGIC),
  version: z.int().min(OLDEST_VERSION).max(MANIFEST_VERSION),
  /** Whose graphs these are: one of `models/architectures`. Folders written before there were several leave it out. */
  architecture: z.enum(['blip', 'blip-2', 'florence-2', 'marian', 'mini']).default('blip'),
  id: z.string(),
  precision: z.enum(['fp32', 'fp16', 'int8', 'int8-vnni', 'int4']),
  /** True: shows the way, not to publish from. */
  demonstration: z.boolean(),
  licence: z.string(),
  graphs: Names,
  files: z.array(z.object({ name: fileName, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  dims: z.object({
    image_size: count,
    image_tokens: count,
    layers: count,
    heads: count,
    head_size: count,
    vocabulary: count,
    positions: count,
    /** Width of `image_features` where it is not heads × head size. */
    feature_width: count.optional(),
    /** Width of the one vector that each layer of the decoder remembers a sentence with, where it keeps no keys and values. */
    cell_width: count.optional(),
  }),
  tokens: z.object({ start: count, end: count, unknown: count, classify: count, separate: count }),
  text: z.object({
    /** BERT's vocab.txt, one token a line; or a tokenizer.json. */
    vocabulary: fileName,
    /** Ids that are never part of a text, the start token among them. */
    special: z.array(count),
    /** Replacements that close up punctuation, in order. */
    cleanup: z.array(z.tuple([z.string(), z.string()])),
    accepts_prompt: z.boolean(),
  }),
  presets: z.record(z.string(), Preset),
  default_preset: z.string(),
  /** Models that do several tasks only; the first is done when none is named. */
  tasks: z.record(z.string(), Task).optional(),
  /** Models whose text encoder reads a prompt beside the picture, where others begin the sentence with it. */
  prompted: z
    .object({
      /** What is read where a question is asked; `{question}` stands for it. */
      question: z.string(),
      /** Preset that goes with it. */
      question_preset: z.string(),
    })
    .nullable()
    .default(null),
  /** Models that answer questions only. */
  question: z
    .object({
      /** First token of a question as the original code asks it; Hugging Face keeps `tokens.classify`. */
      original_start: count,
      /** Longest question in tokens that the original code reads; the rest is cut off. */
      original_longest: count,
      /** Preset that goes with it. */
      original_preset: z.string(),
    })
    .nullable()
    .default(null),
  /** Models that translate, and do nothing else. */
  translation: Translation.optional(),
  /** Models with an image classifier only. */
  second_opinion: z
    .object({
      /** File that puts the classes under plain nouns. */
      labels: fileName,
      /** Least probability of a label that is told. */
      label: z.number(),
      /** From this probability on a sentence that names nothing of the kind is doubted. */
      doubt: z.number(),
      /** From this probability on the plain noun is offered instead of such a sentence. */
      say: z.number(),
    })
    .nullable()
    .default(null),
  /** Points [mean log-probability, confidence], rising; between them straight lines. */
  confidence: z.array(z.tuple([z.number(), z.number()])).min(2),
  /** Whether the points were measured. Folders written before this field did not say; no BLIP was. */
  confidence_calibrated: z.boolean().default(false),
  /** On what they were measured, as a person reads it; null where they were not, and in folders written before this field. */
  confidence_calibrated_on: z.string().max(300).nullable().default(null),
  session: z.object({
    /** Set for weight-only int8: the DequantizeLinear nodes fold at load. */
    disable_quant_qdq: z.boolean(),
    /** Set where weights use all 8 bits: their sums need a CPU that does not overflow, or a slower product. */
    eight_bit_weights: z.boolean().default(false),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** Only what is needed to tell a foreign file from one of another version. */
const Head = z.object({ magic: z.string(), version: z.number() });

/** Checks the contents of a manifest. Throws ModelError with a sentence that says what to do. */
export function parseManifest(text: string, folder: string): Manifest {
  const name = path.join(folder, MANIFEST_FILE);
  const json = parseJson(text);
  const head = Head.safeParse(json);
  if (!head.success || head.data.magic !== MAGIC) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${name} is not a model manifest; pull or convert the model again.`);
  }
  if (head.data.version < OLDEST_VERSION || head.data.version > MANIFEST_VERSION) {
    const advice =
      head.data.version > MANIFEST_VERSION ? 'update Altsmith' : 'pull it again, or run "altsmith models convert"';
    throw new ModelError(
      'MODEL_FILE_DAMAGED',
      `The model in ${folder} has format ${head.data.version}, this program reads ${MANIFEST_VERSION}: ${advice}.`,
    );
  }
  const parsed = Manifest.safeParse(json);
  if (!parsed.success) {
    throw new ModelError('MODEL_FILE_DAMAGED', `${name}: ${z.prettifyError(parsed.error)}. Pull the model again.`);
  }
  return parsed.data;
}

/** Reads the manifest of a model folder. Throws ModelError when there is none, or it cannot be read or used. */
export async function readManifest(folder: string): Promise<Manifest> {
  const name = path.join(folder, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(name, 'utf8');
  } catch (cause) {
    if (!isMissing(cause)) throw modelFileProblem(cause, name) ?? cause;
    throw new ModelError('MODEL_FILE_MISSING', `There is no model in ${folder}; run "altsmith models pull".`, {
      cause,
    });
  }
  return parseManifest(text, folder);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The check of the head says it in words that help.
    return null;
  }
}
