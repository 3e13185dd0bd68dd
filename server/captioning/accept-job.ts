import type { ModelInfo } from '../../models/captioner';
import { FIELD_NAMES, type FieldName } from '../contract/fields';
import type { Job, JobContext, JobRequest, Priority } from '../contract/job';
import { languageOfLocale, namesLanguage } from '../contract/language';
import { DEFAULT_LANGUAGE } from '../contract/primitives';
import { AppError } from '../errors';
import type { ImageStore } from '../intake/image-store';
import type { VideoStore } from '../intake/video-store';
import type { IdempotencyStore } from '../queue/idempotency-store';
import type { JobStore, Wanted } from '../queue/job-store';
import type { JobQueue } from '../queue/queue';
import type { RunStore } from '../review/run-store';
import { answersWish, type Asker } from '../review/suggestion-state';
import type { SuggestionStore } from '../review/suggestion-store';
import type { Storage } from '../storage/database';
import { mediaOf, requireMedia, type AskedMedia, type MediaParts } from './asked-media';

export interface AcceptJobParts extends Omit<MediaParts, 'images' | 'videos'> {
  /** Number of the instance that asks. */
  readonly instance: number;
  readonly storage: Storage;
  readonly queue: Pick<JobQueue, 'ring'>;
  readonly images: Pick<ImageStore, 'hasBytes' | 'hasPicture'>;
  readonly videos: Pick<VideoStore, 'hasBytes' | 'addFrames'>;
  readonly jobs: Pick<JobStore, 'add' | 'get' | 'latestFor' | 'leaveRun' | 'raisePriority' | 'replaceImage'>;
  readonly runs: Pick<RunStore, 'forNewJob'>;
  readonly suggestions: Pick<SuggestionStore, 'get' | 'jobDecidedAgainst'>;
  readonly idempotency: Pick<IdempotencyStore, 'find' | 'remember'>;
  /** The model that will caption it; null while none has been loaded yet. */
  readonly model: () => ModelInfo | null;
  /** The names of all models that caption now, here and elsewhere. */
  readonly modelIds: () => ReadonlySet<string>;
  /** The trace that the request is part of; null while tracing is off. */
  readonly traceparent: string | null;
  /** Of the site, its own first; may be empty. */
  readonly languages: () => readonly string[];
  /** Throws QUEUE_FULL. */
  readonly takeRoom: (priority: Priority) => void;
}

export interface AcceptedJob {
  readonly job: Job;
  readonly isNew: boolean;
}

/**
 * `POST /v1/jobs`. When this resolves, the row is on disk. The same subject, source, language, fields and model is the same job, however
 * often it is asked for, until its suggestion is withdrawn or the person who rejected it asks again; a job that nobody has
 * started yet will be done by today's model whatever it was made for.
 * A job that waits or runs leaves its run when it is asked for from outside of it, so that no state of the run stops it.
 * A backfill leaves out what a person has decided against, unless its run says otherwise: the answer is the old job.
 * A request that names no language gets a job for each of the site's; the answer is that for the first of them.
 * Rejects with IMAGE_UNKNOWN, VIDEO_UNKNOWN, VIDEO_DECODER_MISSING, QUEUE_FULL, IDEMPOTENCY_CONFLICT, LANGUAGE_UNKNOWN, NOT_FOUND and RUN_NOT_POSSIBLE.
 */
export async function acceptJob(
  parts: AcceptJobParts,
  request: JobRequest,
  idempotencyKey: string | null,
): Promise<AcceptedJob> {
  const [language, ...others] = languagesOf(request, parts.languages());
  const accepted = await parts.storage.together(() => {
    const repeated = idempotencyKey === null ? null : parts.idempotency.find(idempotencyKey, request);
    const before = repeated === null ? null : parts.jobs.get(repeated);
    if (before !== null) return { job: before, isNew: false, beside: [] };
    const result = jobIn(parts, request, language);
    const beside = others.map((other) => jobIn(parts, request, other));
    if (idempotencyKey !== null && repeated === null) {
      parts.idempotency.remember(idempotencyKey, request, result.job.id);
    }
    return { ...result, beside };
  });
  const { job, isNew, beside } = accepted;
  for (const one of [job, ...beside.map((other) => other.job)]) if (one.state === 'waiting') parts.queue.ring(one.id);
  return { job, isNew };
}

/** The languages of a request, at least one. Throws LANGUAGE_UNKNOWN. */
function languagesOf({ language, locale }: JobRequest, ofSite: readonly string[]): readonly [string, ...string[]] {
  if (language !== undefined) {
    if (!namesLanguage(language)) throw new AppError('LANGUAGE_UNKNOWN', { language });
    return [language];
  }
  if (locale !== undefined) return [languageOfLocale(locale)];
  const [first = DEFAULT_LANGUAGE, ...others] = ofSite;
  return [first, ...others];
}

function jobIn(parts: AcceptJobParts, request: JobRequest, language: string): AcceptedJob {
  const inLanguage = { ...request, language, media: mediaOf(request) };
  return knownJob(parts, inLanguage) ?? newJob(parts, inLanguage);
}

