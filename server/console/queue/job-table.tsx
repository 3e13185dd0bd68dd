import type { Job } from '../../contract/job';
import { ago, counted } from '../parts/amounts';

type Verb = 'retry' | 'cancel';

/** What a person can do to a job in each state. */
const VERBS: Readonly<Record<Job['state'], { verb: Verb; label: string } | null>> = {
  failed: { verb: 'retry', label: 'Try again' },
  cancelled: { verb: 'retry', label: 'Try again' },
  waiting: { verb: 'cancel', label: 'Cancel' },
  running: { verb: 'cancel', label: 'Cancel' },
  done: null,
};

export function JobTable({ jobs, onAct }: { jobs: readonly Job[]; onAct: (job: Job, verb: Verb) => void }) {
  const now = Date.now();
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of jobs">
      <table>
        <thead>
          <tr>
            <th scope="col">For</th>
            <th scope="col">Reason</th>
            <th scope="col">Attempts</th>
            <th scope="col">Since</th>
            <th scope="col">
              <span class="unseen">What you can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => {
            const offer = VERBS[job.state];
            return (
              <tr key={job.id}>
                <td>
                  {job.subject.type} {job.subject.id}
                  <br />
                  <span class="fine">{job.priority}</span>
                </td>
                <td>
                  {job.error === null ? '' : job.error.message}
                  {job.error === null ? null : (
                    <>
                      <br />
                      <span class="fine">
                        {job.error.code} · {job.error.retryable ? 'can succeed later' : 'will fail again as it is'}
                      </span>
                    </>
                  )}
                </td>
                <td class="nowrap">{counted(job.attempts, 'attempt')}</td>
                <td class="nowrap">
                  <time dateTime={job.updated_at}>{ago(job.updated_at, now)}</time>
                </td>
                <td>
                  {offer === null ? null : (
                    <button type="button" class="small" onClick={() => onAct(job, offer.verb)}>
                      {offer.label}
                      <span class="unseen">
                        {' '}
                        {job.subject.type} {job.subject.id}
                      </span>
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
