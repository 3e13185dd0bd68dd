import type { FirstSteps } from '../../contract/first-steps';
import type { AnswerReply, CaptionReply, Task, Timings } from '../../contract/caption';
import type { Fields, FieldValues, Flag, FlagCode } from '../../contract/fields';
import type { ListedInstance } from '../../contract/instance';
import type { Job, JobError, JobState, MediaKind, Priority } from '../../contract/job';
import type { ModelRef, Subject, TranslatorRef } from '../../contract/primitives';
import type { Cost, Status } from '../../contract/status';
import type { VideoDetails, VideoScene, VideoStatus } from '../../contract/video';
import type { DecidedBy, Suggestion, SuggestionState } from '../../contract/suggestion';
import {
  isNumber,
  isRecordOfTexts,
  isText,
  isTruth,
  listOf,
  oneOf,
  orAbsent,
  orNull,
  shape,
  type Check,
} from './shape';

/** The contract's types are the only source; the compiler refuses a check that misses one of their members. */

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

export function pageOf<T>(item: Check<T>): Check<Page<T>> {
  return shape<Page<T>>({ items: listOf(item), next: orNull(isText) });
}

export const isModelRef = shape<ModelRef>({
  id: isText,
  precision: isText,
  demonstration: isTruth,
  calibrated: isTruth,
  calibrated_on: orAbsent(isText),
  fingerprint: orAbsent(isText),
});
export const isTask = oneOf<Task>({ caption: true, detailed: true, more_detailed: true, ocr: true, question: true });
const translator = shape<TranslatorRef>({ id: isText, precision: isText, version: orNull(isText) });
const subject = shape<Subject>({ type: isText, id: isText });
const timings = shape<Timings>({ decode: isNumber, vision: isNumber, text: isNumber, total: isNumber });

const isFlagCode = oneOf<FlagCode>({
  linked: true,
  text_in_image: true,
  text_partly_read: true,
  chart_like: true,
  screenshot: true,
  logo_or_icon: true,
  tiny: true,
  near_uniform: true,
  low_confidence: true,
  repetitive: true,
  too_short: true,
  duplicate_text: true,
  existing_human_text: true,
  possibly_decorative: true,
  not_translated: true,
  untranslated: true,
  number_lost: true,
  wrong_script: true,
  wrong_length: true,
  unknown_words: true,
  cut: true,
  broken_punctuation: true,
  gender: true,
  unsure_word: true,
  glossary: true,
});
const flag = shape<Flag>({ code: isFlagCode, message: isText });

const seoMembers = {
  title: orNull(isText),
  caption: orNull(isText),
  description: orNull(isText),
  keywords: orNull(listOf(isText)),
  file_name: orNull(isText),
};
const seo = shape<Omit<Fields, 'alt_text' | 'text_alternative'>>(seoMembers);
const fields = shape<Fields>({ alt_text: isText, ...seoMembers, text_alternative: orAbsent(orNull(isText)) });
const fieldValues = shape<FieldValues>({
  alt_text: orAbsent(isText),
  title: orAbsent(isText),
  caption: orAbsent(isText),
  description: orAbsent(isText),
  keywords: orAbsent(listOf(isText)),
  file_name: orAbsent(isText),
  text_alternative: orAbsent(isText),
});

export const isCaptionReply = shape<CaptionReply>({
  caption: isText,
  alt_text: isText,
  alternatives: listOf(isText),
  confidence: isNumber,
  flags: listOf(flag),
  seo,
  tokens: isNumber,
  model: isModelRef,
  timings,
});
export const isAnswerReply = shape<AnswerReply>({
  answer: isText,
  confidence: isNumber,
  tokens: isNumber,
  model: isModelRef,
  timings,
});

const isJobState = oneOf<JobState>({ waiting: true, running: true, done: true, failed: true, cancelled: true });
const isPriority = oneOf<Priority>({ interactive: true, upload: true, backfill: true });
const jobError = shape<JobError>({ code: isText, message: isText, retryable: isTruth });
const isKind = oneOf<MediaKind>({ image: true, video: true });
export const isJob = shape<Job>({
  id: isText,
  kind: isKind,
  state: isJobState,
  attempts: isNumber,
  instance: orNull(isText),
  subject,
  image_sha256: isText,
  source_sha256: isText,
  language: isText,
  priority: isPriority,
  run_id: orNull(isText),
  error: orNull(jobError),
  suggestion_id: orNull(isText),
  created_at: isText,
  updated_at: isText,
  finished_at: orNull(isText),
});

