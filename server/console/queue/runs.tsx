import type { RunAction } from '../../contract/run';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { tell } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { announce } from '../parts/announcer';
import { counted } from '../parts/amounts';
import { Failure } from '../parts/failure';
import { loadRuns, type Run } from './run-reply';

const EVERY_MS = 5000;

const ACTIONS: readonly { readonly action: RunAction; readonly label: string; readonly when: Run['state'] }[] = [
  { action: 'pause', label: 'Pause', when: 'running' },
  { action: 'resume', label: 'Resume', when: 'paused' },
  { action: 'cancel', label: 'Cancel', when: 'running' },
  { action: 'cancel', label: 'Cancel', when: 'paused' },
];

/** Named groups of jobs. Absent while there are none. */
export function Runs() {
  const runs = useResource('runs', loadRuns, EVERY_MS);
  const [error, setError] = useState<ApiError | null>(null);
  const act = (run: Run, action: RunAction) => {
    tell(`/v1/runs/${run.id}/${action}`, { method: 'POST' })
      .then(() => {
        setError(null);
        announce(`${run.name}: ${action} done.`);
        runs.reload();
      })
      .catch((thrown: unknown) => setError(toApiError(thrown)));
  };
  // A sidecar without runs answers 404; then there is nothing to show, and nothing wrong.
  if (runs.data === null || runs.data.length === 0) return null;
  return (
    <section class="card" aria-labelledby="runs-title">
      <h2 id="runs-title">Runs</h2>
      {error === null ? null : <Failure error={error} />}
      <ul class="plain-list">
        {runs.data.map((run) => (
          <li key={run.id} class="run">
            <div class="row spread">
              <strong>{run.name}</strong>
              <span class="row">
                <span class="tag">{run.isComplete ? 'complete' : run.state}</span>
                {run.isComplete
                  ? null
                  : ACTIONS.filter((one) => one.when === run.state).map(({ action, label }) => (
                      <button key={action} type="button" class="small" onClick={() => act(run, action)}>
                        {label} <span class="unseen">{run.name}</span>
                      </button>
                    ))}
              </span>
            </div>
            <progress max={Math.max(1, run.total)} value={run.ended} aria-label={`Progress of ${run.name}`} />
            <p class="fine">
              {run.ended.toLocaleString('en')} of {counted(run.total, 'picture')}
              {run.failed === 0 ? '' : ` · ${run.failed.toLocaleString('en')} failed`}
              {run.pending === 0 ? '' : ` · ${run.pending.toLocaleString('en')} wait for review`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
