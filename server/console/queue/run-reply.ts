import type { JobState } from '../../contract/job';
import type { Run as RunReply, RunState, Translates } from '../../contract/run';
import type { SuggestionState } from '../../contract/suggestion';
import { ApiError } from '../connection/api-error';
import { pageOf } from '../connection/replies';
import { ask } from '../connection/request';
import { isNumber, isText, isTruth, listOf, oneOf, orNull, shape } from '../connection/shape';

/** A run as the page shows it. */
export interface Run {
  readonly id: string;
  readonly name: string;
  readonly state: RunState;
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  readonly pending: number;
  /** What it goes through: pictures, or texts that it translates. */
  readonly unit: 'picture' | 'text';
  readonly isComplete: boolean;
}

const isPage = pageOf(
  shape<RunReply>({
    id: isText,
    name: isText,
    state: oneOf<RunState>({ running: true, paused: true, cancelled: true, undone: true }),
    include_decided: isTruth,
    expected: orNull(isNumber),
    translates: orNull(
      shape<Translates>({
        languages: listOf(isText),
        which: oneOf<Translates['which']>({ all: true, approved: true }),
      }),
    ),
    jobs: shape<Record<JobState, number>>({
      waiting: isNumber,
      running: isNumber,
      done: isNumber,
      failed: isNumber,
      cancelled: isNumber,
    }),
    suggestions: shape<Record<SuggestionState, number>>({
      pending: isNumber,
      approved: isNumber,
      rejected: isNumber,
      decorative: isNumber,
      applied: isNumber,
      conflict: isNumber,
      superseded: isNumber,
    }),
    created_at: isText,
    updated_at: isText,
  }),
);

function runOf({ id, name, state, jobs, expected, suggestions, translates }: RunReply): Run {
  const ended = jobs.done + jobs.failed + jobs.cancelled;
  // The client may still be sending.
  const total = Math.max(expected ?? 0, ended + jobs.waiting + jobs.running);
  const isComplete = state === 'running' && total > 0 && total === ended;
  const unit = translates === null ? 'picture' : 'text';
  return { id, name, state, total, ended, failed: jobs.failed, pending: suggestions.pending, unit, isComplete };
}

/** The site's runs; none where the sidecar has no such thing. */
export async function loadRuns(signal: AbortSignal): Promise<Run[]> {
  try {
    return (await ask('/v1/runs', isPage, { signal })).items.map(runOf);
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.code === 'NOT_FOUND') return [];
    throw thrown;
  }
}
