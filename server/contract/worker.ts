import { z } from 'zod';
import { EngineOptions } from './engine-options';
import { Id, ModelRef, Timestamp } from './primitives';

/** The model a worker runs, as it names it. */
export const WorkerModel = z.object({
  id: z.string().min(1).max(200),
  precision: z.enum(['fp32', 'fp16', 'int8', 'int8-vnni', 'int4', 'remote']),
  demonstration: z.boolean(),
  /** Left out by workers of earlier versions. */
  calibrated: z.boolean().default(false),
  /** What its confidence was measured on; left out where it was not. */
  calibratedOn: z.string().max(300).exactOptional(),
  canAnswer: z.boolean(),
  canCaption: z.boolean().exactOptional(),
  canPrompt: z.boolean().exactOptional(),
  /** What it can write about a picture; left out by models that only caption. */
  tasks: z.array(z.string().max(40)).max(20).readonly().exactOptional(),
  /** Stands for its weights and settings; left out by workers of earlier versions. */
  fingerprint: z.string().max(64).exactOptional(),
  address: z.string().exactOptional(),
});
export type WorkerModel = z.infer<typeof WorkerModel>;

/** What a model can be asked for; a job goes only to a worker that can do it. */
export const WorkerTask = z.enum([
  'caption',
  'answer',
  'prompt',
  'detailed',
  'more_detailed',
  'ocr',
  'translate',
  'video',
]);
export type WorkerTask = z.infer<typeof WorkerTask>;

/** Most pictures that one machine does at a time: the most that ALTSMITH_WORKERS allows. */
export const MOST_SLOTS = 64;

/** What a worker says of itself with each call that may bring it work; body of `POST /v1/worker/announce`. */
export const WorkerFacts = z.strictObject({
  worker: z.string().trim().min(1).max(100),
  model: WorkerModel,
  /** Name of the machine, the same for all of its workers. Without it: `worker` less a number at the end. */
  machine: z.string().trim().min(1).max(100).optional(),
  /** Random id of the worker's process: two of one name are told apart. Left out by workers of earlier versions. */
  process: z
    .string()
    .regex(/^[\w-]{8,64}$/)
    .optional(),
  /** Pictures that the machine does at a time. */
  slots: z.number().int().min(1).max(MOST_SLOTS).optional(),
  /** Code of why the machine takes no job now: it only reports, and is given none. */
  problem: z
    .string()
    .regex(/^[A-Z_]{1,60}$/)
    .optional(),
  /** A picture of the machine's own went well since the last call. */
  well: z.boolean().optional(),
});
export type WorkerFacts = z.infer<typeof WorkerFacts>;

/** Body of `POST /v1/worker/announce`: a worker that can take jobs from Redis says so. */
export const WorkerAnnouncement = WorkerFacts.extend({
  /** It takes jobs from Bull now. */
  from_bull: z.boolean(),
});
export type WorkerAnnouncement = z.infer<typeof WorkerAnnouncement>;

/** Where a worker takes jobs from Bull; null where the sidecar puts none there. */
export const WorkerAnnouncementReply = z.object({
  queue: z.object({ name: z.string(), prefix: z.string() }).nullable(),
  lease_seconds: z.number(),
});
export type WorkerAnnouncementReply = z.infer<typeof WorkerAnnouncementReply>;

/** Body of `POST /v1/worker/next` and of `POST /v1/worker/claim`. */
export const WorkerClaimRequest = WorkerFacts.extend({
  /** Seconds to wait for a job; 0 answers at once. */
  wait: z.number().min(0).max(25).default(0),
});
export type WorkerClaimRequest = z.infer<typeof WorkerClaimRequest>;

/** Answer of `POST /v1/worker/next`: the job that the worker is to start at once. */
export const WorkerNextReply = z.object({ job_id: Id.nullable() });

/** Body of `POST /v1/worker/jobs/{id}/start`. */
export const WorkerStartRequest = WorkerFacts.extend({
  /** Bull handed the job out: its lock in Redis is the lease. */
  from_bull: z.boolean().default(false),
});
export type WorkerStartRequest = z.infer<typeof WorkerStartRequest>;

/** Header beside the bytes of the picture that holds a WorkerClaim, as JSON in base64url. */
export const START_HEADER = 'altsmith-start';

/** Languages in which the words of one picture are read. */
export const MOST_READ_IN = 20;

/** One job in the hands of a worker; `token` proves in every later call that it still is. */
export const WorkerClaim = z.object({
  job_id: Id,
  token: z.number().int(),
  image_sha256: z.string(),
  lease_seconds: z.number(),
  options: EngineOptions,
  /** When given, the picture is asked about instead of captioned. */
  question: z.string().exactOptional(),
  /** Languages in which the words in the picture are to be read; absent: they are not. */
  read_in: z.array(z.string().max(40)).max(MOST_READ_IN).exactOptional(),
  /** Whether a small picture is wanted with the result. */
  thumbnail: z.boolean().default(true),
  /** The sidecar's limit, which the picture keeps to; a worker's own does not count. */
  max_pixels: z.number().int().positive().exactOptional(),
});
export type WorkerClaim = z.infer<typeof WorkerClaim>;

