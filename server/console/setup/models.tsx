import { useStatus } from '../connection/status';
import { ModelBadge } from '../parts/model-badge';
import { Notice } from '../parts/notice';

/** The loaded model, and how to get another. */
export function Models() {
  const model = useStatus()?.data?.model ?? null;
  return (
    <section class="card" aria-labelledby="models-title">
      <h2 id="models-title">Model</h2>
      {model === null ? null : (
        <p>
          Loaded: <ModelBadge model={model} />
        </p>
      )}
      {model?.demonstration === true ? (
        <Notice tone="warn">
          <p>This model shows the way; its texts are not good enough to publish. Pull blip-base for real work.</p>
        </Notice>
      ) : null}
      <p>
        On the sidecar’s machine, <code>npx altsmith models list</code> shows what there is,{' '}
        <code>npx altsmith models pull blip-base</code> downloads a model and checks every byte of it. Then start the
        sidecar again.
      </p>
    </section>
  );
}
