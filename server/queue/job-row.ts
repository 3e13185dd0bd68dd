import { JobState, type Job } from '../contract/job';
import { CATALOGUE, isErrorCode } from '../errors';

/** In the order of the numbers that SQL sorts by. */
export const PRIORITY_NAMES = ['interactive', 'upload', 'backfill'] as const;

export interface JobRow {
  readonly seq: number;
  readonly id: string;
  readonly is_video: number;
  readonly state: string;
  readonly attempts: number;
  readonly instance_id: string | null;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly image_sha256: string;
  readonly source_sha256: string | null;
  readonly language: string;
  readonly model_id: string | null;
  readonly priority: number;
  readonly run_id: string | null;
  readonly error_code: string | null;
  readonly suggestion_id: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly finished_at: number | null;
}

export const JOB_COLUMNS = `seq, id, json_type(request, '$.video') IS NOT NULL AS is_video, state, attempts,
  nullif((SELECT id FROM instances WHERE instances.site_id = jobs.site_id AND number = instance), '') AS instance_id, subject_type, subject_id, image_sha256, source_sha256, language, model_id, priority, run_id,
  error_code, suggestion_id, created_at, updated_at, finished_at`;

/** The run of a job as long as it runs or is paused: nobody picks the jobs of a run that has ended, or cancels them later. */
export const RUN_IF_NOT_ENDED = `(SELECT id FROM runs WHERE runs.id = jobs.run_id AND runs.state IN ('running', 'paused'))`;

/** What is set when a job that has ended is to be done after all. */
export const WAITS_AGAIN = `state = 'waiting', held = 0, failures = 0, crashes = 0, interruptions = 0, doubts = NULL,
  error_code = NULL, finished_at = NULL, run_id = ${RUN_IF_NOT_ENDED}`;

const time = (ms: number) => new Date(ms).toISOString();

/** A row as clients see it. */
export function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.is_video === 1 ? 'video' : 'image',
    state: JobState.parse(row.state),
    attempts: row.attempts,
    instance: row.instance_id,
    subject: { type: row.subject_type, id: row.subject_id },
    image_sha256: row.image_sha256,
    source_sha256: row.source_sha256 ?? row.image_sha256,
    language: row.language,
    priority: PRIORITY_NAMES[row.priority] ?? 'backfill',
    run_id: row.run_id,
    error: errorOf(row.error_code),
    suggestion_id: row.suggestion_id,
    created_at: time(row.created_at),
    updated_at: time(row.updated_at),
    finished_at: row.finished_at === null ? null : time(row.finished_at),
  };
}

function errorOf(code: string | null): Job['error'] {
  if (code === null) return null;
  const known = isErrorCode(code) ? code : 'INTERNAL';
  return { code, message: CATALOGUE[known].message, retryable: CATALOGUE[known].retryable };
}
