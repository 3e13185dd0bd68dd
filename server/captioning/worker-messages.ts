import { z } from 'zod';
import { EngineOptions } from '../contract/engine-options';
import { PictureWords, Readings, WorkerModel } from '../contract/worker';
import { ModelServer } from '../../models/openai-compatible/model-server';

const Settings = z.object({
  source: z.union([z.object({ modelFolder: z.string() }), z.object({ modelServer: ModelServer })]),
  threads: z.number().int().min(1),
  maxPixels: z.number().int().min(1),
  /** Folder of the languages in which words in pictures are read; absent: none are read. */
  ocrFolder: z.string().exactOptional(),
});
export type WorkerSettings = z.infer<typeof Settings>;

/** What the parent says to a worker process. */
export const ToWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('load'), settings: Settings }),
  z.strictObject({
    type: z.literal('run'),
    id: z.number(),
    imagePath: z.string(),
    options: EngineOptions,
    question: z.string().exactOptional(),
    thumbnailPath: z.string().exactOptional(),
    readIn: z.array(z.string()).readonly().exactOptional(),
    maxPixels: z.number().int().positive().exactOptional(),
  }),
  z.object({ type: z.literal('cancel'), id: z.number() }),
]);
export type ToWorker = z.infer<typeof ToWorker>;

const Candidate = z.object({
  text: z.string(),
  tokens: z.array(z.number()).readonly(),
  logProbs: z.array(z.number()).readonly(),
  score: z.number(),
});

const Label = z.object({ name: z.string(), probability: z.number() });

const StepTimings = z.object({ vision: z.number(), text: z.number() });

const Caption = z.object({
  candidates: z.tuple([Candidate], Candidate).readonly(),
  confidence: z.number(),
  labels: z.array(Label).readonly(),
  secondOpinion: z.object({ text: z.string(), label: Label }).nullable().exactOptional(),
  timingsMs: StepTimings,
});

const Answer = z.object({
  text: z.string(),
  tokens: z.array(z.number()).readonly(),
  confidence: z.number(),
  timingsMs: StepTimings,
});

const Result = z.object({
  model: WorkerModel,
  image: z.object({
    width: z.number(),
    height: z.number(),
    format: z.string(),
    hasAlpha: z.boolean(),
    contrast: z.number(),
    flatness: z.number(),
  }),
  caption: Caption.nullable(),
  readings: Readings.nullable(),
  words: PictureWords.nullable().exactOptional(),
  answer: Answer.nullable(),
  timingsMs: z.object({ decode: z.number(), vision: z.number(), text: z.number(), total: z.number() }),
});

/** What a worker process says to the parent. */
export const FromWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), model: WorkerModel }),
  /** The weights are being written as this machine packs them, once; told every second. */
  z.object({ type: z.literal('packing') }),
  /** The model could not be loaded; the process ends after saying so. */
  z.object({ type: z.literal('problem'), code: z.string(), message: z.string() }),
  /** Before each result and failure: bytes that the process holds, without the files that it reads. */
  z.object({ type: z.literal('memory'), heldBytes: z.number() }),
  z.object({ type: z.literal('done'), id: z.number(), result: Result }),
  z.object({
    type: z.literal('failed'),
    id: z.number(),
    code: z.string(),
    message: z.string(),
    /** When a model server that has too much to do wants to be asked again. */
    retryAfterSeconds: z.number().optional(),
    /** The model is out of reach for every picture; the process ends after saying so. */
    ends: z.boolean(),
  }),
]);
export type FromWorker = z.infer<typeof FromWorker>;
