import type { Job, JobState } from '../../contract/job';
import { useEffect, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { isJob, pageOf } from '../connection/replies';
import { query } from '../connection/query';
import { ask, tell } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { announce } from '../parts/announcer';
import { counted } from '../parts/amounts';
import { Failure } from '../parts/failure';
import { Pager } from '../parts/pager';
import { Empty, Loading } from '../parts/placeholder';
import { Tabs } from '../parts/tabs';
import { JobTable } from './job-table';

const EVERY_MS = 4000;
const PAGE = 50;
const SHOWN: readonly { readonly id: JobState; readonly title: string }[] = [
  { id: 'failed', title: 'Failed' },
  { id: 'waiting', title: 'Waiting' },
  { id: 'running', title: 'Running' },
  { id: 'done', title: 'Done' },
  { id: 'cancelled', title: 'Cancelled' },
];
const EMPTY: Readonly<Record<JobState, string>> = {
  failed: 'Nothing has failed.',
  waiting: 'Nothing waits.',
  running: 'Nothing runs at this moment.',
  done: 'Nothing has been done yet.',
  cancelled: 'Nothing was cancelled.',
};

const isJobPage = pageOf(isJob);

export function Jobs() {
  const [state, setState] = useState<JobState>('failed');
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [error, setError] = useState<ApiError | null>(null);
  const after = cursors.at(-1);
  const path = `/v1/jobs${query({ state, after, limit: PAGE })}`;
  const jobs = useResource(path, (signal) => ask(path, isJobPage, { signal }), EVERY_MS);
  useEffect(() => setCursors([]), [state]);

  const act = async (chosen: readonly Job[], verb: 'retry' | 'cancel') => {
    try {
      for (const job of chosen) await tell(`/v1/jobs/${job.id}/${verb}`, { method: 'POST' });
      setError(null);
      announce(`${counted(chosen.length, 'job')} ${verb === 'retry' ? 'waiting again' : 'cancelled'}.`);
    } catch (thrown) {
      setError(toApiError(thrown));
    }
    jobs.reload();
  };
  const items = jobs.data?.items ?? [];
  const next = jobs.data?.next ?? null;
  return (
    <section class="card" aria-labelledby="jobs-title">
      <h2 id="jobs-title">Jobs</h2>
      <Tabs label="State" tabs={SHOWN} chosen={state} onChoose={setState}>
        {error === null ? null : <Failure error={error} />}
        {jobs.error === null || jobs.error.isDown ? null : <Failure error={jobs.error} retry={jobs.reload} />}
        {jobs.data === null && jobs.error === null ? <Loading what="jobs" /> : null}
        {jobs.data !== null && items.length === 0 ? <Empty title={EMPTY[state]} /> : null}
        {items.length === 0 ? null : (
          <>
            {state === 'failed' ? (
              <button type="button" onClick={() => void act(items, 'retry')}>
                {items.length === 1 ? 'Try the one shown again' : `Try all ${items.length} shown again`}
              </button>
            ) : null}
            <JobTable jobs={items} onAct={(job, verb) => void act([job], verb)} />
            <Pager cursors={cursors} next={next} onChange={setCursors} />
          </>
        )}
      </Tabs>
    </section>
  );
}