export const WorkerClaimReply = z.object({ claim: WorkerClaim.nullable() });

const Token = z.number().int().positive();

/** Body of `…/heartbeat` and `…/release`. */
export const WorkerHold = z.strictObject({ token: Token });

/** A worker as an administrator sees it; counts are since the start of the sidecar. */
export const ListedWorker = z.object({
  name: z.string(),
  model: ModelRef.nullable(),
  tasks: z.array(z.string()),
  slots: z.number().int(),
  /** Why it takes no jobs; null when it does. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  running: z.number().int(),
  pictures: z.number().int(),
  failures: z.number().int(),
  last_error: z.string().nullable(),
  last_seen: Timestamp,
});
export type ListedWorker = z.infer<typeof ListedWorker>;
export const ListedWorkers = z.object({ items: z.array(ListedWorker), next: z.null() });

/** Body of `…/fail`. */
export const WorkerFailure = z.strictObject({
  token: Token,
  /** The worker does other pictures well, such as one of its own after the failure: it is this picture's. */
  well: z.boolean().optional(),
  code: z.string().regex(/^[A-Z_]{1,60}$/),
  /** How the process that held the picture ended, where one did. */
  signal: z.string().max(20).optional(),
});

const milliseconds = z.number().nonnegative();
const Candidate = z.object({
  text: z.string().max(10_000),
  tokens: z.array(z.number().int()).max(1000),
  logProbs: z.array(z.number()).max(1000),
  score: z.number(),
});

const Label = z.object({ name: z.string().max(200), probability: z.number() });

/** One sentence of the model's, polished, and what its grammar says. */
export const Reading = z.object({
  /** Fit to be alt text, unless `problems` say why another sentence is better. */
  text: z.string().max(10_000),
  problems: z.array(z.enum(['too_short', 'repetitive'])),
  title: z.string().max(10_000).nullable(),
  /** Things it is about, as lemmas, in order. */
  nouns: z.array(z.string().max(10_000)).max(1000),
  names_person: z.boolean(),
  /** The class that the image classifier is sure of although the sentence names nothing of the kind. */
  unnamed: z.string().max(200).nullable(),
});
export type Reading = z.infer<typeof Reading>;

/** The readings of a caption's candidates, in their order, and of its second opinion. */
export const Readings = z.object({
  candidates: z.tuple([Reading], Reading),
  second_opinion: Reading.nullable(),
});
export type Readings = z.infer<typeof Readings>;

/** Words that were read in a picture. */
export const PictureWords = z.object({
  /** In reading order; `height` is that of the letters in pixels of the picture, `area` the share of the picture that a line covers. */
  lines: z
    .array(z.object({ text: z.string().max(2000), confidence: z.number(), height: z.number(), area: z.number() }))
    .max(200),
  /** Lines of a dense page that were not read. */
  linesLeftOut: z.number().int().nonnegative(),
  upsideDown: z.boolean(),
  /** There are lines that could not be read. */
  unreadable: z.boolean(),
});
export type PictureWords = z.infer<typeof PictureWords>;

/** What a model said about a picture, as the engine gave it; the texts are made from it where the job is kept. */
export const WorkerResult = z.object({
  model: WorkerModel,
  image: z.object({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    format: z.string().max(40),
    hasAlpha: z.boolean(),
    contrast: z.number(),
    flatness: z.number(),
  }),
  caption: z.object({
    candidates: z.tuple([Candidate], Candidate),
    confidence: z.number().min(0).max(1),
    labels: z.array(Label).max(2000),
    secondOpinion: z
      .object({ text: z.string().max(10_000), label: Label })
      .nullable()
      .exactOptional(),
    timingsMs: z.object({ vision: milliseconds, text: milliseconds }),
  }),
  readings: Readings,
  /** Null where reading failed; absent where nobody read. */
  words: PictureWords.nullable().exactOptional(),
  timingsMs: z.object({ decode: milliseconds, vision: milliseconds, text: milliseconds, total: milliseconds }),
});
export type WorkerResult = z.infer<typeof WorkerResult>;

/** What a model answered to a question about a picture. */
export const WorkerAnswer = WorkerResult.pick({ model: true, image: true, timingsMs: true }).extend({
  answer: z.object({
    text: z.string().max(10_000),
    tokens: z.array(z.number().int()).max(1000),
    confidence: z.number().min(0).max(1),
    timingsMs: z.object({ vision: milliseconds, text: milliseconds }),
  }),
});
export type WorkerAnswer = z.infer<typeof WorkerAnswer>;

/** Body of `…/finish`. `thumbnail` is a small WebP in base64. */
export const WorkerFinish = z.strictObject({
  token: Token,
  result: z.union([WorkerAnswer, WorkerResult]),
  thumbnail: z.base64().max(2_000_000).optional(),
});

/** Answer of `…/heartbeat`, `…/finish`, `…/fail` and `…/release`: what the job is now. */
export const WorkerJobReply = z.object({ state: z.enum(['running', 'done', 'waiting', 'failed']) });