/** A request for one language. */
type InLanguage = JobRequest & { readonly language: string; readonly media: AskedMedia };

function knownJob(parts: AcceptJobParts, request: InLanguage): AcceptedJob | null {
  const { run_id, priority } = request;
  const wanted = wantedBy(request);
  const run = run_id === undefined ? null : parts.runs.forNewJob(run_id);
  const known = parts.jobs.latestFor(wanted);
  const asker = priority === 'interactive' ? 'person' : run?.includesDecided === true ? 'run_with_decided' : 'machine';
  if (known !== null && isSameJob(known, request, parts.modelIds()) && hasAnswer(parts, known.job, asker)) {
    parts.jobs.leaveRun(known.job.id, run_id ?? null);
    parts.jobs.raisePriority(known.job.id, priority);
    bringBytes(parts, known.job, request.media.sha256);
    return { job: parts.jobs.get(known.job.id) ?? known.job, isNew: false };
  }
  if (priority !== 'backfill' || run?.includesDecided === true) return null;
  const decided = parts.suggestions.jobDecidedAgainst(wanted);
  const job = decided === null ? null : parts.jobs.get(decided);
  return job === null ? null : { job, isNew: false };
}

function newJob(parts: AcceptJobParts, request: InLanguage): AcceptedJob {
  const { sha256, video } = request.media;
  requireMedia(parts, request.media);
  parts.takeRoom(request.priority);
  if (video?.frames !== undefined) {
    const frames = video.frames.map(({ image_sha256 }) => image_sha256);
    parts.videos.addFrames(sha256, frames);
  }
  const job = parts.jobs.add({
    instance: parts.instance,
    ...wantedBy(request),
    modelId: parts.model()?.id ?? null,
    runId: request.run_id ?? null,
    priority: request.priority,
    needs: video === undefined ? 'caption' : 'video',
    work: {
      fields: request.fields ?? null,
      context: keptContext(request.context),
      locale: null,
      current: request.current ?? null,
      ...(video === undefined ? {} : { video }),
      ...(parts.traceparent === null ? {} : { traceparent: parts.traceparent }),
    },
  });
  return { job, isNew: true };
}

/** What the texts are made with; the rest of what a CMS tells is not stored. */
function keptContext(context: JobContext | undefined): JobContext | null {
  if (context === undefined) return null;
  const { file_name, page_title, site_name, linked, product, content_url, thumbnail_url, uploaded_at } = context;
  return {
    ...(file_name === undefined ? {} : { file_name }),
    ...(page_title === undefined ? {} : { page_title }),
    ...(site_name === undefined ? {} : { site_name }),
    ...(linked === undefined ? {} : { linked }),
    ...(product === undefined ? {} : { product }),
    ...(content_url === undefined ? {} : { content_url }),
    ...(thumbnail_url === undefined ? {} : { thumbnail_url }),
    ...(uploaded_at === undefined ? {} : { uploaded_at }),
  };
}

/** The bytes that a waiting job was to be done with are gone; those that come now are of the same picture. */
function bringBytes({ images, jobs }: AcceptJobParts, job: Job, imageSha256: string): void {
  if (imageSha256 === job.image_sha256 || images.hasBytes(job.image_sha256) || !images.hasBytes(imageSha256)) return;
  jobs.replaceImage(job.id, imageSha256);
}

/** True too for a job that is not finished: its suggestion will be the answer. */
function hasAnswer(parts: AcceptJobParts, job: Job, asker: Asker): boolean {
  const suggestion = job.suggestion_id === null ? null : parts.suggestions.get(job.suggestion_id);
  return suggestion === null || answersWish(suggestion, asker);
}

function isSameJob(
  known: NonNullable<ReturnType<JobStore['latestFor']>>,
  request: InLanguage,
  modelsNow: ReadonlySet<string>,
) {
  const { job, modelId, work } = known;
  const { sha256, video } = request.media;
  if ((work.video === undefined) !== (video === undefined)) return false;
  if (fieldsKey(work.fields, video) !== fieldsKey(request.fields ?? null, video)) return false;
  // What nobody could decode here comes as frames now.
  if (job.state !== 'done' && (work.video?.frames === undefined) !== (video?.frames === undefined)) return false;
  if (job.state === 'waiting' || job.state === 'running') return true;
  // Other bytes of the source may go well where these did not.
  if (job.state === 'failed' && job.image_sha256 !== sha256) return false;
  return modelsNow.size === 0 || (modelId !== null && modelsNow.has(modelId));
}

/** Null stands for all fields. A picture has no text alternative. */
function fieldsKey(fields: readonly FieldName[] | null, video: AskedMedia['video']): string {
  const asked = (fields ?? FIELD_NAMES).filter((name) => video !== undefined || name !== 'text_alternative');
  return [...new Set(asked)].sort().join(' ');
}

function wantedBy(request: InLanguage): Wanted {
  return {
    subject: request.subject,
    imageSha256: request.media.sha256,
    sourceSha256: request.source_sha256 ?? request.media.sha256,
    language: request.language,
  };
}
