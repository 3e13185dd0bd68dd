import { useSessions } from '../connection/session';
import { useStatus } from '../connection/status';
import { ComingModel } from '../parts/coming-model';
import { ModelBadge, TASK_WORDS } from '../parts/model-badge';
import { Notice } from '../parts/notice';

/** The loaded model. Which others there are is for administrators to see. */
export function LoadedModel() {
  const status = useStatus()?.data ?? null;
  const { admin } = useSessions();
  const model = status?.model ?? null;
  const beyond = status?.bytes_also_go_to ?? null;
  const videos = status?.video;
  if (model === null && beyond === null) return null;
  return (
    <section class="card" aria-labelledby="loaded-title">
      <h2 id="loaded-title">Model</h2>
      <p>Loaded: {model === null ? 'none at the moment' : <ModelBadge model={model} />}</p>
      {model === null ? null : <p>It writes {model.tasks.map((task) => TASK_WORDS[task]).join(', ')}.</p>}
      {videos === undefined ? null : (
        <p>{videos.problem === null ? 'Videos are read by ffmpeg, which is here.' : videos.problem.message}</p>
      )}
      {beyond === null ? null : (
        <Notice tone="warn">
          <p>
            Every picture is sent to the model server {beyond}, because the settings say so. Its texts carry no
            confidence, and a person approves each of them.
          </p>
        </Notice>
      )}
      {model?.demonstration === true ? (
        <Notice tone="warn">
          <p>
            This small model is for demonstration; its texts are not good enough to publish unread.{' '}
            {status?.coming_model === undefined || status.coming_model === null ? howToPull(admin !== null) : ''}
          </p>
        </Notice>
      ) : null}
      <ComingModel />
    </section>
  );
}

/** The list of models is shown to administrators only. */
function howToPull(isListed: boolean): string {
  return isListed ? 'Download a better one below.' : 'With an administrator’s key you can download a better one here.';
}
