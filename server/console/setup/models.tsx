import type { ListedModel } from '../../contract/model';
import { useState } from 'preact/hooks';
import { isModelPage } from '../connection/admin-replies';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask, tell } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { inBytes } from '../parts/amounts';
import { announce } from '../parts/announcer';
import { Failure } from '../parts/failure';
import { TASK_WORDS } from '../parts/model-badge';
import { Loading } from '../parts/placeholder';

const EVERY_MS = 1000;
const IDLE_MS = 15_000;

/** The models that can be had, and the pulling of one with its progress. */
export function Models() {
  const [isPulling, setPulling] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const models = useResource(
    'models',
    async (signal) => {
      const { items } = await ask('/v1/admin/models', isModelPage, { signal });
      setPulling(items.some((model) => model.pull?.state === 'running'));
      return items;
    },
    isPulling ? EVERY_MS : IDLE_MS,
  );
  const act = (request: Promise<void>, done: string) => {
    request
      .then(() => {
        setError(null);
        announce(done);
      })
      .catch((thrown: unknown) => setError(toApiError(thrown)))
      .finally(models.reload);
  };
  const pull = ({ id }: ListedModel, method: 'POST' | 'DELETE') => {
    const done = method === 'POST' ? `Downloading ${id}.` : `The download of ${id} was stopped.`;
    act(tell(`/v1/admin/models/${id}/pull`, { method }), done);
  };
  const use = ({ id }: ListedModel) => {
    act(tell(`/v1/admin/models/${id}/use`, { method: 'POST', json: {} }), `The sidecar changes over to ${id}.`);
  };
  return (
    <section class="card" aria-labelledby="models-title">
      <h2 id="models-title">Models to choose from</h2>
      {error === null ? null : <Failure error={error} />}
      {models.error === null ? null : <Failure error={models.error} retry={models.reload} />}
      {models.data === null && models.error === null ? <Loading what="models" /> : null}
      <ul class="plain-list">
        {(models.data ?? []).map((model) => (
          <Line
            key={model.id}
            model={model}
            isBusy={isPulling}
            onPull={() => pull(model, 'POST')}
            onStop={() => pull(model, 'DELETE')}
            onUse={() => use(model)}
          />
        ))}
      </ul>
      <p class="fine">
        The sidecar changes over to the chosen model without a restart; what is being described ends with the model
        before it. Pictures never leave this machine for it; only the model’s files are downloaded.
      </p>
    </section>
  );
}

interface LineProps {
  readonly model: ListedModel;
  readonly isBusy: boolean;
  readonly onPull: () => void;
  readonly onStop: () => void;
  readonly onUse: () => void;
}

function standing(model: ListedModel): string {
  if (model.download_bytes === 0) return 'ships with Altsmith';
  if (model.precisions.length > 0) return `here: ${model.precisions.join(', ')}`;
  return `download of ${inBytes(model.download_bytes)}`;
}

/** Which model writes now, and which is about to. */
function useOf({ in_use: isChosen, loaded }: ListedModel) {
  if (loaded) return <span class="tag">in use</span>;
  return isChosen ? <span class="tag">chosen</span> : null;
}

function Line({ model, isBusy, onPull, onStop, onUse }: LineProps) {
  const isHere = model.download_bytes === 0 || model.precisions.length > 0;
  const isRunning = model.pull?.state === 'running';
  return (
    <li>
      <div class="row spread">
        <span>
          <strong>{model.id}</strong> {useOf(model)}
          {model.demonstration ? <span class="tag tag-warn">demonstration</span> : null}
          {model.recommendation === null ? null : <span class="tag">recommended here</span>}
          <br />
          <span class="fine">
            {model.title} · {model.tasks.map((task) => TASK_WORDS[task]).join(', ')} · {model.licence} ·{' '}
            {standing(model)}
          </span>
        </span>
        {isHere && !model.in_use ? (
          <button type="button" class="small" onClick={onUse}>
            Use<span class="unseen"> {model.id}</span>
          </button>
        ) : null}
        {model.download_bytes === 0 ? null : (
          <button type="button" class="small" disabled={isBusy && !isRunning} onClick={isRunning ? onStop : onPull}>
            {isRunning ? 'Stop' : model.precisions.length > 0 ? 'Download again' : 'Download'}
            <span class="unseen"> {model.id}</span>
          </button>
        )}
      </div>
      {model.recommendation === null ? null : <p class="fine">{model.recommendation}</p>}
      <Pull model={model} />
    </li>
  );
}

function Pull({ model: { id, pull } }: { model: ListedModel }) {
  if (pull === null) return null;
  if (pull.error !== null) {
    return (
      <p class="bad-text">
        {pull.error.message} <span class="fine">{pull.error.code}</span>
      </p>
    );
  }
  if (pull.state === 'done') return <p>Downloaded and checked.</p>;
  const total = Math.max(1, pull.total_bytes);
  return (
    <>
      <progress class="thin" max={total} value={pull.done_bytes} aria-label={`Download of ${id}`} />
      <p class="fine">
        {pull.step} · {inBytes(pull.done_bytes)} of {inBytes(pull.total_bytes)}
      </p>
    </>
  );
}
