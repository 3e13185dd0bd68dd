import type { RunAction } from '../../contract/run';
import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../connection/api-error';
import { tell } from '../connection/request';
import { useResource, type Resource } from '../connection/use-resource';
import { announce } from '../parts/announcer';
import { counted } from '../parts/amounts';
import { Dialog } from '../parts/dialog';
import { Failure } from '../parts/failure';
import { Languages } from './languages';
import { loadRuns, type Run } from './run-reply';

const EVERY_MS = 5000;

/** What can be done to a run in each state; one that has ended can only be undone. */
function actionsFor(run: Run): readonly RunAction[] {
  if (run.state === 'undone') return [];
  if (run.isComplete || run.state === 'cancelled') return ['undo'];
  return run.state === 'paused' ? ['resume', 'cancel', 'undo'] : ['pause', 'cancel', 'undo'];
}

const LABELS: Readonly<Record<RunAction, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  undo: 'Undo …',
};

/** Named groups of jobs, and the languages, from which runs begin too. */
export function RunsAndLanguages() {
  const runs = useResource('runs', loadRuns, EVERY_MS);
  return (
    <>
      <Runs runs={runs} />
      <Languages onBegun={runs.reload} />
    </>
  );
}

/** Absent while there are none. */
function Runs({ runs }: { runs: Resource<Run[]> }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [undoing, setUndoing] = useState<Run | null>(null);
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
          <Line key={run.id} run={run} onAct={(action) => (action === 'undo' ? setUndoing(run) : act(run, action))} />
        ))}
      </ul>
      {undoing === null ? null : (
        <Dialog title={`Undo “${undoing.name}”?`} onClose={() => setUndoing(null)}>
          <p>
            What waits is cancelled, what nobody has published is withdrawn, and the website is asked to put back what
            was there before. Texts that a person changed since stay.
          </p>
          <button
            type="button"
            class="danger"
            onClick={() => {
              setUndoing(null);
              act(undoing, 'undo');
            }}
          >
            Undo the run
          </button>
        </Dialog>
      )}
    </section>
  );
}

function Line({ run, onAct }: { run: Run; onAct: (action: RunAction) => void }) {
  return (
    <li>
      <div class="row spread">
        <strong>{run.name}</strong>
        <span class="row">
          <span class="tag">{run.isComplete ? 'complete' : run.state}</span>
          {actionsFor(run).map((action) => (
            <button key={action} type="button" class="small" onClick={() => onAct(action)}>
              {LABELS[action]} <span class="unseen">{run.name}</span>
            </button>
          ))}
        </span>
      </div>
      <progress max={Math.max(1, run.total)} value={run.ended} aria-label={`Progress of ${run.name}`} />
      <p class="fine">
        {run.ended.toLocaleString('en')} of {counted(run.total, run.unit)}
        {run.failed === 0 ? '' : ` · ${run.failed.toLocaleString('en')} failed`}
        {run.pending === 0 ? '' : ` · ${run.pending.toLocaleString('en')} wait for review`}
      </p>
    </li>
  );
}
