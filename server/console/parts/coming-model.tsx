import { useStatus } from '../connection/status';
import { inBytes } from './amounts';
import { Notice } from './notice';

/** A better model on its way, or why it is not there; nothing where none is. */
export function ComingModel() {
  const status = useStatus()?.data ?? null;
  const coming = status?.coming_model ?? null;
  if (status === null || coming === null) return null;
  if (coming.state === 'waiting') {
    return (
      <Notice tone="warn">
        <p>{coming.message}</p>
      </Notice>
    );
  }
  const isDemonstration = status.model?.demonstration === true;
  return (
    <Notice>
      <p>
        <strong>{coming.id} is being fetched in the background.</strong>{' '}
        {coming.total_bytes === 0
          ? coming.step
          : `${coming.step} · ${inBytes(coming.done_bytes)} of ${inBytes(coming.total_bytes)}`}
      </p>
      {isDemonstration ? (
        <p>
          Until it is here the demonstration model writes.{' '}
          {coming.asks_again === false
            ? 'What that one suggested stays as it is.'
            : 'What that one suggested and nobody decided about is asked again afterwards; decided texts stay.'}
        </p>
      ) : null}
    </Notice>
  );
}
