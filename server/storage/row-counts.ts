import { JOB_STATES, type JobState } from '../contract/job';
import { SUGGESTION_STATES, type SuggestionState } from '../contract/suggestion';
import type { Storage } from './database';
import { scopeNumbers, type ListScope } from './list-scopes';

/** A number a state. */
export type Counts<State extends string> = Readonly<Record<State, number>>;

/** How many jobs a site has, or one run of it. Counters; triggers keep them in the transaction of every change. */
export function jobCounts(storage: Storage, scope: ListScope, runId = ''): Counts<JobState> {
  const row = storage
    .prepare<[string, string, number], number>('SELECT n FROM job_counts WHERE run_id = ? AND state = ? AND scope = ?')
    .pluck();
  const scopes = scopeNumbers(storage, scope);
  return countsOf(JOB_STATES, (state) => sum(scopes.map(({ number }) => row.get(runId, state, number) ?? 0)));
}

/** How many suggestions a site has, or one run of it, or with one flag. Counters as well. */
export function suggestionCounts(
  storage: Storage,
  scope: ListScope,
  { runId = '', flag = '' }: { readonly runId?: string | undefined; readonly flag?: string | undefined } = {},
): Counts<SuggestionState> {
  const row = storage
    .prepare<[string, string, string, number], number>(
      'SELECT n FROM suggestion_counts WHERE run_id = ? AND flag = ? AND state = ? AND scope = ?',
    )
    .pluck();
  const scopes = scopeNumbers(storage, scope);
  return countsOf(SUGGESTION_STATES, (state) =>
    sum(scopes.map(({ number }) => row.get(runId, flag, state, number) ?? 0)),
  );
}

/** Jobs of all sites in one state. */
export function countJobs(storage: Storage, state: JobState): number {
  return (
    storage
      .prepare<[string], number>("SELECT coalesce(sum(n), 0) FROM job_counts WHERE run_id = '' AND state = ?")
      .pluck()
      .get(state) ?? 0
  );
}

/** Jobs that wait, of each site that ever had one. */
export function waitingBySite(storage: Storage): Map<string, number> {
  const rows = storage
    .prepare<[], { site_id: string; waiting: number }>(
      `SELECT site_id, n AS waiting FROM job_counts JOIN list_scopes ON list_scopes.number = job_counts.scope
       WHERE run_id = '' AND state = 'waiting'`,
    )
    .all();
  const bySite = new Map<string, number>();
  for (const { site_id, waiting } of rows) bySite.set(site_id, (bySite.get(site_id) ?? 0) + waiting);
  return bySite;
}

/** Jobs of all sites that wait until somebody resumes their run. */
export function waitingInPausedRuns(storage: Storage): number {
  return (
    storage
      .prepare<[], number>(
        `SELECT coalesce(sum(n), 0) FROM runs JOIN job_counts ON job_counts.run_id = runs.id
         WHERE runs.state = 'paused' AND job_counts.state = 'waiting'`,
      )
      .pluck()
      .get() ?? 0
  );
}

/** Suggestions of all sites in one state. */
export function countSuggestions(storage: Storage, state: SuggestionState): number {
  return (
    storage
      .prepare<[string], number>(
        "SELECT coalesce(sum(n), 0) FROM suggestion_counts WHERE run_id = '' AND flag = '' AND state = ?",
      )
      .pluck()
      .get(state) ?? 0
  );
}

/** Of the states given, or with undefined of all of them. */
export function totalOf<State extends string>(counts: Counts<State>, state: State | undefined): number {
  return state === undefined ? sum(Object.values<number>(counts)) : counts[state];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

function countsOf<State extends string>(states: readonly State[], of: (state: State) => number): Counts<State>;
function countsOf(states: readonly string[], of: (state: string) => number): Counts<string> {
  return Object.fromEntries(states.map((state) => [state, of(state)]));
}
