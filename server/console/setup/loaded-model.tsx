import { useStatus } from '../connection/status';
import { ModelBadge } from '../parts/model-badge';
import { Notice } from '../parts/notice';

/** The loaded model. Which others there are is for administrators to see. */
export function LoadedModel() {
  const model = useStatus()?.data?.model ?? null;
  if (model === null) return null;
  return (
    <section class="card" aria-labelledby="loaded-title">
      <h2 id="loaded-title">Model</h2>
      <p>
        Loaded: <ModelBadge model={model} />
      </p>
      {model.demonstration ? (
        <Notice tone="warn">
          <p>
            This model shows the way; its texts are not good enough to publish. An administrator can pull blip-base
            below, or with <code>npx altsmith models pull blip-base</code>.
          </p>
        </Notice>
      ) : null}
    </section>
  );
}