const isSuggestionState = oneOf<SuggestionState>({
  pending: true,
  approved: true,
  rejected: true,
  decorative: true,
  applied: true,
  conflict: true,
  superseded: true,
});
const isVideo = shape<VideoDetails>({
  duration: isNumber,
  iso_duration: isText,
  has_sound: orNull(isTruth),
  is_whole: isTruth,
  scenes: listOf(
    shape<VideoScene>({ at: isNumber, from: isNumber, to: isNumber, caption: isText, source: orNull(isText) }),
  ),
  note: isText,
  wcag: shape<VideoDetails['wcag']>({ helps: listOf(isText), open: listOf(isText) }),
  poster: orNull(shape<NonNullable<VideoDetails['poster']>>({ image_sha256: isText, at: isNumber, alt_text: isText })),
  video_object: isRecordOfTexts,
  video_object_lacks: listOf(
    oneOf<VideoDetails['video_object_lacks'][number]>({ thumbnailUrl: true, uploadDate: true }),
  ),
});
export const isSuggestion = shape<Suggestion>({
  id: isText,
  kind: isKind,
  version: isNumber,
  state: isSuggestionState,
  instance: orNull(isText),
  subject,
  image_sha256: isText,
  source_sha256: isText,
  language: isText,
  source: orNull(isText),
  translator: orNull(translator),
  fields,
  text_in_picture: orNull(isText),
  video: orNull(isVideo),
  alternatives: listOf(isText),
  confidence: isNumber,
  flags: listOf(flag),
  model: isModelRef,
  current: fieldValues,
  values: orNull(fieldValues),
  approved_source: orNull(isText),
  reason: orNull(isText),
  decided_by: orNull(shape<DecidedBy>({ id: isText, name: isText })),
  decided_at: orNull(isText),
  created_at: isText,
  updated_at: isText,
  job_id: isText,
  run_id: orNull(isText),
});

export const isStatus = shape<Status>({
  version: isText,
  model: orNull(
    shape<NonNullable<Status['model']>>({
      id: isText,
      precision: isText,
      demonstration: isTruth,
      calibrated: isTruth,
      calibrated_on: orAbsent(isText),
      fingerprint: orAbsent(isText),
      tasks: listOf(isTask),
    }),
  ),
  ready: isTruth,
  problems: listOf(shape<Status['problems'][number]>({ code: isText, message: isText })),
  queue: shape<Status['queue']>({ waiting: isNumber, running: isNumber }),
  seconds_per_image: orNull(isNumber),
  estimated_wait_seconds: orNull(isNumber),
  site: shape<Status['site']>({ id: isText, name: isText }),
  abilities: orAbsent(shape<NonNullable<Status['abilities']>>({ answer: isTruth, prompt: isTruth })),
  bytes_also_go_to: orAbsent(orNull(isText)),
  first_steps: orAbsent(shape<FirstSteps>({ connect: isTruth, try: isTruth, existing: isTruth })),
  coming_model: orAbsent(
    orNull(
      shape<NonNullable<Status['coming_model']>>({
        id: isText,
        state: oneOf<'fetching' | 'waiting'>({ fetching: true, waiting: true }),
        step: isText,
        done_bytes: isNumber,
        total_bytes: isNumber,
        message: orNull(isText),
        asks_again: orAbsent(isTruth),
      }),
    ),
  ),
  video: orAbsent(
    shape<VideoStatus>({
      decoder: isTruth,
      problem: orNull(shape<Status['problems'][number]>({ code: isText, message: isText })),
      max_bytes: isNumber,
      max_frames: isNumber,
      longest_seconds: isNumber,
    }),
  ),
  cost: orAbsent(orNull(shape<Cost>({ per_hour: isNumber, currency: isText, per_image: orNull(isNumber) }))),
});
export const isInstancePage = pageOf(shape<ListedInstance>({ id: orNull(isText), address: orNull(isText) }));
