import { JOB_STATES, type Job, type JobState } from '../contract/job';
import type { Storage } from '../storage/database';
import type { ListScope } from '../storage/list-scopes';
import { firstOfAll, type OrderedRows } from '../storage/merged-lists';
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
 * installation and state in order, those of a run as well; a page over several is merged from the few that it has rows of.
 */
export function listJobs(storage: Storage, scope: ListScope, filter: JobFilter): { items: Job[]; next: number | null } {
  const { sort = 'oldest', limit, state } = filter;
  const isNewest = sort === 'newest';
  const after = filter.after ?? (isNewest ? Number.MAX_SAFE_INTEGER : 0);
  const states = state === undefined ? JOB_STATES : [state];
  const lists = states.flatMap((one) => {
    const wanted = { siteId: scope.siteId, state: one, after };
    return filter.runId === undefined
      ? ofScope(storage, scope, { ...wanted, isNewest })
      : ofRun(storage, scope, { ...wanted, isNewest, runId: filter.runId });
  });
  const found = firstOfAll(lists, limit + 1, isNewest);
  const row = storage.prepare<[number], JobRow>(`SELECT ${JOB_COLUMNS} FROM jobs WHERE seq = ?`);
  const items = found.slice(0, limit).flatMap((seq) => row.get(seq) ?? []);
  return { items: items.map(jobOf), next: found.length > limit ? (items.at(-1)?.seq ?? null) : null };
}

interface Wanted {
  readonly siteId: string;
  readonly state: JobState;
  readonly after: number;
  readonly isNewest: boolean;
}

/** The jobs in one state, a list for each installation that has one. */
function ofScope(storage: Storage, { instance }: ListScope, { isNewest, ...wanted }: Wanted): OrderedRows[] {
  const seqs = storage
    .prepare<object, number>(
      `SELECT seq FROM jobs
       WHERE site_id = :siteId AND instance = :instance AND state = :state AND ${isNewest ? BEFORE : AFTER}`,
    )
    .pluck();
  const heads = storage
    .prepare<object, { instance: number; head: number | null }>(
      `SELECT instance, (
         SELECT ${isNewest ? 'max(seq)' : 'min(seq)'} FROM jobs
         WHERE site_id = :siteId AND instance = list_scopes.instance AND state = :state
           AND ${isNewest ? 'seq < :after' : 'seq > :after'}
       ) AS head
       FROM list_scopes WHERE site_id = :siteId AND instance >= 0 AND (:only IS NULL OR instance = :only)`,
    )
    .all({ ...wanted, only: instance });
  return heads.flatMap(({ head, instance: number }) =>
    head === null ? [] : [{ head, read: (limit: number) => seqs.all({ ...wanted, instance: number, limit }) }],
  );
}

/** The jobs of a run in one state: all of them are of the installation that the run is of. */
function ofRun(storage: Storage, scope: ListScope, { isNewest, ...wanted }: Wanted & { runId: string }): OrderedRows[] {
  const isSeen = storage
    .prepare('SELECT 1 FROM runs WHERE id = :runId AND site_id = :siteId AND (:only IS NULL OR instance = :only)')
    .get({ runId: wanted.runId, siteId: wanted.siteId, only: scope.instance });
  if (isSeen === undefined) return [];
  const seqs = storage
    .prepare<object, number>(
      `SELECT seq FROM jobs WHERE run_id = :runId AND state = :state AND ${isNewest ? BEFORE : AFTER}`,
    )
    .pluck();
  const read = (limit: number) => seqs.all({ runId: wanted.runId, state: wanted.state, after: wanted.after, limit });
  return read(1).map((head) => ({ head, read }));
}

/** How many jobs there are on all pages of a list. */
export function totalJobs(storage: Storage, scope: ListScope, { state, runId }: Omit<JobFilter, 'limit'>): number {
  return totalOf(jobCounts(storage, scope, runId), state);
}
