import { z } from 'zod';
import blipBase from './manifests/blip-base.json';
import blip2 from './manifests/blip-2-flan-t5-xl.json';
import blip2Coco from './manifests/blip-2-flan-t5-xl-coco.json';
import blipLarge from './manifests/blip-large.json';
import blipVqaBase from './manifests/blip-vqa-base.json';
import florenceBase from './manifests/florence-2-base-ft.json';
import florenceLarge from './manifests/florence-2-large-ft.json';
import mini from './manifests/mini.json';
import opusEnDe from './manifests/opus-mt-en-de.json';
import opusEnFr from './manifests/opus-mt-en-fr.json';
import opusEnEs from './manifests/opus-mt-en-es.json';
import opusEnIt from './manifests/opus-mt-en-it.json';
import opusEnNl from './manifests/opus-mt-en-nl.json';
import opusEnAr from './manifests/opus-mt-en-ar.json';
import opusEnZh from './manifests/opus-mt-en-zh.json';
import opusTcBigEnPt from './manifests/opus-mt-tc-big-en-pt.json';
import { TASKS } from './architectures/florence-2/tasks';
import { WEIGHT_FILES } from './checkpoint/open';
import { ModelError } from './model-error';

const SourceFile = z.object({
  name: z.string().regex(/^[\w.-]+$/),
  /** null where nobody has written them down yet: then what the hub says counts, and a folder of one's own is not compared. */
  bytes: z.number().int().positive().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type SourceFile = z.infer<typeof SourceFile>;

const Source = z.object({
  repo: z.string(),
  /** `main`, the newest one, where no commit has been pinned yet. */
  commit: z.string().regex(/^([0-9a-f]{40}|main)$/),
  /** How its weights are stored. */
  stored: z.enum(['fp32', 'fp16']).exactOptional(),
  /** Bytes of all its weights, estimated, where the sizes of their files are not known. */
  weights_bytes: z.number().int().positive().exactOptional(),
  files: z.array(SourceFile).min(1),
});
export type Source = z.infer<typeof Source>;

const WEIGHTS = /\.(safetensors|bin)$/;

/** Bytes of a file of a checkpoint; an estimate where its size is not known. */
export function bytesOfFile({ files, weights_bytes: all = 0 }: Source, { name, bytes }: SourceFile): number {
  if (bytes !== null) return bytes;
  return WEIGHTS.test(name) ? all / files.filter((file) => WEIGHTS.test(file.name)).length : 0;
}

/** Bytes of all files of a checkpoint; an estimate where sizes are not known. */
export function bytesOfSource(source: Source): number {
  return source.files.reduce((sum, file) => sum + bytesOfFile(source, file), 0);
}

/** The same as they would be in fp32. */
export function bytesInFp32(source: Source): number {
  return bytesOfSource(source) * (source.stored === 'fp16' ? 2 : 1);
}

/** The file of a checkpoint that holds its weights. */
export function weightsFileOf({ files }: Source): string | undefined {
  return WEIGHT_FILES.find((name) => files.some((file) => file.name === name));
}

const ids = z.array(z.number().int());

/** A published case: what the model says about a picture, in greedy search. */
const Golden = z.object({
  picture: z.string(),
  prompt: z.string().nullable(),
  question: z.string().nullable(),
  /** Tokens after start token and prompt, without the end token; any of these. Empty when only the text is known. */
  tokens: z.array(ids),
  text: z.string().nullable(),
});
export type Golden = z.infer<typeof Golden>;

const KnownModel = z.object({
  id: z.string(),
  /** One of `models/architectures`. */
  architecture: z.enum(['blip', 'blip-2', 'florence-2', 'marian', 'mini']),
  title: z.string(),
  /** It only answers questions. */
  answers_questions: z.boolean(),
  demonstration: z.boolean(),
  licence: z.string(),
  /** Models that translate: between which languages (BCP 47), and who is to be named. */
  translation: z.object({ from: z.string(), to: z.array(z.string()).min(1), author: z.string() }).exactOptional(),
  /** Where its checkpoint lies on the hub; null for the model that ships with the repository. */
  source: Source.nullable(),
  golden: z.array(Golden).default([]),
});
export type KnownModel = z.infer<typeof KnownModel>;

/** What it can be asked for, by the names of `ModelInfo.tasks`, and `question`. */
export function tasksOfKnown({ architecture, answers_questions, translation }: KnownModel): string[] {
  if (translation !== undefined) return [];
  if (answers_questions) return ['question'];
  if (architecture === 'florence-2') return Object.keys(TASKS);
  return architecture === 'blip-2' ? ['caption', 'question'] : ['caption'];
}

/** The first that has a language is the one that is pulled for it. */
const TRANSLATORS = [opusEnDe, opusEnFr, opusEnEs, opusEnIt, opusEnNl, opusEnAr, opusEnZh, opusTcBigEnPt];

/** Every model that can be named instead of a folder; of those that are here the first captioner is used when none is named. */
export function knownModels(): KnownModel[] {
  const pulled = [blipBase, blipLarge, blipVqaBase, florenceBase, florenceLarge, blip2, blip2Coco];
  return [...pulled, mini, ...TRANSLATORS].map((entry) => KnownModel.parse(entry));
}

/** The model of that id. Throws ModelError MODEL_FILE_MISSING that names those there are. */
export function findModel(id: string, models: readonly KnownModel[] = knownModels()): KnownModel {
  const found = models.find((model) => model.id === id);
  if (found !== undefined) return found;
  const names = models.map((model) => model.id).join(', ');
  throw new ModelError('MODEL_FILE_MISSING', `There is no model called "${id}". There are: ${names}.`);
}
