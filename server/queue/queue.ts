import { z } from 'zod';
import { CaptionOptions } from '../contract/caption';
import type { WorkerTask } from '../contract/worker';
import { FieldName, FieldValues } from '../contract/fields';
import { JobContext } from '../contract/job';
import { Id, Locale, Sha256, type Subject } from '../contract/primitives';
import type { AppError } from '../errors';

/** What the CMS asked for, as it is kept with the job. Tolerant: older versions of Altsmith wrote some of the rows. */
export const JobWork = z.object({
  fields: z.array(FieldName).nullable().default(null),
  context: JobContext.nullable().default(null),
  locale: Locale.nullable().default(null),
  current: FieldValues.nullable().default(null),
  /** What is asked instead of a suggestion (reply-jobs.ts). */
  reply: CaptionOptions.optional(),
  /** Of a reply: the words of the site's owner are left out, as part of something that is kept without them. */
  plain: z.boolean().optional(),
  /** No picture is looked at: the texts of this suggestion, in English, are translated. */
  translate: z.object({ suggestion: Id }).optional(),
  /** The job is about a video; frames and facts where a client has cut them. */
  video: z
    .object({
      frames: z.array(z.object({ image_sha256: Sha256, at: z.number() })).optional(),
      duration: z.number().optional(),
      has_sound: z.boolean().nullable().optional(),
    })
    .optional(),
  /** The trace that the job is part of, in W3C's form; only where traces are kept. */
  traceparent: z.string().max(100).optional(),
});
export type JobWork = z.infer<typeof JobWork>;

/** Names one claim; `token` is the fence: it fits only while nobody else has claimed the job since. */
export interface ClaimRef {
  readonly jobId: string;
  readonly token: number;
}

/** A job in the hands of a worker. */
export interface Claim extends ClaimRef {
  readonly jobSeq: number;
  readonly siteId: string;
  /** Number of the instance that asked. */
  readonly instance: number;
  readonly imageSha256: string;
  readonly subject: Subject;
  /** BCP 47; what the texts are to be written in. */
  readonly language: string;
  readonly attempt: number;
  readonly work: JobWork;
}

export interface ClaimWish {
  /** Name of the worker, for the operator's eyes. */
  readonly worker: string;
  /** What its model can do; captions only, unless given. */
  readonly tasks?: readonly WorkerTask[];
  /** How long to wait for a job; 0 answers at once. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** A worker that begins a job which it was told of. */
export interface StartWish {
  readonly worker: string;
  readonly tasks: readonly WorkerTask[];
  /** Bull handed it out: its lock in Redis is the lease. */
  readonly isFromBull: boolean;
}

/** What a job is that cannot be started now: its state, or `gone`. */
export interface Refusal {
  readonly state: string;
}

/**
 * Whose fault a failure is: `picture` where the machine is known to do others well; `nobody` where it says nothing about the
 * picture, such as a model server that has too much to do; `unknown` while it may be either's.
 */
export type Blame = 'picture' | 'unknown' | 'nobody';

/** Where an attempt failed. */
export interface FailedBy {
  readonly machine: string;
  /** Which process of it, where several have its name; the machine's name unless given. */
  readonly process?: string;
  readonly blame: Blame;
}

/** What the queue promises with and without Bull; tests/integration/server/queue/queue-contract.ts is the promise in full. */
export interface JobQueue {
  /** Time a claim lasts without being renewed. */
  readonly leaseMs: number;
  start(): Promise<void>;
  /** Tells waiting workers, here or elsewhere, that a job is ready. Called once its row is on disk. */
  ring(jobId: string, delayMs?: number): void;
  /** Begins the next job; null when none came in time. */
  claim(wish: ClaimWish): Promise<Claim | null>;
  /** The id of the next job, for a worker that will begin it at once; null when none came in time. */
  next(wish: ClaimWish): Promise<string | null>;
  /** The worker that was told of the job is not there any more. */
  takeBack(jobId: string): void;
  /** Begins a job that a worker was told of; a refusal when it has ended or waits. */
  begin(jobId: string, wish: StartWish): Claim | Refusal;
  /** False when the job has been taken away; the worker then drops it. */
  renew(claim: ClaimRef): boolean;
  /** Inside the transaction that writes the suggestion. The first result counts, of whichever start. Throws LEASE_LOST, which rolls it back. */
  complete(claim: ClaimRef, result: { suggestionId: string; modelId: string }): void;
  /**
   * The attempt failed: the job waits again or has failed for good. Without `by` it counts at once; else only once it is
   * known to be the picture's (retry-policy.ts). Throws LEASE_LOST unless it is the newest start.
   */
  fail(claim: ClaimRef, error: AppError, by?: FailedBy): 'waiting' | 'failed';
  /** The worker stops before it is done; nothing is held against the job. No effect on a lost lease. */
  release(claim: ClaimRef): void;
  stop(): Promise<void>;
}

/** Told inside the transaction that ends a job without a suggestion. */
export interface JobEnds {
  failed(siteId: string, jobId: string): void;
  cancelled(siteId: string, jobId: string): void;
}
