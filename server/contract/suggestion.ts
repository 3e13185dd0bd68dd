import { z } from 'zod';
import { Fields, FieldValues, Flag } from './fields';
import { InstanceId } from './instance';
import { MediaKind } from './job';
import { VideoDetails } from './video';
import { Id, ModelRef, Sha256, Subject, Timestamp, TranslatorRef } from './primitives';

export const SUGGESTION_STATES = [
  'pending',
  'approved',
  'rejected',
  'decorative',
  'applied',
  'conflict',
  'superseded',
] as const;
export const SuggestionState = z.enum(SUGGESTION_STATES);
export type SuggestionState = z.infer<typeof SuggestionState>;

/** The person who decided, as the CMS names them. The sidecar keeps no accounts of its own. */
export const DecidedBy = z.strictObject({ id: z.string().min(1).max(191), name: z.string().max(200) });
export type DecidedBy = z.infer<typeof DecidedBy>;

export const Suggestion = z.object({
  id: Id,
  kind: MediaKind,
  version: z.number().int().positive(),
  state: SuggestionState,
  /** The installation that asked; null for a client that names none. */
  instance: InstanceId.nullable(),
  subject: Subject,
  /** Of the bytes that were looked at; of a video where `kind` says so. */
  image_sha256: Sha256,
  /** Hash of the original file that the text was written for. */
  source_sha256: Sha256,
  /** BCP 47; one open suggestion for each language of a subject. */
  language: z.string(),
  /** The English alt text that the texts were translated from, or will be; null where they are English themselves. */
  source: z.string().nullable(),
  /** What translated them; null where nothing did: they are English, or were in the language already, or no translator was here yet. */
  translator: TranslatorRef.nullable(),
  fields: Fields,
  /** The words that were read in the picture, one line each; null where there are none, or none were read. */
  text_in_picture: z.string().nullable(),
  /** Null for a picture. */
  video: VideoDetails.nullable(),
  alternatives: z.array(z.string()),
  confidence: z.number().min(0).max(1),
  flags: z.array(Flag),
  model: ModelRef,
  current: FieldValues,
  /** What the person approved; null until then. Only these values may be published. */
  values: FieldValues.nullable(),
  /** The English that the person approved beside them; null where they saw none, or left it as it was. */
  approved_source: z.string().nullable(),
  reason: z.string().nullable(),
  decided_by: DecidedBy.nullable(),
  decided_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  job_id: Id,
  run_id: Id.nullable(),
});
export type Suggestion = z.infer<typeof Suggestion>;

export const SuggestionReply = z.object({ suggestion: Suggestion });
