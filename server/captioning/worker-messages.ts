import { z } from 'zod';
import { Readings } from '../contract/worker';
import { ModelServer } from '../../models/openai-compatible/model-server';

const Settings = z.object({
  source: z.union([z.object({ modelFolder: z.string() }), z.object({ modelServer: ModelServer })]),
  threads: z.number().int().min(1),
  maxPixels: z.number().int().min(1),
});
export type WorkerSettings = z.infer<typeof Settings>;

const Options = z.object({
  beams: z.number().optional(),
  maxNewTokens: z.number().optional(),
  maxLength: z.number().optional(),
  minLength: z.number().optional(),
  lengthPenalty: z.number().optional(),
  repetitionPenalty: z.number().optional(),
  task: z.string().optional(),
  prompt: z.string().optional(),
  candidates: z.number().optional(),
  keepWordless: z.boolean().optional(),
  preset: z.string().optional(),
});

/** What the parent says to a worker process. */
export const ToWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('load'), settings: Settings }),
  z.object({
    type: z.literal('run'),
    id: z.number(),
    imagePath: z.string(),
    options: Options,
    question: z.string().optional(),
    thumbnailPath: z.string().optional(),
  }),
  z.object({ type: z.literal('cancel'), id: z.number() }),
]);
export type ToWorker = z.infer<typeof ToWorker>;

const ModelInfo = z.object({
  id: z.string(),
  precision: z.enum(['fp32', 'fp16', 'int8', 'int8-vnni', 'int4', 'remote']),
  demonstration: z.boolean(),
  calibrated: z.boolean().default(false),
  canAnswer: z.boolean(),
  canCaption: z.boolean().exactOptional(),
  canPrompt: z.boolean().exactOptional(),
  address: z.string().exactOptional(),
});

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
  model: ModelInfo,
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
  answer: Answer.nullable(),
  timingsMs: z.object({ decode: z.number(), vision: z.number(), text: z.number(), total: z.number() }),
});

/** What a worker process says to the parent. */
export const FromWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), model: ModelInfo }),
  /** The model could not be loaded; the process ends after saying so. */
  z.object({ type: z.literal('problem'), code: z.string(), message: z.string() }),
  /** Before each result and failure: the resident memory of the process. */
  z.object({ type: z.literal('memory'), rssBytes: z.number() }),
  z.object({ type: z.literal('done'), id: z.number(), result: Result }),
  z.object({
    type: z.literal('failed'),
    id: z.number(),
    code: z.string(),
    message: z.string(),
    /** The model is out of reach for every picture; the process ends after saying so. */
    ends: z.boolean(),
  }),
]);
export type FromWorker = z.infer<typeof FromWorker>;
