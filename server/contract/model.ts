import { z } from 'zod';
import { Task } from './caption';

export const PULL_STATES = ['running', 'done', 'failed'] as const;

/** A download of a model: under way, or how the latest one ended. */
export const ModelPull = z.object({
  state: z.enum(PULL_STATES),
  /** What is being done, in words; empty when nothing is. */
  step: z.string(),
  done_bytes: z.number().int().nonnegative(),
  total_bytes: z.number().int().nonnegative(),
  /** Why it failed, from the error catalogue; null otherwise. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type ModelPull = z.infer<typeof ModelPull>;

/** A model that can be named in the settings. */
export const ModelLine = z.object({
  id: z.string(),
  title: z.string(),
  licence: z.string(),
  demonstration: z.boolean(),
  answers_questions: z.boolean(),
  tasks: z.array(Task),
  /** Bytes of the download; 0 for the model that ships. */
  download_bytes: z.number().int().nonnegative(),
  /** What is here, ready to use. */
  precisions: z.array(z.string()),
  /** What captions are made with, unless the settings name another; a running sidecar changes over to it by itself. */
  in_use: z.boolean(),
  /** Why it is the one for the sidecar's machine, as a sentence; null for all others. */
  recommendation: z.string().nullable(),
});
export type ModelLine = z.infer<typeof ModelLine>;

export const ListedModel = ModelLine.extend({
  pull: ModelPull.nullable(),
  /** Captions are made with it now, on this machine. */
  loaded: z.boolean(),
});
export type ListedModel = z.infer<typeof ListedModel>;

export const ListedModelReply = z.object({ model: ListedModel });

/** A better model than the one that writes now, on its way. */
export const ComingModel = z.object({
  id: z.string(),
  /** `waiting`: it could not be fetched or loaded for now; `message` says why. */
  state: z.enum(['fetching', 'waiting']),
  /** What is being done, in words; empty when nothing is. */
  step: z.string(),
  done_bytes: z.number().int().nonnegative(),
  total_bytes: z.number().int().nonnegative(),
  message: z.string().nullable(),
  /** Whether suggestions of the demonstration model that nobody has decided on by then are asked again; absent: it is not told. */
  asks_again: z.boolean().optional(),
});
export type ComingModel = z.infer<typeof ComingModel>;

/** Which precision of a model to use; its best one unless named. */
export const ModelUse = z.strictObject({
  precision: z
    .string()
    .regex(/^[a-z0-9-]{2,20}$/)
    .optional(),
});
