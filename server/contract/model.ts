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
  /** What captions are made with from the next start on, unless the settings name another. */
  in_use: z.boolean(),
  /** Why it is the one for the sidecar's machine, as a sentence; null for all others. */
  recommendation: z.string().nullable(),
});
export type ModelLine = z.infer<typeof ModelLine>;

export const ListedModel = ModelLine.extend({ pull: ModelPull.nullable() });
export type ListedModel = z.infer<typeof ListedModel>;

export const ListedModelReply = z.object({ model: ListedModel });
