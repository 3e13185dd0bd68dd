import { JOB_STATES, type Job, type JobState } from '../contract/job';
import type { Storage } from '../storage/database';
import { scopeNumbers, type ListScope } from '../storage/list-scopes';
import { jobCounts, totalOf } from '../storage/row-counts';
import { JOB_COLUMNS, jobOf, type JobRow } from './job-row';

export const JOB_SORTS = ['oldest', 'newest'] as const;

export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly runId?: string | undefined;
  readonly sort?: (typeof JOB_SORTS)[number] | undefined;
  /** `seq` of the last row of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

const BEFORE = 'seq < :after ORDER BY seq DESC LIMIT :limit';
const AFTER = 'seq > :after ORDER BY seq LIMIT :limit';

/**
 * A page of a site's jobs, oldest first unless said otherwise, and the cursor of the next. The index keeps the rows of each
 * state in order; a page over several states is merged from one page of each, so that nothing is sorted.
 */
export function listJobs(storage: Storage, scope: ListScope, filter: JobFilter): { items: Job[]; next: number | null } {
  const descending = filter.sort === 'newest';
  const where =
    filter.runId === undefined
      ? 'site_id = :siteId AND instance = :instance AND state = :state'
      : // The plus keeps SQLite from the index of the site, which knows nothing of runs.
        'run_id = :runId AND state = :state AND +site_id = :siteId AND +instance = :instance';
  const page = storage.prepare<object, JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs WHERE ${where} AND ${descending ? BEFORE : AFTER}`,
  );
  const states = filter.state === undefined ? JOB_STATES : [filter.state];
  const rows = scopeNumbers(storage, scope).flatMap(({ instance }) =>
    states.flatMap((state) =>
      page.all({
        siteId: scope.siteId,
        instance,
        state,
        ...(filter.runId === undefined ? {} : { runId: filter.runId }),
        after: filter.after ?? (descending ? Number.MAX_SAFE_INTEGER : 0),
        limit: filter.limit + 1,
      }),
    ),
  );
  rows.sort((one, other) => (descending ? other.seq - one.seq : one.seq - other.seq));
  const items = rows.slice(0, filter.limit);
  return { items: items.map(jobOf), next: rows.length > filter.limit ? (items.at(-1)?.seq ?? null) : null };
}

/** How many jobs there are on all pages of a list. */
export function totalJobs(storage: Storage, scope: ListScope, { state, runId }: Omit<JobFilter, 'limit'>): number {
  return totalOf(jobCounts(storage, scope, runId), state);
}
